#pragma once

#include "core/threat/paths.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace bulkhead::threat {

/// Changes that can be made, and what each set of them leaves open.
struct CutProblem {
    std::vector<int> losses; ///< of function, by change; what it costs whoever runs the subject
    /// The edges that are left after some changes, ascending. Effects may depend on each other; a change
    /// never opens what was closed without it, else the answer is a cut but perhaps not the smallest.
    std::function<std::vector<Edge>(const std::vector<std::size_t>& changes)> edgesAfter;
};

/// How much is searched.
struct CutLimits {
    std::size_t evaluations = 5000; ///< sets of changes whose edges are asked for
    std::size_t steps = 200000;     ///< of each search for the smallest set that meets all conditions
};

/// The more changes there are, the longer each answer takes: a thousand mounts are not worth minutes.
[[nodiscard]] CutLimits limitsFor(std::size_t changes);

/// The smallest set of changes after which no route is left that any changes can close; of several, one with
/// the least loss.
struct CutResult {
    std::vector<std::size_t> changes; ///< ascending
    bool proven = true;               ///< no set is smaller; false: a bound was met, and one may be
    std::vector<std::string> beyond;  ///< routes (routeId) that all changes together leave open

    bool operator==(const CutResult&) const = default;
};

/// Exact by implicit hitting sets: every set of changes that leaves a route open is grown until nothing can
/// be added, and whatever closes the route must have one of the rest; the least set that meets all these
/// conditions is tried next, until one closes everything.
/// Where the limits do not suffice, everything less what as many answers again show to be spare.
[[nodiscard]] CutResult findCut(const CutProblem& problem, const CutLimits& limits = {});

} // namespace bulkhead::threat
