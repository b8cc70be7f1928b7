#include "core/policy/judge_policy.h"
#include "core/threat/attack.h"

#include <algorithm>

namespace bulkhead::policy {

namespace {

using model::AttackAuthority;
using model::Truth;
using threat::Finding;

/// The findings, and those that are steps of attack paths as edges of the graph.
struct Steps {
    std::vector<Finding> findings;
    std::vector<std::size_t> places; ///< of the finding of each edge
    std::vector<threat::Edge> edges;
};

Steps stepsOn(const model::Snapshot& snapshot, const threat::Judge& judge) {
    Steps out;
    out.findings = threat::findingsOn(snapshot, judge);
    out.edges = threat::edgesOf(out.findings, &out.places);
    return out;
}

/// The best route to an authority, by a search for it alone; nothing where there is none.
const threat::Route* routeTo(AttackAuthority authority, const threat::Routes& routes) {
    const auto found = std::ranges::find_if(routes.routes, [&](const threat::Route& route) {
        return route.reaches == authority || route.alsoReaches.contains(authority);
    });
    return found == routes.routes.end() ? nullptr : &*found;
}

/// Each path once: several steps may wait for the same fact.
void addInput(Input input, Decision& decision) {
    if (std::ranges::find(decision.inputs, input.path, &Input::path) == decision.inputs.end()) {
        decision.inputs.push_back(std::move(input));
    }
}

void explainRoute(const Steps& steps, const threat::Route& route, Decision& decision) {
    std::string way;
    for (const std::size_t edge : route.edges) {
        const Finding& finding = steps.findings[steps.places[edge]];
        way += (way.empty() ? "" : ", then ") + finding.weakness->title;
        way += finding.object.empty() ? "" : " (" + finding.object + ")";
        for (const threat::FactUsed& fact : finding.facts) {
            addInput({fact.path, fact.value, fact.evidence}, decision);
        }
        for (const model::Gap& gap : finding.deciding) {
            addInput({gap.path, "not known: " + gap.why.reason, {}}, decision);
        }
    }
    decision.reason = (decision.verdict == Verdict::deny ? "reached by " : "possible by ") + way;
}

Decision decidePath(AttackAuthority authority, const Steps& steps, const threat::Routes& routes) {
    const threat::AuthorityRow& row = threat::rowOf(authority);
    Decision decision;
    decision.rule = {
        "path-to-" + std::string(model::nameOf(authority)),
        "No attack path reaches: " + std::string(row.title),
        "bulkhead paths names every path and the smallest change that closes them.",
        model::Stage::hostResource,
        {}};
    const threat::Route* route = routeTo(authority, routes);
    if (threat::reachable(steps.edges, Truth::yes).contains(authority)) {
        decision.verdict = Verdict::deny;
    } else if (threat::reachable(steps.edges, Truth::unknown).contains(authority)) {
        decision.verdict = Verdict::unknown;
    } else {
        decision.verdict = Verdict::allow;
        decision.reason = "no path leads there";
        return decision;
    }
    decision.reason = decision.verdict == Verdict::deny ? "a path leads there" : "a path may lead there";
    if (route != nullptr) {
        explainRoute(steps, *route, decision);
    }
    return decision;
}

} // namespace

std::vector<Decision>
decidePaths(const catalog::Policy& policy, const threat::Judge& judge, const model::Snapshot& snapshot) {
    std::vector<Decision> out;
    if (policy.refusedPaths.empty()) {
        return out;
    }
    const Steps steps = stepsOn(snapshot, judge);
    const threat::Routes routes = threat::findRoutes(steps.edges);
    for (const AttackAuthority authority : policy.refusedPaths) {
        Decision decision = decidePath(authority, steps, routes);
        decision.boundary = std::string(model::nameOf(snapshot.vantage));
        out.push_back(std::move(decision));
    }
    return out;
}

model::AttackAuthorities closedAuthorities(const threat::Judge& judge, const model::Snapshot& snapshot) {
    const auto open = threat::reachable(stepsOn(snapshot, judge).edges, Truth::unknown);
    model::AttackAuthorities out;
    for (const threat::AuthorityRow& row : threat::authorityRows()) {
        if (row.host && !open.contains(row.authority)) {
            out.insert(row.authority);
        }
    }
    return out;
}

} // namespace bulkhead::policy
