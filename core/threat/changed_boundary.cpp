#include "core/threat/changed_boundary.h"

#include "core/threat/narrowed.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace bulkhead::threat {

using model::Truth;

ChangedBoundary::ChangedBoundary(
    const model::Snapshot& snapshot, const Attack& attack, const Judge& judge, const Ordinary& ordinary,
    std::optional<claims::ConfigForm> form)
    : m_before(narrowed(snapshot, judge)), m_changed(m_before), m_judge(judge), m_ordinary(ordinary),
      m_form(form), m_changes(changesFor(snapshot, ordinary, form)) {
    std::set<std::size_t> open;
    for (const Finding& finding : attack.findings) {
        if (finding.truth != Truth::no && finding.weakness->kind == catalog::WeaknessKind::path &&
            !finding.undecidable) {
            open.insert(static_cast<std::size_t>(finding.weakness - judge.catalogue().weaknesses.data()));
        }
    }
    m_open.assign(open.begin(), open.end());
    for (std::size_t place = 0; place < judge.catalogue().weaknesses.size(); ++place) {
        if (judge.catalogue().weaknesses[place].kind == catalog::WeaknessKind::path) {
            m_all.push_back(place);
        }
    }
}

const std::vector<Edge>& ChangedBoundary::edgesAfter(const std::vector<std::size_t>& chosen) {
    const auto known = m_left.find(chosen);
    return known != m_left.end()
               ? known->second.edges
               : m_left.emplace(chosen, judged(chosen, openBefore(chosen))).first->second.edges;
}

bool ChangedBoundary::isWhole(const std::vector<std::size_t>& chosen) {
    return m_everything || judged(chosen, m_all).edges == edgesAfter(chosen);
}

void ChangedBoundary::askEverything() {
    m_everything = true;
    m_left.clear();
}

/// The weaknesses to ask: those that the least permissive of the sets judged so far leaves, of which all are
/// among the chosen.
const std::vector<std::size_t>& ChangedBoundary::openBefore(const std::vector<std::size_t>& chosen) const {
    if (m_everything) {
        return m_all;
    }
    const std::vector<std::size_t>* least = &m_open;
    for (const auto& [changes, left] : m_left) {
        if (left.weaknesses.size() < least->size() && std::ranges::includes(chosen, changes)) {
            least = &left.weaknesses;
        }
    }
    return *least;
}

ChangedBoundary::Left
ChangedBoundary::judged(const std::vector<std::size_t>& chosen, const std::vector<std::size_t>& weaknesses) {
    restoreChanged(m_changed, m_before);
    std::vector<Change> changes;
    changes.reserve(chosen.size());
    std::ranges::transform(
        chosen, std::back_inserter(changes), [this](std::size_t change) { return m_changes[change]; });
    harden(m_changed, changes, m_ordinary, m_form);
    Inquiry inquiry(m_changed);
    Left out;
    std::vector<Finding> findings;
    for (const Verdict& verdict : m_judge.verdicts(inquiry, weaknesses)) {
        if (verdict.truth == Truth::no || verdict.undecidable) {
            continue;
        }
        findings.push_back(m_judge.bare(verdict));
        if (out.weaknesses.empty() || out.weaknesses.back() != verdict.weakness) {
            out.weaknesses.push_back(verdict.weakness);
        }
    }
    out.edges = edgesOf(findings);
    return out;
}

} // namespace bulkhead::threat
