#include "core/twin/plan.h"

#include <gtest/gtest.h>
#include <memory>
#include <unistd.h>

namespace bulkhead::twin {
namespace {

/// This process stands for the target; what matters here is changed by each test.
Target ownTarget() {
    auto target = readTarget(os::ProcRoot{}, ::getpid());
    EXPECT_TRUE(target) << target.error().message;
    target->uidMap.ranges = {{0, 100000, 65536}};
    target->gidMap.ranges = {{0, 100000, 65536}};
    target->status.uid = {100000, 100001, 100002, 100001};
    target->status.gid = {100005, 100005, 100005, 100005};
    target->filters.clear();
    return std::move(*target);
}

std::string errorOf(const Target& target, const std::vector<WantedTry>& tries) {
    const auto plan = std::make_unique<wire::ProbePlan>();
    const auto filled = fillPlan(*plan, target, tries, 40);
    return filled ? "accepted" : filled.error().message;
}

TEST(Plan, IdsAreThoseOfTheTargetsOwnNumbering) {
    const auto plan = std::make_unique<wire::ProbePlan>();
    ASSERT_TRUE(
        fillPlan(*plan, ownTarget(), {{wire::Try::look, "/", false}, {wire::Try::bpf, "", true}}, 40));
    EXPECT_EQ(plan->uid, (std::array<std::uint32_t, 4>{0, 1, 2, 1}));
    EXPECT_EQ(plan->gid, (std::array<std::uint32_t, 4>{5, 5, 5, 5}));
    ASSERT_EQ(plan->tryCount, 2U);
    EXPECT_STREQ(plan->paths.data() + plan->tries[0].path, "/");
    EXPECT_EQ(plan->tries[1].path, 0U);
    EXPECT_EQ(plan->tries[1].skip, 1U);
}

TEST(Plan, WhatCannotBeCopiedIsSaid) {
    Target unmapped = ownTarget();
    unmapped.status.uid.saved = 7;
    EXPECT_EQ(
        errorOf(unmapped, {}),
        "user id 7 has no number in the container's user namespace; nobody can take it there");
    Target odd = ownTarget();
    odd.filters = {{"abc", false}};
    EXPECT_EQ(errorOf(odd, {}), "filter 0: not a program of the kernel's");
    Target many = ownTarget();
    many.filters.assign(65, {std::string(8, '\0'), false});
    EXPECT_EQ(errorOf(many, {}), "more than 64 filters are stacked");
}

TEST(Plan, PathsThatDoNotFitAreRefused) {
    const Target target = ownTarget();
    EXPECT_EQ(
        errorOf(target, {{wire::Try::look, std::string(wire::kPathBytes, 'x'), false}}),
        "longer paths than a plan holds");
    EXPECT_EQ(
        errorOf(target, {{wire::Try::look, std::string("/a\0b", 4), false}}),
        "longer paths than a plan holds");
    EXPECT_EQ(
        errorOf(target, std::vector<WantedTry>(wire::kMaxTries + 1, {wire::Try::bpf, "", false})),
        "more tries than a plan holds");
}

} // namespace
} // namespace bulkhead::twin
