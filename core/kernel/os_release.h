#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::kernel {

/// PRETTY_NAME of os-release(5), without its quotes.
[[nodiscard]] std::optional<std::string> parsePrettyName(std::string_view osRelease);

} // namespace bulkhead::kernel
