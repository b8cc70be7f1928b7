#include "core/watch/departures.h"

#include "core/compare/compare.h"
#include "core/watch/explain.h"

#include <algorithm>
#include <set>

namespace bulkhead::watch {

namespace {

using compare::Direction;
using model::Snapshot;

std::set<std::string> pathsOf(const std::vector<compare::Contradiction>& contradictions) {
    std::set<std::string> out;
    for (const compare::Contradiction& one : contradictions) {
        out.insert(one.path);
    }
    return out;
}

Departure departureOf(const compare::Contradiction& one, const std::string& boundary) {
    Departure out;
    out.path = one.path;
    out.before = one.declared;
    out.after = one.enforced;
    out.direction = one.direction;
    out.boundary = boundary;
    out.reason = one.cause;
    return out;
}

Departure departureOf(compare::Change change, const std::string& boundary) {
    Departure out;
    out.path = std::move(change.path);
    out.before = std::move(change.before);
    out.after = std::move(change.after);
    out.direction = change.direction;
    out.boundary = boundary;
    out.reason = std::move(change.reason);
    return out;
}

/// Both the reason for the direction and, where one is known, the cause.
void addReason(Departure& departure, const std::vector<compare::Change>& changes) {
    const auto found = std::ranges::find(changes, departure.path, &compare::Change::path);
    if (found == changes.end() || found->reason.empty()) {
        return;
    }
    departure.reason = found->reason + (departure.reason.empty() ? "" : "; " + departure.reason);
}

std::vector<Departure> fromDeclared(const Boundary& boundary, const Snapshot& now) {
    std::vector<Departure> out;
    const auto changes = compare::compareSnapshots({*boundary.declared, now});
    for (const compare::Contradiction& one : compare::compareVantages(*boundary.declared, now)) {
        out.push_back(departureOf(one, boundary.declaredName));
        addReason(out.back(), changes);
    }
    return out;
}

std::vector<Departure>
fromRecorded(const Boundary& boundary, const Snapshot& now, std::set<std::string> settled) {
    if (boundary.declared != nullptr) {
        settled.merge(pathsOf(compare::compareVantages(*boundary.declared, *boundary.recorded)));
    }
    std::vector<Departure> out;
    for (compare::Change& change : compare::compareSnapshots({*boundary.recorded, now})) {
        if (!settled.contains(change.path)) {
            out.push_back(departureOf(std::move(change), boundary.recordedName));
        }
    }
    return out;
}

/// The changes that the facts of a denied rule ask for, before what the rule itself advises.
std::string actionFor(const Departure& denied, const Snapshot& now) {
    constexpr std::size_t kMost = 3;
    std::vector<std::string> changes;
    for (const DepartureFact& fact : denied.facts) {
        const std::string change = changeFor(fact.path, now);
        if (!change.empty() && changes.size() < kMost &&
            std::ranges::find(changes, change) == changes.end()) {
            changes.push_back(change);
        }
    }
    std::string out;
    for (const std::string& change : changes) {
        out += (out.empty() ? "" : "; ") + change;
    }
    return out.empty() ? denied.action : out;
}

} // namespace

std::vector<Departure> departuresOf(
    const Boundary& boundary, const Snapshot& now, const threat::Attack& offered,
    const threat::Judge& judge) {
    std::vector<Departure> out;
    if (boundary.declared != nullptr) {
        out = fromDeclared(boundary, now);
    }
    std::set<std::string> told;
    for (const Departure& departure : out) {
        told.insert(departure.path);
    }
    if (boundary.recorded != nullptr) {
        std::ranges::move(fromRecorded(boundary, now, std::move(told)), std::back_inserter(out));
    }
    std::erase_if(out, [](const Departure& one) { return one.direction == Direction::neutral; });
    Explanations from;
    from.now = &offered;
    from.snapshot = &now;
    from.recordedName = boundary.recordedName;
    if (boundary.recorded != nullptr) {
        from.recorded = offeredBy(*boundary.recorded, judge);
    }
    if (boundary.declared != nullptr) {
        from.declared = offeredBy(*boundary.declared, judge);
    }
    explain(out, from);
    return out;
}

std::vector<Departure> departuresOf(
    const std::vector<policy::Decision>& decisions, const threat::Attack& offered, const Snapshot& now) {
    constexpr std::string_view kPath = "path-to-";
    std::vector<Departure> out;
    for (const policy::Decision& decision : decisions) {
        if (decision.verdict == policy::Verdict::allow) {
            continue;
        }
        Departure one;
        one.path = decision.rule.id;
        one.before = std::string("allow");
        one.after = std::string(model::nameOf(decision.verdict));
        one.direction = decision.verdict == policy::Verdict::deny ? Direction::weaker : Direction::unknown;
        one.boundary = decision.policy;
        one.reason = decision.rule.title + ": " + decision.reason;
        one.action = decision.rule.help;
        for (const policy::Input& input : decision.inputs) {
            one.facts.push_back({input.path, input.value, input.evidence.source});
        }
        if (decision.verdict == policy::Verdict::deny) {
            one.action = actionFor(one, now);
        }
        limitFacts(one);
        for (const threat::Path& path : offered.paths) {
            if (one.path == std::string(kPath) + std::string(model::nameOf(path.reaches))) {
                one.opens.push_back({path.id, path.reaches, path.certainty});
            }
        }
        out.push_back(std::move(one));
    }
    return out;
}

} // namespace bulkhead::watch
