#include "core/threat/paths.h"
#include "tests/core/threat/random_edges.h"
#include "tests/rounds.h"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace bulkhead::threat {

namespace {

using enum model::AttackAuthority;
using model::AttackAuthorities;
using model::AttackAuthority;
using model::Truth;

std::vector<std::string> ids(const Routes& found, const std::vector<Edge>& edges) {
    std::vector<std::string> out;
    for (const Route& route : found.routes) {
        out.push_back(routeId(route, edges) + " = " + std::string(model::nameOf(route.reaches)));
    }
    return out;
}

using Bits = std::uint32_t;

Bits bitsOf(const AttackAuthorities& authorities) {
    Bits out = 0;
    for (const AttackAuthority authority : authorities) {
        out |= Bits{1} << static_cast<unsigned>(authority);
    }
    return out;
}

/// What every subset of the edges leads to, by definition and nothing else: what is held is derived again and
/// again until nothing is added.
std::vector<Bits> heldBySubsets(const std::vector<Edge>& edges) {
    std::vector<std::pair<Bits, Bits>> steps;
    for (const Edge& edge : edges) {
        steps.emplace_back(bitsOf(edge.needs), bitsOf(edge.gives));
    }
    std::vector<Bits> out(std::size_t{1} << edges.size(), bitsOf({codeInContainer}));
    for (std::size_t subset = 0; subset < out.size(); ++subset) {
        Bits& held = out[subset];
        for (std::size_t round = 0; round < steps.size(); ++round) {
            for (std::size_t i = 0; i < steps.size(); ++i) {
                const bool taken = (subset >> i & 1U) != 0 && (steps[i].first & ~held) == 0;
                held |= taken ? steps[i].second : 0;
            }
        }
    }
    return out;
}

std::set<std::size_t> membersOf(std::size_t subset) {
    std::set<std::size_t> out;
    for (std::size_t i = 0; subset >> i != 0; ++i) {
        if ((subset >> i & 1U) != 0) {
            out.insert(i);
        }
    }
    return out;
}

/// Minimal sets by trying all subsets: the ends of each.
std::map<std::set<std::size_t>, AttackAuthorities> bruteForce(const std::vector<Edge>& edges) {
    const std::vector<Bits> held = heldBySubsets(edges);
    std::map<std::set<std::size_t>, AttackAuthorities> out;
    std::size_t open = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        open |= edges[i].sure != Truth::no ? std::size_t{1} << i : 0U;
    }
    for (std::size_t subset = 1; subset < held.size(); ++subset) {
        if ((subset & ~open) != 0) {
            continue;
        }
        for (const AttackAuthority target : {hostFileWrite, kernelCode, hostRoot}) {
            const Bits bit = bitsOf({target});
            bool minimal = (held[subset] & bit) != 0;
            for (std::size_t i = 0; minimal && i < edges.size(); ++i) {
                minimal = (subset >> i & 1U) == 0 || (held[subset & ~(std::size_t{1} << i)] & bit) == 0;
            }
            if (minimal) {
                out[membersOf(subset)].insert(target);
            }
        }
    }
    return out;
}

std::map<std::set<std::size_t>, AttackAuthorities> asSets(const Routes& found) {
    std::map<std::set<std::size_t>, AttackAuthorities> out;
    for (const Route& route : found.routes) {
        AttackAuthorities ends = route.alsoReaches;
        ends.insert(route.reaches);
        const bool fresh = out.emplace(std::set(route.edges.begin(), route.edges.end()), ends).second;
        EXPECT_TRUE(fresh) << "a route is listed twice";
    }
    return out;
}

TEST(FindRoutes, NothingLeadsNowhere) {
    EXPECT_EQ(findRoutes({}), Routes{});
    EXPECT_TRUE(findRoutes({{"root", {}, {rootInContainer}}}).routes.empty());
}

TEST(FindRoutes, StepsStandInTheOrderInWhichTheyCanBeTaken) {
    const std::vector<Edge> edges{
        {"module", {rootInContainer, capabilityOverHost}, {kernelCode}},
        {"cap", {rootInContainer}, {capabilityOverHost}},
        {"setuid", {codeInContainer}, {rootInContainer}},
    };
    EXPECT_EQ(ids(findRoutes(edges), edges), std::vector<std::string>{"setuid > cap > module = kernel-code"});
}

