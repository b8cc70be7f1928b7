#pragma once

#include <string_view>

namespace bulkhead::base {

/// The product's version, as CMakeLists.txt states it.
inline constexpr std::string_view kVersion = BULKHEAD_VERSION;

} // namespace bulkhead::base
