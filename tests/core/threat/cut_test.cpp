#include "core/threat/cut.h"
#include "core/threat/hitting_set.h"
#include "tests/core/threat/random_edges.h"
#include "tests/rounds.h"

#include <algorithm>
#include <bit>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <tuple>

namespace bulkhead::threat {

namespace {

using enum model::AttackAuthority;
using Set = std::vector<std::size_t>;

/// What closes an edge: any of several sets of changes, all of one together.
struct Closing {
    std::vector<Set> sets;
};

/// Edges and what closes each.
struct Plan {
    std::vector<Edge> edges;
    std::vector<Closing> closing;
    std::vector<int> losses;

    [[nodiscard]] std::vector<Edge> after(const Set& changes) const {
        std::vector<Edge> out;
        for (std::size_t i = 0; i < edges.size(); ++i) {
            const bool closed = std::ranges::any_of(
                closing[i].sets, [&](const Set& set) { return std::ranges::includes(changes, set); });
            if (!closed) {
                out.push_back(edges[i]);
            }
        }
        return out;
    }
    [[nodiscard]] CutProblem problem() const {
        return {losses, [this](const Set& changes) { return after(changes); }};
    }
};

Set membersOf(unsigned subset) {
    Set out;
    for (std::size_t i = 0; subset >> i != 0; ++i) {
        if ((subset >> i & 1U) != 0) {
            out.push_back(i);
        }
    }
    return out;
}

std::set<std::string> routesAfter(const Plan& plan, const Set& changes) {
    const auto edges = plan.after(changes);
    std::set<std::string> out;
    for (const Route& route : findRoutes(edges).routes) {
        out.insert(routeId(route, edges));
    }
    return out;
}

/// All subsets: size and loss of the best that leaves no more than all changes together. What is left open
/// depends on the edges alone, so that it is searched once for those that several subsets leave.
std::pair<std::size_t, int> bruteForce(const Plan& plan) {
    const auto all = (1U << plan.losses.size()) - 1U;
    const auto beyond = routesAfter(plan, membersOf(all));
    std::map<std::vector<std::string>, bool> leavesNoMore;
    const auto closes = [&](const Set& members) {
        std::vector<std::string> left;
        for (Edge& edge : plan.after(members)) {
            left.push_back(std::move(edge.id));
        }
        const auto [known, fresh] = leavesNoMore.try_emplace(std::move(left), false);
        if (fresh) {
            known->second = routesAfter(plan, members) == beyond;
        }
        return known->second;
    };
    std::pair<std::size_t, int> best{99, 0};
    for (unsigned subset = 0; subset <= all; ++subset) {
        const Set members = membersOf(subset);
        int loss = 0;
        for (const std::size_t change : members) {
            loss += plan.losses[change];
        }
        if (std::pair(members.size(), loss) < best && closes(members)) {
            best = {members.size(), loss};
        }
    }
    return best;
}

Plan randomPlan(std::mt19937& random, std::size_t changes) {
    std::uniform_int_distribution<int> percent(0, 99);
    std::uniform_int_distribution<std::size_t> change(0, changes - 1);
    Plan plan;
    plan.edges = test::randomEdges(random, 9, false);
    for (std::size_t i = 0; i < changes; ++i) {
        plan.losses.push_back(1 + percent(random) % 5);
    }
    for (std::size_t i = 0; i < plan.edges.size(); ++i) {
        Closing closing;
        for (int sets = percent(random) % 4; sets > 0; --sets) { // none: no change closes it
            std::set<std::size_t> together;
            for (int members = 1 + percent(random) % 3; members > 0; --members) {
                together.insert(change(random));
            }
            closing.sets.emplace_back(together.begin(), together.end());
        }
        plan.closing.push_back(std::move(closing));
    }
    return plan;
}

TEST(FindCut, NothingToCutTakesNothing) {
    const Plan plan{{{"root", {}, {rootInContainer}}}, {{{{0}}}}, {1}};
    EXPECT_EQ(findCut(plan.problem()), CutResult{});
}

TEST(FindCut, OneChangeThatClosesTwoRoutesBeatsTwo) {
    const Plan plan{
        {{"a", {}, {hostRoot}}, {"b", {}, {kernelCode}}}, {{{{0}, {2}}}, {{{1}, {2}}}}, {1, 1, 9}};
    EXPECT_EQ(findCut(plan.problem()).changes, Set{2});
}

TEST(FindCut, OfTwoTheOneWithTheLesserLoss) {
    const Plan plan{{{"a", {}, {hostRoot}}}, {{{{0}, {1}, {2}}}}, {5, 2, 3}};
    EXPECT_EQ(findCut(plan.problem()).changes, Set{1});
}

TEST(FindCut, AnEdgeWithTwoReasonsTakesBothAway) {
    const Plan plan{{{"either", {}, {hostRoot}}}, {{{{0, 1}}}}, {1, 1, 1}};
    EXPECT_EQ(findCut(plan.problem()).changes, (Set{0, 1}));
}

TEST(FindCut, ARouteThatNoChangeClosesIsNamedAndTheOthersAreCut) {
    const Plan plan{{{"kernel", {}, {kernelCode}}, {"disk", {}, {blockDevice}}}, {{}, {{{0}}}}, {1}};
    const CutResult cut = findCut(plan.problem());
    EXPECT_EQ(cut.changes, Set{0});
    EXPECT_EQ(cut.beyond, std::vector<std::string>{"kernel"});
    EXPECT_TRUE(cut.proven);
}

TEST(FindCut, PossibleRoutesAreCutToo) {
    const Plan plan{{{"perhaps", {}, {hostRoot}, model::Truth::unknown}}, {{{{0}}}}, {1}};
    EXPECT_EQ(findCut(plan.problem()).changes, Set{0});
}

TEST(FindCut, AgreesWithAllSubsetsOnRandomGraphs) {
    std::mt19937 random(11);
    std::map<std::size_t, std::size_t> sizes;
    std::size_t together = 0;
    for (std::size_t round = 0; round < bulkhead::test::rounds(3000); ++round) {
        const Plan plan = randomPlan(random, 7);
        const CutResult cut = findCut(plan.problem());
        int loss = 0;
        for (const std::size_t change : cut.changes) {
            loss += plan.losses[change];
        }
        ASSERT_TRUE(cut.proven);
        ASSERT_EQ(std::pair(cut.changes.size(), loss), bruteForce(plan)) << "round " << round;
        const auto left = routesAfter(plan, cut.changes);
        ASSERT_EQ(left, std::set(cut.beyond.begin(), cut.beyond.end()));
        ++sizes[cut.changes.size()];
        together += cut.beyond.empty() ? 0 : 1;
    }
    EXPECT_GT(sizes[2], bulkhead::test::seenIn(300)); // the graphs are worth cutting
    EXPECT_GT(sizes[3] + sizes[4], bulkhead::test::seenIn(100));
    EXPECT_GT(together, bulkhead::test::seenIn(300));
}

TEST(FindCut, ABoundThatIsMetGivesACutThatIsNotSaidToBeTheSmallest) {
    std::mt19937 random(5);
    std::size_t larger = 0;
    for (std::size_t round = 0; round < bulkhead::test::rounds(300); ++round) {
        const Plan plan = randomPlan(random, 7);
        const CutResult cut = findCut(plan.problem(), {1, 200000});
        ASSERT_EQ(routesAfter(plan, cut.changes), routesAfter(plan, membersOf(127)));
        larger += cut.proven ? 0 : 1;
    }
    EXPECT_GT(larger, bulkhead::test::seenIn(100));
}

TEST(FindCut, SixtyChangesOfWhichTenAreNeededTakeFewQuestions) {
    Plan plan;
    for (std::size_t i = 0; i < 60; ++i) {
        plan.losses.push_back(static_cast<int>(i % 7) + 1);
    }
    for (std::size_t i = 0; i < 10; ++i) {
        plan.edges.push_back({"e" + std::to_string(i), {}, {hostRoot}});
        plan.closing.push_back({{{i * 6, i * 6 + 1}, {i * 6 + 2, i * 6 + 3}}});
    }
    std::size_t asked = 0;
    const CutProblem problem{plan.losses, [&](const Set& changes) { return ++asked, plan.after(changes); }};
    const CutResult cut = findCut(problem);
    EXPECT_TRUE(cut.proven);
    EXPECT_EQ(cut.changes.size(), 20U);
    EXPECT_LT(asked, 2500U);
}

TEST(FindCut, ThreeThousandChangesAreNotAskedOneByOne) {
    Plan plan;
    plan.losses.assign(3000, 1);
    for (std::size_t i = 0; i < 1000; ++i) {
        plan.edges.push_back({"e" + std::to_string(i), {}, {hostRoot}});
        plan.closing.push_back({{{i * 3}, {i * 3 + 1}}});
    }
    std::size_t asked = 0;
    const CutProblem problem{plan.losses, [&](const Set& changes) { return ++asked, plan.after(changes); }};
    const CutResult cut = findCut(problem, limitsFor(3000));
    EXPECT_FALSE(cut.proven);
    EXPECT_TRUE(plan.after(cut.changes).empty());
    EXPECT_LT(asked, 400U); // of 3,000 single changes alone, each answer takes tens of milliseconds
    EXPECT_EQ(limitsFor(60).evaluations, CutLimits{}.evaluations);
}

TEST(SmallestHittingSet, AgreesWithAllSubsets) {
    std::mt19937 random(3);
    std::uniform_int_distribution<std::size_t> member(0, 9);
    for (std::size_t round = 0; round < bulkhead::test::rounds(3000); ++round) {
        std::vector<Set> conditions;
        std::vector<int> losses;
        for (int i = 0; i < 10; ++i) {
            losses.push_back(static_cast<int>(member(random)) + 1);
        }
        for (std::size_t i = 0, count = member(random); i < count; ++i) {
            std::set<std::size_t> set;
            for (std::size_t k = 0, size = 1 + member(random) / 2; k < size; ++k) {
                set.insert(member(random));
            }
            conditions.emplace_back(set.begin(), set.end());
        }
        std::tuple<std::size_t, int, Set> best{99, 0, {}};
        for (unsigned subset = 0; subset < 1024; ++subset) {
            const Set members = membersOf(subset);
            int loss = 0;
            for (const std::size_t chosen : members) {
                loss += losses[chosen];
            }
            const bool hits = std::ranges::all_of(conditions, [&](const Set& condition) {
                return std::ranges::any_of(
                    condition, [&](std::size_t wanted) { return (subset >> wanted & 1U) != 0; });
            });
            if (hits) {
                best = std::min(best, std::tuple(members.size(), loss, members));
            }
        }
        ASSERT_EQ(smallestHittingSet(conditions, losses, 100000), std::get<2>(best)) << "round " << round;
    }
}

TEST(SmallestHittingSet, AnEmptyConditionCannotBeMet) {
    EXPECT_EQ(smallestHittingSet({{}}, {1}, 1000), std::nullopt);
}

} // namespace

} // namespace bulkhead::threat
