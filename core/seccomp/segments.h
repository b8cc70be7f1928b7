#pragma once

#include "core/seccomp/walk.h"

#include <cstdint>
#include <vector>

namespace bulkhead::seccomp {

/// Numbers that take the same paths, as far as these decide by comparing the number as it is.
struct Segment {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::vector<std::uint32_t> paths; ///< indexes, ascending; at most kMaxPaths
    bool complete = true;             ///< false where there are more
};

inline constexpr std::size_t kMaxPaths = 512;

/// Cuts the numbers that the paths cover, ascending.
[[nodiscard]] std::vector<Segment> segmentsOf(const std::vector<Path>& paths);

} // namespace bulkhead::seccomp
