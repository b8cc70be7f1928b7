#pragma once

#include "core/threat/graph.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::threat {

/// A minimal set of edges that leads to an authority beyond the container: without any one of them it does
/// not. Edges by their place in the list that was searched, in an order in which they can be taken.
struct Route {
    std::vector<std::size_t> edges;
    model::AttackAuthority reaches{};           ///< the gravest of its ends
    model::AttackAuthorities alsoReaches;       ///< further ends for which it is minimal too
    model::Truth certainty = model::Truth::yes; ///< of its least sure edge

    bool operator==(const Route&) const = default;
};

/// How much is searched and kept. The number of minimal routes may grow exponentially with the edges; what a
/// bound leaves out is counted.
struct RouteLimits {
    std::size_t kept = 200;      ///< routes that are returned, best first
    std::size_t perTarget = 200; ///< kinds of routes looked at for each end
    std::size_t steps = 4000;    ///< steps of the search for each end
};

/// What was found. Ranked: certain before possible, then fewer edges, fewer needs, the graver end.
struct Routes {
    std::vector<Route> routes;
    std::uint64_t more = 0; ///< routes that exist beyond those returned
    bool exact = true;      ///< false: the search met a bound, and there may be still more than `more`

    bool operator==(const Routes&) const = default;
};

/// All minimal routes from code in the container to each authority beyond it. Edges that are not so much as
/// possible take no part.
[[nodiscard]] Routes findRoutes(const std::vector<Edge>& edges, const RouteLimits& limits = {});

/// A route that exists but for one edge, which is barred.
struct NearMiss {
    std::size_t barred = 0; ///< the edge, by its place in the list
    Route route;            ///< the best route with it; the barred edge counts as certain

    bool operator==(const NearMiss&) const = default;
};

/// For each barred edge the best route that it alone keeps closed, if there is one; ranked as routes are.
[[nodiscard]] std::vector<NearMiss> findNearMisses(const std::vector<Edge>& edges);

/// Names a route by its edges: "cap-sys-admin-mount > hostpath-etc@/host/etc".
[[nodiscard]] std::string routeId(const Route& route, const std::vector<Edge>& edges);

} // namespace bulkhead::threat
