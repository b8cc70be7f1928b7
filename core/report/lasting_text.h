#pragma once

#include <string>
#include <string_view>

namespace bulkhead::report {

/// A report without what is another with each reading of the same boundary: times, the numbers of namespaces
/// and those of processes. Two reports that say the same are equal then.
[[nodiscard]] std::string lastingText(std::string_view report);

} // namespace bulkhead::report
