#include "core/threat/attack.h"
#include "core/threat/cut.h"

#include <algorithm>
#include <map>
#include <set>

namespace bulkhead::threat {

using model::Truth;

namespace {

using Set = std::vector<std::size_t>;
using Names = std::set<std::string>;

/// Judges what sets of changes leave. Only weaknesses that may hold now are asked again: a change makes a
/// boundary stronger, and opens nothing.
class ChangedBoundary {
public:
    ChangedBoundary(
        const model::Snapshot& snapshot, const Attack& attack, const Judge& judge, const Ordinary& ordinary,
        std::optional<claims::ConfigForm> form)
        : m_snapshot(snapshot), m_judge(judge), m_ordinary(ordinary), m_form(form),
          m_changes(changesFor(snapshot, ordinary, form)) {
        for (const Finding& finding : attack.findings) {
            if (finding.truth != Truth::no && finding.weakness->kind == catalog::WeaknessKind::path &&
                !finding.undecidable) {
                m_weaknesses.insert(m_judge.placeOf(*finding.weakness));
            }
        }
    }

    [[nodiscard]] const std::vector<Change>& changes() const { return m_changes; }

    [[nodiscard]] std::vector<Edge> edgesAfter(const Set& chosen) const {
        std::vector<Change> made;
        for (const std::size_t change : chosen) {
            made.push_back(m_changes[change]);
        }
        const model::Snapshot changed = hardened(m_snapshot, made, m_ordinary, m_form);
        std::vector<Edge> edges = edgesOf(judgedFindings(changed, m_judge.judge(changed, m_weaknesses)));
        std::erase_if(edges, [](const Edge& edge) { return edge.sure == Truth::no; });
        return edges;
    }

    [[nodiscard]] Names pathsAfter(const Set& chosen) const {
        const std::vector<Edge> edges = edgesAfter(chosen);
        Names out;
        for (const Route& route : findRoutes(edges).routes) {
            out.insert(routeId(route, edges));
        }
        return out;
    }

private:
    const model::Snapshot& m_snapshot;
    const Judge& m_judge;
    const Ordinary& m_ordinary;
    std::optional<claims::ConfigForm> m_form;
    std::vector<Change> m_changes;
    std::set<std::size_t> m_weaknesses;
};

CutChange
describe(const Set& cut, std::size_t change, const ChangedBoundary& boundary, const Attack& attack) {
    Set others = cut;
    std::erase(others, change);
    const Names alone = boundary.pathsAfter({change});
    const Names without = boundary.pathsAfter(others);
    CutChange out{boundary.changes()[change], {}, Truth::unknown};
    for (const Path& path : attack.paths) {
        if (!alone.contains(path.id) || without.contains(path.id)) {
            out.closes.push_back(path.id);
            out.certainty = model::either(out.certainty, path.certainty);
        }
    }
    return out;
}

} // namespace

Cut cutOf(
    const model::Snapshot& snapshot, const Attack& attack, const Judge& judge, const Ordinary& ordinary,
    std::optional<claims::ConfigForm> form) {
    Cut out;
    if (attack.paths.empty()) {
        return out;
    }
    const ChangedBoundary boundary(snapshot, attack, judge, ordinary, form);
    CutProblem problem;
    for (const Change& change : boundary.changes()) {
        problem.losses.push_back(change.row->loss(change.object));
    }
    problem.edgesAfter = [&boundary](const Set& changes) { return boundary.edgesAfter(changes); };
    CutResult found = findCut(problem);
    out.proven = found.proven;
    out.beyond = std::move(found.beyond);
    for (const std::size_t change : found.changes) {
        out.changes.push_back(describe(found.changes, change, boundary, attack));
    }
    return out;
}

} // namespace bulkhead::threat
