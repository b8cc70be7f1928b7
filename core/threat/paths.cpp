#include "core/threat/paths.h"

#include "core/threat/route_search.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <tuple>

namespace bulkhead::threat {

namespace {

/// Edges that need and give the same and are as sure: a minimal route has one of them at most, so they are
/// searched as one.
struct Kinds {
    std::vector<Link> links;
    std::vector<std::vector<std::size_t>> edges; ///< by kind
};

Kinds kindsOf(const std::vector<Edge>& edges) {
    std::map<Link, std::vector<std::size_t>> byLink;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (edges[i].sure != model::Truth::no) {
            byLink[linkOf(edges[i])].push_back(i);
        }
    }
    Kinds out;
    for (auto& [link, members] : byLink) {
        out.links.push_back(link);
        out.edges.push_back(std::move(members));
    }
    return out;
}

/// A route over kinds, with what it is ranked by.
struct KindRoute {
    std::vector<std::size_t> kinds; ///< in an order in which they can be taken
    AuthorityMask ends = 0;
    model::Truth certainty = model::Truth::yes;
    int needs = 0;

    [[nodiscard]] auto rank() const {
        return std::tuple(
            certainty == model::Truth::yes ? 0 : 1, kinds.size(), needs, -rowOf(gravest()).gravity, kinds);
    }
    [[nodiscard]] model::AttackAuthority gravest() const {
        const model::AttackAuthorities all = authoritiesOf(ends);
        return *std::ranges::max_element(
            all, {}, [](model::AttackAuthority authority) { return rowOf(authority).gravity; });
    }
};

/// The kinds in an order in which they can be taken; the least first where several can.
std::vector<std::size_t> takeInOrder(std::vector<std::size_t> left, const std::vector<Link>& links) {
    std::vector<std::size_t> out;
    AuthorityMask held = maskOf(model::AttackAuthority::codeInContainer);
    std::ranges::sort(left);
    while (!left.empty()) {
        const auto next =
            std::ranges::find_if(left, [&](std::size_t kind) { return (links[kind].needs & ~held) == 0; });
        if (next == left.end()) {
            break; // cannot be: what was found can be taken
        }
        held |= links[*next].gives;
        out.push_back(*next);
        left.erase(next);
    }
    return out;
}

std::uint64_t saturatingProduct(std::uint64_t left, std::uint64_t right) {
    constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
    return right != 0 && left > kMost / right ? kMost : left * right;
}
std::uint64_t saturatingSum(std::uint64_t left, std::uint64_t right) {
    constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
    return left > kMost - right ? kMost : left + right;
}

/// One route for each choice of an edge per kind, as many as there is room for. Returns how many there are.
std::uint64_t expand(const KindRoute& from, const Kinds& kinds, std::size_t room, std::vector<Route>& out) {
    std::uint64_t all = 1;
    for (const std::size_t kind : from.kinds) {
        all = saturatingProduct(all, kinds.edges[kind].size());
    }
    Route route{{}, from.gravest(), authoritiesOf(from.ends), from.certainty};
    route.alsoReaches.erase(route.reaches);
    for (std::uint64_t number = 0; number < std::min<std::uint64_t>(all, room); ++number) {
        route.edges.clear();
        std::uint64_t rest = number;
        for (const std::size_t kind : from.kinds) {
            const auto& members = kinds.edges[kind];
            route.edges.push_back(members[rest % members.size()]);
            rest /= members.size();
        }
        out.push_back(route);
    }
    return all;
}

std::vector<KindRoute> searchKinds(const Kinds& kinds, const RouteLimits& limits, bool& exact) {
    std::map<std::vector<std::size_t>, AuthorityMask> ends;
    AuthorityMask wanted = hostMask() & closureOf(kinds.links);
    while (wanted != 0) {
        const AuthorityMask target = wanted & (~wanted + 1);
        wanted &= ~target;
        const SearchResult found = searchMinimalSets(kinds.links, target, {limits.perTarget, limits.steps});
        exact = exact && found.complete;
        for (const auto& set : found.sets) {
            ends[set] |= target;
        }
    }
    std::vector<KindRoute> out;
    out.reserve(ends.size());
    for (const auto& [set, reached] : ends) {
        KindRoute route{takeInOrder(set, kinds.links), reached, model::Truth::yes, 0};
        for (const std::size_t kind : set) {
            route.certainty = model::both(route.certainty, kinds.links[kind].sure);
            route.needs += std::popcount(kinds.links[kind].needs);
        }
        out.push_back(std::move(route));
    }
    std::ranges::sort(out, {}, &KindRoute::rank);
    return out;
}

} // namespace

Routes findRoutes(const std::vector<Edge>& edges, const RouteLimits& limits) {
    Routes out;
    const Kinds kinds = kindsOf(edges);
    std::uint64_t all = 0;
    for (const KindRoute& route : searchKinds(kinds, limits, out.exact)) {
        all = saturatingSum(all, expand(route, kinds, limits.kept - out.routes.size(), out.routes));
    }
    out.more = all - out.routes.size();
    return out;
}

std::vector<NearMiss> findNearMisses(const std::vector<Edge>& edges) {
    const model::AttackAuthorities open = reachable(edges);
    std::vector<NearMiss> out;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (edges[i].sure != model::Truth::no || !std::ranges::includes(open, edges[i].needs)) {
            continue;
        }
        std::vector<Edge> opened = edges;
        opened[i].sure = model::Truth::yes;
        const Routes found = findRoutes(opened, {200, 200, 2000});
        const auto with = std::ranges::find_if(found.routes, [i](const Route& route) {
            return std::ranges::find(route.edges, i) != route.edges.end();
        });
        if (with != found.routes.end()) {
            out.push_back({i, *with});
        }
    }
    std::ranges::stable_sort(out, {}, [](const NearMiss& miss) {
        return std::tuple(
            miss.route.certainty == model::Truth::yes ? 0 : 1, miss.route.edges.size(),
            -rowOf(miss.route.reaches).gravity);
    });
    return out;
}

std::string routeId(const Route& route, const std::vector<Edge>& edges) {
    std::string out;
    for (const std::size_t edge : route.edges) {
        out += (out.empty() ? "" : " > ") + edges[edge].id;
    }
    return out;
}

} // namespace bulkhead::threat