TEST(FindRoutes, OneRouteForSeveralEndsIsNamedByTheGravest) {
    const std::vector<Edge> edges{{"socket", {}, {runtimeControl, hostRoot}}};
    const Routes found = findRoutes(edges);
    ASSERT_EQ(found.routes.size(), 1U);
    EXPECT_EQ(found.routes[0].reaches, hostRoot);
    EXPECT_EQ(found.routes[0].alsoReaches, AttackAuthorities{runtimeControl});
}

TEST(FindRoutes, CertainFirstThenTheShorterThenTheGraver) {
    const std::vector<Edge> edges{
        {"perhaps", {}, {hostRoot}, Truth::unknown},
        {"root", {}, {rootInContainer}},
        {"disk", {rootInContainer}, {blockDevice}},
        {"network", {}, {hostNetwork}},
        {"kernel", {}, {kernelCode}},
    };
    EXPECT_EQ(
        ids(findRoutes(edges), edges), (std::vector<std::string>{
                                           "kernel = kernel-code", "network = host-network",
                                           "root > disk = block-device", "perhaps = host-root"}));
    EXPECT_EQ(findRoutes(edges).routes.back().certainty, Truth::unknown);
}

TEST(FindRoutes, WhatAnEarlierStepGivesAlreadyIsNoDetour) {
    const std::vector<Edge> edges{
        {"both", {}, {rootInContainer, hostFileWrite}},
        {"root", {}, {rootInContainer}},
        {"write", {rootInContainer}, {hostFileWrite}},
    };
    EXPECT_EQ(
        ids(findRoutes(edges), edges),
        (std::vector<std::string>{"both = host-file-write", "root > write = host-file-write"}));
}

TEST(FindRoutes, AnAuthorityThatALaterStepGivesTooMayComeFromElsewhere) {
    const std::vector<Edge> edges{
        {"last", {capabilityOverHost}, {hostRoot, rootInContainer}},
        {"middle", {rootInContainer}, {capabilityOverHost}},
        {"first", {}, {rootInContainer}},
    };
    EXPECT_EQ(ids(findRoutes(edges), edges), std::vector<std::string>{"first > middle > last = host-root"});
}

TEST(FindRoutes, AgreesWithAllSubsetsOfRandomGraphs) {
    std::mt19937 random(20260101);
    std::size_t routes = 0;
    for (std::size_t round = 0; round < bulkhead::test::rounds(3000); ++round) {
        const auto edges = test::randomEdges(random, 1 + round % 9, true);
        const Routes found = findRoutes(edges);
        ASSERT_TRUE(found.exact);
        ASSERT_EQ(found.more, 0U);
        ASSERT_EQ(asSets(found), bruteForce(edges)) << "round " << round;
        routes += found.routes.size();
        for (const Route& route : found.routes) { // each step can be taken when its turn comes
            AttackAuthorities held{codeInContainer};
            for (const std::size_t edge : route.edges) {
                ASSERT_TRUE(std::ranges::includes(held, edges[edge].needs));
                held.insert(edges[edge].gives.begin(), edges[edge].gives.end());
            }
        }
    }
    EXPECT_GT(routes, bulkhead::test::seenIn(2500)); // the graphs are worth searching
}

TEST(FindRoutes, ParallelEdgesAreCountedWithoutBeingListed) {
    std::vector<Edge> edges;
    for (int i = 0; i < 100; ++i) {
        edges.push_back({"a" + std::to_string(i), {}, {rootInContainer}});
        edges.push_back({"b" + std::to_string(i), {rootInContainer}, {capabilityOverHost}});
        edges.push_back({"c" + std::to_string(i), {capabilityOverHost}, {hostRoot}});
    }
    const Routes found = findRoutes(edges);
    EXPECT_TRUE(found.exact);
    EXPECT_EQ(found.routes.size(), 200U);
    EXPECT_EQ(found.more, 1'000'000U - 200U);
}

/// Every authority leads to every other: the number of routes is that of the simple paths of sixteen places.
std::vector<Edge> everythingToEverything() {
    std::vector<Edge> edges;
    for (const AuthorityRow& from : authorityRows()) {
        for (const AuthorityRow& to : authorityRows()) {
            if (from.authority != to.authority) {
                edges.push_back(
                    {std::string(model::nameOf(from.authority)) + "-" +
                         std::string(model::nameOf(to.authority)),
                     {from.authority},
                     {to.authority},
                     Truth::yes});
            }
        }
    }
    return edges;
}

