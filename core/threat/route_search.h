#pragma once

#include "core/threat/graph.h"

#include <cstddef>
#include <vector>

namespace bulkhead::threat {

/// Bounds of one search.
struct SearchBounds {
    std::size_t sets = 2000;
    std::size_t steps = 20000;
};

/// Minimal sets of links, each ascending, the smaller first; certain ones are complete before the bounds are
/// spent on possible ones.
struct SearchResult {
    std::vector<std::vector<std::size_t>> sets;
    bool complete = true; ///< no bound was met: these are all
};

/// All minimal sets of links by which code in the container comes to hold `target`.
[[nodiscard]] SearchResult
searchMinimalSets(const std::vector<Link>& links, AuthorityMask target, const SearchBounds& bounds);

} // namespace bulkhead::threat
