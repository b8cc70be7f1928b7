#include "core/policy/judge_policy.h"
#include "core/threat/paths.h"

#include <algorithm>

namespace bulkhead::policy {

namespace {

using model::AttackAuthority;
using model::Truth;
using threat::Finding;

/// The findings that are steps of attack paths, and the same as edges of the graph.
struct Steps {
    std::vector<Finding> findings;
    std::vector<threat::Edge> edges;
};

Steps stepsOf(std::vector<Finding> findings) {
    Steps out;
    for (Finding& finding : findings) {
        const catalog::Weakness& weakness = *finding.weakness;
        const bool path = weakness.kind == catalog::WeaknessKind::path;
        if (!path || finding.truth == Truth::no || finding.undecidable) {
            continue;
        }
        const std::string id = weakness.id + (finding.object.empty() ? "" : "@" + finding.object);
        out.edges.push_back({id, weakness.needs, weakness.gives, finding.truth});
        out.findings.push_back(std::move(finding));
    }
    return out;
}

/// The best route to an authority, by a search for it alone; nothing where there is none.
const threat::Route* routeTo(AttackAuthority authority, const threat::Routes& routes) {
    const auto found = std::ranges::find_if(routes.routes, [&](const threat::Route& route) {
        return route.reaches == authority || route.alsoReaches.contains(authority);
    });
    return found == routes.routes.end() ? nullptr : &*found;
}

void explainRoute(const Steps& steps, const threat::Route& route, Decision& decision) {
    std::string way;
    for (const std::size_t edge : route.edges) {
        const Finding& finding = steps.findings[edge];
        way += (way.empty() ? "" : ", then ") + finding.weakness->title;
        way += finding.object.empty() ? "" : " (" + finding.object + ")";
        for (const threat::FactUsed& fact : finding.facts) {
            decision.inputs.push_back({fact.path, fact.value, fact.evidence});
        }
        for (const model::Gap& gap : finding.deciding) {
            decision.inputs.push_back({gap.path, "not known: " + gap.why.reason, {}});
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
    const Steps steps = stepsOf(judge.judge(snapshot));
    const threat::Routes routes = threat::findRoutes(steps.edges);
    for (const AttackAuthority authority : policy.refusedPaths) {
        Decision decision = decidePath(authority, steps, routes);
        decision.boundary = std::string(model::nameOf(snapshot.vantage));
        out.push_back(std::move(decision));
    }
    return out;
}

model::AttackAuthorities closedAuthorities(const threat::Judge& judge, const model::Snapshot& snapshot) {
    const auto open = threat::reachable(stepsOf(judge.judge(snapshot)).edges, Truth::unknown);
    model::AttackAuthorities out;
    for (const threat::AuthorityRow& row : threat::authorityRows()) {
        if (row.host && !open.contains(row.authority)) {
            out.insert(row.authority);
        }
    }
    return out;
}

} // namespace bulkhead::policy
