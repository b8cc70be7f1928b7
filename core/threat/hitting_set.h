#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace bulkhead::threat {

/// The smallest set that has a member in common with each of `conditions`; of several the one with the least
/// sum of `losses`, then the first in order. Ascending. nullopt where `steps` did not suffice, or where a
/// condition is empty.
[[nodiscard]] std::optional<std::vector<std::size_t>> smallestHittingSet(
    const std::vector<std::vector<std::size_t>>& conditions, const std::vector<int>& losses,
    std::size_t steps);

} // namespace bulkhead::threat
