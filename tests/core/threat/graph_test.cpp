#include "core/threat/graph.h"

#include <gtest/gtest.h>

namespace bulkhead::threat {

namespace {

using enum model::AttackAuthority;
using model::AttackAuthorities;
using model::Truth;

TEST(AuthorityRows, EveryAuthorityHasItsRowInOrder) {
    ASSERT_EQ(authorityRows().size(), model::Names<model::AttackAuthority>::names.size());
    for (std::size_t i = 0; i < authorityRows().size(); ++i) {
        EXPECT_EQ(static_cast<std::size_t>(authorityRows()[i].authority), i);
        EXPECT_FALSE(authorityRows()[i].meaning.empty());
    }
}

TEST(AuthorityRows, WhatStaysInsideAndMeansAreNoEnds) {
    EXPECT_EQ(
        authoritiesOf(hostMask()),
        (AttackAuthorities{
            hostFileRead, hostFileWrite, runtimeControl, hostProcessMemory, blockDevice, deviceAccess,
            kernelCode, nodeCredentials, otherContainer, hostNetwork, hostDenialOfService, hostRoot}));
}

TEST(Reachable, AStepNeedsAllThatItNeeds) {
    const std::vector<Edge> edges{
        {"setuid", {codeInContainer}, {rootInContainer}},
        {"module", {rootInContainer, capabilityOverHost}, {kernelCode}},
    };
    EXPECT_EQ(reachable(edges), (AttackAuthorities{codeInContainer, rootInContainer}));
}

TEST(Reachable, ACircleGivesNothingToStartWith) {
    const std::vector<Edge> edges{
        {"there", {hostFileWrite}, {hostRoot}},
        {"back", {hostRoot}, {hostFileWrite}},
    };
    EXPECT_EQ(reachable(edges), (AttackAuthorities{codeInContainer}));
}

TEST(Reachable, AStepThatNeedsNothingIsOpenToCode) {
    EXPECT_EQ(reachable({{"open", {}, {hostRoot}}}), (AttackAuthorities{codeInContainer, hostRoot}));
}

TEST(Reachable, LeavesOutWhatIsLessSureThanAskedFor) {
    const std::vector<Edge> edges{
        {"barred", {}, {hostRoot}, Truth::no},
        {"perhaps", {}, {kernelCode}, Truth::unknown},
        {"sure", {}, {hostNetwork}, Truth::yes},
    };
    EXPECT_EQ(reachable(edges), (AttackAuthorities{codeInContainer, kernelCode, hostNetwork}));
    EXPECT_EQ(reachable(edges, Truth::yes), (AttackAuthorities{codeInContainer, hostNetwork}));
}

} // namespace

} // namespace bulkhead::threat
