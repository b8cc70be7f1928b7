#include "core/threat/cut.h"

#include "core/threat/hitting_set.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <span>

namespace bulkhead::threat {

namespace {

using Set = std::vector<std::size_t>;

Set united(const Set& left, const Set& right) {
    Set out;
    std::ranges::set_union(left, right, std::back_inserter(out));
    return out;
}

/// Whether sets of changes leave something open that can be closed; each is asked once.
class Evaluation {
public:
    Evaluation(const CutProblem& problem, std::size_t most) : m_problem(problem), m_most(most) {
        m_all.resize(problem.losses.size());
        std::iota(m_all.begin(), m_all.end(), std::size_t{0});
        const std::vector<Edge> edges = problem.edgesAfter(m_all);
        for (const Route& route : findRoutes(edges).routes) {
            m_beyond.insert(routeId(route, edges));
        }
    }

    [[nodiscard]] bool leavesOpen(const Set& changes) {
        const auto [known, fresh] = m_open.try_emplace(changes, false);
        if (fresh) {
            ++m_asked;
            known->second = ask(changes);
        }
        return known->second;
    }

    [[nodiscard]] bool spent() const { return m_asked >= m_most; }
    [[nodiscard]] const Set& all() const { return m_all; }
    [[nodiscard]] const std::set<std::string>& beyond() const { return m_beyond; }

private:
    [[nodiscard]] bool ask(const Set& changes) const {
        const std::vector<Edge> edges = m_problem.edgesAfter(changes);
        if (m_beyond.empty()) {
            return (maskOf(reachable(edges)) & hostMask()) != 0;
        }
        const Routes found = findRoutes(edges);
        return found.more > 0 || std::ranges::any_of(found.routes, [&](const Route& route) {
                   return !m_beyond.contains(routeId(route, edges));
               });
    }

    const CutProblem& m_problem;
    std::size_t m_most;
    std::size_t m_asked = 0;
    Set m_all;
    std::set<std::string> m_beyond;
    std::map<Set, bool> m_open;
};

/// `changes`, which leave something open, with as many of the others as still do: halves at a time.
Set grow(Set changes, const Set& others, Evaluation& evaluation) {
    if (others.empty()) {
        return changes;
    }
    Set with = united(changes, others);
    if (evaluation.leavesOpen(with)) {
        return with;
    }
    if (others.size() == 1) {
        return changes;
    }
    const auto middle = others.begin() + static_cast<std::ptrdiff_t>(others.size() / 2);
    changes = grow(std::move(changes), Set(others.begin(), middle), evaluation);
    return grow(std::move(changes), Set(middle, others.end()), evaluation);
}

Set without(const Set& all, const Set& some) {
    Set out;
    std::ranges::set_difference(all, some, std::back_inserter(out));
    return out;
}

/// Everything, less what can be spared, the greatest loss first: many at a time where all of them can be.
class Sparing {
public:
    Sparing(const CutProblem& problem, Evaluation& evaluation, std::size_t most)
        : m_evaluation(evaluation), m_most(most), m_needed(evaluation.all()) {
        Set byLoss = m_needed;
        std::ranges::stable_sort(byLoss, [&](std::size_t left, std::size_t right) {
            return problem.losses[left] > problem.losses[right];
        });
        spare(byLoss);
    }

    [[nodiscard]] const Set& needed() const { return m_needed; }

private:
    void spare(std::span<const std::size_t> some) {
        if (some.empty() || m_most-- == 0) {
            m_most = 0;
            return;
        }
        Set sorted(some.begin(), some.end());
        std::ranges::sort(sorted);
        if (Set fewer = without(m_needed, sorted); !m_evaluation.leavesOpen(fewer)) {
            m_needed = std::move(fewer);
        } else if (some.size() > 1) {
            spare(some.first(some.size() / 2));
            spare(some.subspan(some.size() / 2));
        }
    }

    Evaluation& m_evaluation;
    std::size_t m_most;
    Set m_needed;
};

} // namespace

CutLimits limitsFor(std::size_t changes) {
    constexpr std::size_t kWork = 400'000'000; // an answer takes the square of the changes
    constexpr std::size_t kLeast = 20;
    CutLimits limits;
    limits.evaluations =
        std::clamp(kWork / std::max<std::size_t>(1, changes * changes), kLeast, limits.evaluations);
    return limits;
}

CutResult findCut(const CutProblem& problem, const CutLimits& limits) {
    Evaluation evaluation(problem, limits.evaluations);
    CutResult out;
    out.beyond.assign(evaluation.beyond().begin(), evaluation.beyond().end());
    std::vector<Set> conditions;
    while (!evaluation.spent()) {
        const auto next = smallestHittingSet(conditions, problem.losses, limits.steps);
        if (!next) {
            break;
        }
        if (!evaluation.leavesOpen(*next)) {
            out.changes = *next;
            return out;
        }
        const Set grown = grow(*next, without(evaluation.all(), *next), evaluation);
        conditions.push_back(without(evaluation.all(), grown));
    }
    out.changes = Sparing(problem, evaluation, limits.evaluations).needed();
    out.proven = false;
    return out;
}

} // namespace bulkhead::threat
