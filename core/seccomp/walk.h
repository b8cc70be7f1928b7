#pragma once

#include "core/seccomp/conjunction.h"
#include "core/seccomp/program.h"
#include "core/seccomp/value.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bulkhead::seccomp {

/// One way through a stack: which calls take it, and what the stack returns to them.
struct Path {
    Conjunction when;        ///< the number is a condition under the mask kLowHalf
    std::uint32_t value = 0; ///< of the strictest filter
    std::uint32_t doubt = 0; ///< not 0: an expression decided, so that not all of these calls take this way
    bool anyValue = false;   ///< not even the returned value is known
};

/// How far a walk goes before it gives up: hostile programs can have more ways than anyone can follow.
struct WalkBounds {
    std::size_t steps = 1'000'000;
    std::size_t paths = 20'000;
};

/// Follows every way of the calls `numbers` (mask kLowHalf) through the stack. The paths cover these calls;
/// those without doubt are disjoint. What exceeds the bounds is covered by paths of any value, in doubt.
[[nodiscard]] std::vector<Path> walkStack(
    const Stack& stack, std::uint32_t arch, const Intervals& numbers, Expressions& pool, WalkBounds& bounds);

} // namespace bulkhead::seccomp
