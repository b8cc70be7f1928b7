#include "core/threat/hitting_set.h"

#include <algorithm>
#include <tuple>

namespace bulkhead::threat {

namespace {

using Set = std::vector<std::size_t>;

/// Branch and bound: of the smallest condition not met yet, each member in turn; those tried before it are
/// out of the branch, so that no set is looked at twice.
class Search {
public:
    Search(const std::vector<Set>& conditions, const std::vector<int>& losses, std::size_t steps)
        : m_conditions(conditions), m_losses(losses), m_excluded(losses.size(), false), m_steps(steps) {}

    std::optional<Set> run() {
        branch();
        return m_spent ? std::nullopt : m_best;
    }

private:
    void branch() {
        if (m_spent || m_steps-- == 0) {
            m_spent = true;
            return;
        }
        const Bound bound = lowerBound();
        if (bound.impossible || !canImprove(bound.more)) {
            return;
        }
        if (bound.more == 0) {
            keep();
            return;
        }
        const Set members = allowed(*bound.next);
        for (const std::size_t member : members) {
            m_chosen.push_back(member);
            m_loss += m_losses[member];
            branch();
            m_loss -= m_losses[member];
            m_chosen.pop_back();
            m_excluded[member] = true;
        }
        for (const std::size_t member : members) {
            m_excluded[member] = false;
        }
    }

    /// What is still to be met, and how many more members that takes at least.
    struct Bound {
        bool impossible = false;
        std::size_t more = 0;      ///< conditions without a member in common: each takes one of its own
        const Set* next = nullptr; ///< the condition with the fewest members left
    };

    [[nodiscard]] Bound lowerBound() const {
        Bound out;
        std::vector<bool> used(m_losses.size(), false);
        std::size_t fewest = ~std::size_t{0};
        for (const Set& condition : m_conditions) {
            if (isMet(condition)) {
                continue;
            }
            const Set left = allowed(condition);
            if (left.empty()) {
                out.impossible = true;
                return out;
            }
            if (left.size() < fewest) {
                fewest = left.size();
                out.next = &condition;
            }
            if (std::ranges::none_of(left, [&used](std::size_t member) { return used[member]; })) {
                ++out.more;
                for (const std::size_t member : left) {
                    used[member] = true;
                }
            }
        }
        return out;
    }

    [[nodiscard]] bool isMet(const Set& condition) const {
        return std::ranges::any_of(condition, [this](std::size_t member) {
            return std::ranges::find(m_chosen, member) != m_chosen.end();
        });
    }

    [[nodiscard]] Set allowed(const Set& condition) const {
        Set out;
        std::ranges::copy_if(
            condition, std::back_inserter(out), [this](std::size_t member) { return !m_excluded[member]; });
        return out;
    }

    [[nodiscard]] bool canImprove(std::size_t more) const {
        return !m_best || m_chosen.size() + more < m_best->size() ||
               (m_chosen.size() + more == m_best->size() && m_loss <= m_bestLoss);
    }

    void keep() {
        Set set = m_chosen;
        std::ranges::sort(set);
        if (!m_best ||
            std::tuple(set.size(), m_loss, set) < std::tuple(m_best->size(), m_bestLoss, *m_best)) {
            m_best = std::move(set);
            m_bestLoss = m_loss;
        }
    }

    const std::vector<Set>& m_conditions;
    const std::vector<int>& m_losses;
    std::vector<bool> m_excluded;
    std::size_t m_steps;
    bool m_spent = false;
    Set m_chosen;
    int m_loss = 0;
    std::optional<Set> m_best;
    int m_bestLoss = 0;
};

} // namespace

std::optional<std::vector<std::size_t>> smallestHittingSet(
    const std::vector<std::vector<std::size_t>>& conditions, const std::vector<int>& losses,
    std::size_t steps) {
    return Search(conditions, losses, steps).run();
}

} // namespace bulkhead::threat
