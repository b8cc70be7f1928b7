#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace bulkhead::bench {

/// What a look of `bulkhead watch` at these subjects costs: processor time by the kernel's account of the
/// program (/proc/PID/stat), over as many looks, in microseconds. Nothing where the program does not watch.
[[nodiscard]] std::optional<double>
costOfLook(const std::string& program, const std::vector<pid_t>& subjects, std::size_t looks);

} // namespace bulkhead::bench
