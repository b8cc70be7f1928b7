// Rules as the v1 controller takes them, one after another (admin-guide/cgroup-v1/devices.rst), and what runc
// adds, as devices.list of a `runc spec` container has it.

#include "core/claims/boundary.h"

#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

AskedDeviceRule rule(bool allow, std::string_view text) {
    return {allow, *model::parseDeviceRule(text)};
}

model::DeviceRules list(const std::vector<std::string_view>& lines) {
    model::DeviceRules rules;
    for (const std::string_view line : lines) {
        rules.allowed.push_back(*model::parseDeviceRule(line));
    }
    return rules;
}

bool same(const model::DeviceRules& left, const model::DeviceRules& right) {
    return left.permitsNoMoreThan(right) && right.permitsNoMoreThan(left);
}

TEST(FollowRules, WhatRuncMakesOfItsOwnExample) {
    const auto rules = followRules({rule(false, "a *:* rwm")}, devicesOfRuntime({"runc", "1.1.5", ""}));
    ASSERT_TRUE(rules);
    EXPECT_TRUE(same(
        *rules, list(
                    {"b *:* m", "c *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm",
                     "c 5:0 rwm", "c 5:2 rwm", "c 10:200 rwm", "c 136:* rwm"})));
}

TEST(FollowRules, ALaterRuleOverridesAnEarlier) {
    const auto closed = followRules({rule(true, "a *:* rwm"), rule(false, "b 8:0 rw")}, {});
    ASSERT_TRUE(closed);
    EXPECT_FALSE(closed->allowsAll());
    EXPECT_TRUE(list({"b 8:0 m", "b 8:1 rwm"}).permitsNoMoreThan(*closed));
    EXPECT_FALSE(list({"b 8:0 r"}).permitsNoMoreThan(*closed));
    const auto open = followRules({rule(false, "a *:* rwm"), rule(true, "a *:* rwm")}, {});
    ASSERT_TRUE(open);
    EXPECT_TRUE(open->allowsAll());
    const auto nothing = followRules({}, {});
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(nothing->permitsAny());
}

TEST(DevicesOfRuntime, TunCameAndWent) {
    EXPECT_EQ(devicesOfRuntime({"runc", "1.2.2", ""}).size(), 10U);
    EXPECT_EQ(devicesOfRuntime({"runc", "1.2.4", ""}).size(), 11U);
    EXPECT_EQ(devicesOfRuntime({"crun", "1.8.1", ""}).size(), 12U);
}

} // namespace
} // namespace bulkhead::claims