TEST(FindRoutes, ABoundThatIsMetIsSaidAndLeavesTheShortest) {
    const Routes found = findRoutes(everythingToEverything());
    EXPECT_FALSE(found.exact);
    EXPECT_EQ(found.routes.size(), 200U);
    EXPECT_GT(found.more, 1000U);
    for (std::size_t i = 0; i < 12; ++i) {
        EXPECT_EQ(found.routes[i].edges.size(), 1U);
    }
    EXPECT_EQ(found.routes[0].reaches, hostRoot);
}

TEST(FindRoutes, CertainRoutesAreNotCrowdedOutByPossibleOnes) {
    std::vector<Edge> edges = everythingToEverything();
    for (Edge& edge : edges) {
        edge.sure = Truth::unknown;
    }
    edges.push_back({"a", {}, {rootInContainer}});
    edges.push_back({"b", {rootInContainer}, {capabilityOverHost}});
    edges.push_back({"c", {capabilityOverHost}, {noTrace}});
    edges.push_back({"d", {noTrace}, {hostRoot}});
    const Routes found = findRoutes(edges);
    ASSERT_FALSE(found.routes.empty());
    EXPECT_EQ(routeId(found.routes[0], edges), "a > b > c > d");
    EXPECT_EQ(found.routes[0].certainty, Truth::yes);
}

TEST(FindRoutes, AHundredWeaknessesAtTwentyObjectsEachAreSearchedAsAHundred) {
    std::mt19937 random(7);
    const std::vector<Edge> weaknesses = test::randomEdges(random, 100, true);
    std::vector<Edge> edges;
    for (const Edge& weakness : weaknesses) {
        for (int object = 0; object < 20; ++object) {
            edges.push_back(weakness);
            edges.back().id += "@" + std::to_string(object);
        }
    }
    std::uint64_t expected = 0; // each step of a route at any of twenty objects
    const Routes once = findRoutes(weaknesses, {100'000, 200, 4000});
    for (const Route& route : once.routes) {
        std::uint64_t choices = 1;
        for (std::size_t step = 0; step < route.edges.size(); ++step) {
            choices *= 20;
        }
        expected += choices;
    }
    const Routes found = findRoutes(edges);
    EXPECT_EQ(once.more, 0U);
    EXPECT_EQ(found.exact, once.exact);
    EXPECT_EQ(found.routes.size() + found.more, expected);
}

TEST(FindNearMisses, OneBarredEdgeKeepsARouteClosed) {
    const std::vector<Edge> edges{
        {"root", {}, {rootInContainer}},
        {"mount", {rootInContainer}, {blockDevice}, Truth::no},
        {"disk", {blockDevice}, {hostRoot}},
    };
    const auto misses = findNearMisses(edges);
    ASSERT_EQ(misses.size(), 1U);
    EXPECT_EQ(misses[0].barred, 1U);
    EXPECT_EQ(routeId(misses[0].route, edges), "root > mount"); // the first end it leads to
    EXPECT_EQ(misses[0].route.reaches, blockDevice);
}

TEST(FindNearMisses, TwoBarredEdgesInARowAreNone) {
    const std::vector<Edge> edges{
        {"mount", {}, {blockDevice}, Truth::no},
        {"root", {}, {rootInContainer}, Truth::no},
        {"disk", {rootInContainer}, {hostRoot}, Truth::no},
    };
    const auto misses = findNearMisses(edges);
    ASSERT_EQ(misses.size(), 1U); // root in the container leads no further, the disk needs it
    EXPECT_EQ(misses[0].barred, 0U);
}

TEST(FindNearMisses, AgreeWithAllSubsetsOfRandomGraphs) {
    std::mt19937 random(42);
    std::size_t seen = 0;
    for (std::size_t round = 0; round < bulkhead::test::rounds(1500); ++round) {
        const auto edges = test::randomEdges(random, 8, true);
        std::set<std::size_t> expected;
        for (std::size_t i = 0; i < edges.size(); ++i) {
            auto opened = edges;
            opened[i].sure = Truth::yes;
            if (edges[i].sure == Truth::no && std::ranges::any_of(bruteForce(opened), [i](const auto& entry) {
                    return entry.first.contains(i);
                })) {
                expected.insert(i);
            }
        }
        std::set<std::size_t> found;
        for (const NearMiss& miss : findNearMisses(edges)) {
            found.insert(miss.barred);
        }
        ASSERT_EQ(found, expected) << "round " << round;
        seen += found.size();
    }
    EXPECT_GT(seen, bulkhead::test::seenIn(500));
}

} // namespace

} // namespace bulkhead::threat
