#pragma once

#include <cstddef>
#include <functional>

namespace bulkhead::bench {

/// What the judgement of the recorded subjects costs, in microseconds a subject; -1 where the recordings or
/// the catalogue are not there.
struct PathsCost {
    double judge = -1;   ///< every weakness of the catalogue
    double paths = -1;   ///< the same, and the paths
    double blocked = -1; ///< the same, and near misses
    double cut = -1;     ///< judge, paths and the cut
};

/// What the search for routes costs in graphs that no container has, in microseconds.
struct SearchCost {
    double parallel = -1; ///< a hundred weaknesses at twenty objects each
    double dense = -1;    ///< every authority leads to every other: the bound of the search is met
};

[[nodiscard]] SearchCost
measureSearch(const std::function<double(const std::function<void()>& work)>& median);

/// `median` runs work several times and gives the median of its microseconds.
[[nodiscard]] PathsCost measurePaths(const std::function<double(const std::function<void()>& work)>& median);

} // namespace bulkhead::bench
