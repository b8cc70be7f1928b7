#include "core/threat/attack.h"
#include "core/threat/changed_boundary.h"
#include "core/threat/cut.h"

#include <algorithm>
#include <set>

namespace bulkhead::threat {

using model::Truth;

namespace {

using Set = std::vector<std::size_t>;
using Names = std::set<std::string>;

constexpr std::size_t kMostDescribed = 100; ///< changes of which is said what they close

/// The names of the paths that some changes leave.
Names pathsAfter(const Set& chosen, ChangedBoundary& boundary) {
    const std::vector<Edge>& edges = boundary.edgesAfter(chosen);
    const Routes found = findRoutes(edges);
    Names out;
    for (const Route& route : found.routes) {
        out.insert(routeId(route, edges));
    }
    return out;
}

CutChange describe(const Set& cut, std::size_t change, ChangedBoundary& boundary, const Attack& attack) {
    Set others = cut;
    std::erase(others, change);
    const Names alone = pathsAfter({change}, boundary);
    const Names without = pathsAfter(others, boundary);
    CutChange out{boundary.changes()[change], {}, {}, Truth::unknown};
    for (const Path& path : attack.paths) {
        const bool stays = alone.contains(path.id);
        if (!stays || without.contains(path.id)) {
            out.closes.push_back(path.id);
            if (stays) {
                out.together.push_back(path.id);
            }
            out.certainty = model::either(out.certainty, path.certainty);
        }
    }
    return out;
}

/// The cut by what is asked at first; where that was not all, again with everything. With edges left out a
/// cut is at most smaller than it must be, so that one which holds for all of them is a smallest.
CutResult findIn(ChangedBoundary& boundary, const std::stop_token& stop) {
    CutProblem problem;
    Set all;
    for (const Change& change : boundary.changes()) {
        all.push_back(all.size());
        problem.losses.push_back(change.row->loss(change.object));
    }
    problem.edgesAfter = [&boundary, &stop](const Set& changes) {
        // nothing left to close ends the search
        return stop.stop_requested() ? std::vector<Edge>() : boundary.edgesAfter(changes);
    };
    const CutLimits limits = limitsFor(all.size());
    CutResult found = findCut(problem, limits);
    if (boundary.isWhole(found.changes) && boundary.isWhole(all)) {
        return found;
    }
    boundary.askEverything();
    return findCut(problem, limits);
}

} // namespace

Cut cutOf(
    const model::Snapshot& snapshot, const Attack& attack, const Judge& judge, const Ordinary& ordinary,
    std::optional<claims::ConfigForm> form, const std::stop_token& stop) {
    Cut out;
    if (attack.paths.empty()) {
        return out;
    }
    ChangedBoundary boundary(snapshot, attack, judge, ordinary, form);
    const CutResult found = findIn(boundary, stop);
    out.proven = found.proven;
    out.beyond = found.beyond;
    const std::size_t most = std::min(kMostDescribed, limitsFor(boundary.changes().size()).evaluations / 2);
    for (const std::size_t change : found.changes) {
        if (stop.stop_requested()) {
            break;
        }
        out.changes.push_back(
            out.changes.size() < most ? describe(found.changes, change, boundary, attack)
                                      : CutChange{boundary.changes()[change], {}, {}, Truth::yes});
    }
    return out;
}

} // namespace bulkhead::threat
