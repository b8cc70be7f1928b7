#pragma once

#include "core/model/attack_authority.h"
#include "core/model/truth.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::threat {

/// A step that an attacker may take: holding everything it needs, it gives what it gives. A step that needs
/// nothing can be taken by code in the container.
struct Edge {
    std::string id; ///< unique among the edges of a graph
    model::AttackAuthorities needs;
    model::AttackAuthorities gives;
    model::Truth sure = model::Truth::yes; ///< no: the step is barred, and only near misses look at it

    bool operator==(const Edge&) const = default;
};

/// What an authority is to the boundary: a row for each of the closed list.
struct AuthorityRow {
    model::AttackAuthority authority{};
    bool host = false; ///< beyond the container: paths end here, and the cut must make it unreachable
    int gravity = 0;   ///< the graver of two ends names a path; host root is the gravest
    std::string_view title;
    std::string_view brief;   ///< for a narrow column
    std::string_view meaning; ///< what holding it is, and why it does or does not lie beyond the container
};

[[nodiscard]] std::span<const AuthorityRow> authorityRows();
[[nodiscard]] const AuthorityRow& rowOf(model::AttackAuthority authority);

/// Several authorities as bits, by their place in the closed list.
using AuthorityMask = std::uint32_t;

[[nodiscard]] constexpr AuthorityMask maskOf(model::AttackAuthority authority) {
    return AuthorityMask{1} << static_cast<unsigned>(authority);
}
[[nodiscard]] AuthorityMask maskOf(const model::AttackAuthorities& authorities);
[[nodiscard]] model::AttackAuthorities authoritiesOf(AuthorityMask mask);

/// Every authority beyond the container.
[[nodiscard]] AuthorityMask hostMask();

/// An edge with its authorities as bits.
struct Link {
    AuthorityMask needs = 0;
    AuthorityMask gives = 0;
    model::Truth sure = model::Truth::yes;

    auto operator<=>(const Link&) const = default;
};
[[nodiscard]] Link linkOf(const Edge& edge);

/// What code in the container can come to hold by these links, itself included.
[[nodiscard]] AuthorityMask closureOf(std::span<const Link> links);

/// The authorities that edges lead to; `least` leaves out those that are less sure.
[[nodiscard]] model::AttackAuthorities
reachable(const std::vector<Edge>& edges, model::Truth least = model::Truth::unknown);

} // namespace bulkhead::threat
