#include "core/threat/judge.h"

#include <algorithm>

namespace bulkhead::threat {

using catalog::Weakness;
using model::Truth;

namespace {

/// Nothing in the snapshot points at the weakness: no object is bound, and either no fact speaks for it or
/// what is missing is of a kind that no snapshot holds.
bool undecidable(const Finding& finding, const Explanation& why) {
    return finding.truth == Truth::unknown && finding.object.empty() &&
           (why.uncollected || finding.facts.empty());
}

Finding findingOf(const Weakness& weakness, const Compiled& condition, const Scope& scope, Truth truth) {
    Finding finding;
    finding.weakness = &weakness;
    finding.truth = truth;
    finding.object = objectPath(scope);
    Explanation why;
    condition.explain(scope, truth, why);
    finding.facts = std::move(why.facts);
    finding.deciding = truth == Truth::unknown ? std::move(why.gaps) : std::vector<model::Gap>();
    finding.undecidable = undecidable(finding, why);
    finding.partsHeld = truth == Truth::no ? condition.partsHeld(scope) : 0;
    return finding;
}

/// One finding for each object that satisfies the condition, or may; else one for the whole.
void judgeBound(
    const Weakness& weakness, const Compiled& condition, const Compiled& binding, const Scope& scope,
    std::vector<Finding>& out) {
    const Objects objects = objectsIn(*scope.snapshot, binding.objectKind());
    const std::size_t before = out.size();
    for (const Scope& one : objects.scopes) {
        if (binding.truth(one) == Truth::no) {
            continue;
        }
        if (const Truth truth = condition.truth(one); truth != Truth::no) {
            out.push_back(findingOf(weakness, condition, one, truth));
        }
    }
    if (out.size() == before) {
        out.push_back(findingOf(weakness, condition, scope, condition.truth(scope)));
    }
}

} // namespace

base::Result<Judge> Judge::of(catalog::Catalogue catalogue) {
    Judge judge;
    judge.m_catalogue = std::make_shared<const catalog::Catalogue>(std::move(catalogue));
    for (const Weakness& weakness : judge.m_catalogue->weaknesses) {
        auto compiled = Compiled::of(weakness.when, *judge.m_catalogue);
        if (!compiled) {
            return base::fail(base::ErrorKind::malformed, weakness.file + ":" + compiled.error().message);
        }
        judge.m_conditions.push_back(std::move(*compiled));
    }
    return judge;
}

void Judge::judgeOne(const Scope& scope, std::size_t place, std::vector<Finding>& out) const {
    const Compiled& condition = m_conditions[place];
    const Weakness& weakness = m_catalogue->weaknesses[place];
    if (const Compiled* binding = condition.binding()) {
        judgeBound(weakness, condition, *binding, scope, out);
    } else {
        out.push_back(findingOf(weakness, condition, scope, condition.truth(scope)));
    }
}

std::vector<Finding> Judge::judge(const model::Snapshot& snapshot) const {
    std::vector<Finding> out;
    out.reserve(m_conditions.size() + m_conditions.size() / 4);
    Scope scope;
    scope.snapshot = &snapshot;
    for (std::size_t i = 0; i < m_conditions.size(); ++i) {
        judgeOne(scope, i, out);
    }
    return out;
}

std::vector<Finding>
Judge::judge(const model::Snapshot& snapshot, const std::set<std::size_t>& weaknesses) const {
    std::vector<Finding> out;
    Scope scope;
    scope.snapshot = &snapshot;
    for (const std::size_t place : weaknesses) {
        judgeOne(scope, place, out);
    }
    return out;
}

std::size_t Judge::placeOf(const Weakness& weakness) const {
    return static_cast<std::size_t>(&weakness - m_catalogue->weaknesses.data());
}

} // namespace bulkhead::threat
