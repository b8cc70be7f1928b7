#include "core/threat/route_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <set>

namespace bulkhead::threat {

namespace {

constexpr std::size_t kAuthorities = 32;
constexpr std::size_t kUndecided = ~std::size_t{0};

/// What is held with the chosen links but one.
AuthorityMask
heldWithout(const std::vector<Link>& links, const std::vector<std::size_t>& chosen, std::size_t leftOut) {
    AuthorityMask held = maskOf(model::AttackAuthority::codeInContainer);
    for (bool grew = true; grew;) {
        grew = false;
        for (const std::size_t number : chosen) {
            const Link& link = links[number];
            if (number != leftOut && (link.needs & ~held) == 0 && (link.gives & ~held) != 0) {
                held |= link.gives;
                grew = true;
            }
        }
    }
    return held;
}

/// The target is held with all of them, and without any one it is not.
bool isMinimal(const std::vector<Link>& links, const std::vector<std::size_t>& chosen, AuthorityMask target) {
    return (heldWithout(links, chosen, kUndecided) & target) != 0 &&
           std::ranges::none_of(chosen, [&](std::size_t leftOut) {
               return (heldWithout(links, chosen, leftOut) & target) != 0;
           });
}

/// Backward from the target: for every authority that is needed, one link that gives it, without going in a
/// circle. Each minimal set has such a choice (of every authority the link that gives it first), so none is
/// missed; what is chosen but not minimal is dropped. Deepened by the number of links, so that a bound leaves
/// out the longest.
class Search {
public:
    Search(
        const std::vector<Link>& links, AuthorityMask target, const SearchBounds& bounds, SearchResult& out)
        : m_links(links), m_target(target), m_bounds(bounds), m_out(out) {
        m_givenBy.fill(kUndecided);
        for (std::size_t link = 0; link < links.size(); ++link) {
            for (AuthorityMask left = links[link].gives; left != 0; left &= left - 1) {
                m_givers.at(static_cast<std::size_t>(std::countr_zero(left))).push_back(link);
            }
        }
    }

    /// With links at least as sure as `least`.
    void run(model::Truth least) {
        m_least = least;
        for (std::size_t depth = 1; depth <= std::min<std::size_t>(m_links.size(), kAuthorities); ++depth) {
            m_depth = depth;
            m_cutOff = false;
            decide(m_target, 0);
            if (m_full) {
                m_out.complete = false;
                return;
            }
            if (!m_cutOff) {
                return; // nothing is deeper
            }
        }
    }

private:
    void decide(AuthorityMask open, AuthorityMask decided) {
        if (m_full || ++m_steps > m_bounds.steps) {
            m_full = true;
            return;
        }
        if (open == 0) {
            keep();
            return;
        }
        const auto goal = static_cast<std::size_t>(std::countr_zero(open));
        const AuthorityMask goalMask = AuthorityMask{1} << goal;
        for (const std::size_t link : m_givers.at(goal)) {
            if (!m_full && m_links[link].sure >= m_least && !dependsOn(m_links[link].needs, goalMask)) {
                take(link, goal, open & ~goalMask, decided | goalMask);
            }
        }
    }

    void take(std::size_t link, std::size_t goal, AuthorityMask open, AuthorityMask decided) {
        const bool fresh = std::ranges::find(m_chosen, link) == m_chosen.end();
        if (fresh && m_chosen.size() == m_depth) {
            m_cutOff = true;
            return;
        }
        if (fresh) {
            m_chosen.push_back(link);
        }
        m_givenBy.at(goal) = link;
        decide(open | (m_links[link].needs & ~decided), decided);
        m_givenBy.at(goal) = kUndecided;
        if (fresh) {
            m_chosen.pop_back();
        }
    }

    /// By what was chosen so far, one of `authorities` needs `goal` first, or is it.
    [[nodiscard]] bool dependsOn(AuthorityMask authorities, AuthorityMask goal) const {
        AuthorityMask seen = authorities;
        for (AuthorityMask left = authorities; left != 0;) {
            const auto next = static_cast<std::size_t>(std::countr_zero(left));
            left &= left - 1;
            if (const std::size_t link = m_givenBy.at(next); link != kUndecided) {
                left |= m_links[link].needs & ~seen;
                seen |= m_links[link].needs;
            }
        }
        return (seen & goal) != 0;
    }

    void keep() {
        std::vector<std::size_t> set = m_chosen;
        std::ranges::sort(set);
        if (set.size() != m_depth || m_seen.contains(set)) {
            return; // seen when the search was less deep, or in another order
        }
        m_seen.insert(set);
        if (isMinimal(m_links, set, m_target)) {
            m_out.sets.push_back(std::move(set));
            m_full = m_out.sets.size() >= m_bounds.sets;
        }
    }

    const std::vector<Link>& m_links;
    AuthorityMask m_target;
    SearchBounds m_bounds;
    SearchResult& m_out;
    model::Truth m_least = model::Truth::yes;
    std::size_t m_depth = 0;
    std::size_t m_steps = 0;
    bool m_cutOff = false;
    bool m_full = false;
    std::vector<std::size_t> m_chosen;
    std::array<std::size_t, kAuthorities> m_givenBy{};
    std::array<std::vector<std::size_t>, kAuthorities> m_givers;
    std::set<std::vector<std::size_t>> m_seen;
};

} // namespace

SearchResult
searchMinimalSets(const std::vector<Link>& links, AuthorityMask target, const SearchBounds& bounds) {
    SearchResult out;
    if (std::ranges::all_of(links, [](const Link& link) { return link.sure == model::Truth::yes; })) {
        Search(links, target, bounds, out).run(model::Truth::yes);
        return out;
    }
    SearchResult certain;
    Search(links, target, {bounds.sets / 2, bounds.steps / 2}, certain).run(model::Truth::yes);
    Search(links, target, bounds, out).run(model::Truth::unknown);
    if (!out.complete) { // certain ones that lay beyond the bound
        std::set<std::vector<std::size_t>> known(out.sets.begin(), out.sets.end());
        std::ranges::copy_if(certain.sets, std::back_inserter(out.sets), [&known](const auto& set) {
            return !known.contains(set);
        });
    }
    return out;
}

} // namespace bulkhead::threat
