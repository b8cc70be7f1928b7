#include "core/model/device_grid.h"
#include "core/model/device_rule.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace bulkhead::model {
namespace {

DeviceRules rulesOf(const std::vector<std::string>& lines) {
    DeviceRules rules;
    for (const std::string& line : lines) {
        const auto rule = parseDeviceRule(line);
        EXPECT_TRUE(rule) << line;
        rules.allowed.push_back(rule.value_or(DeviceRule{}));
    }
    return rules;
}

// Documentation/admin-guide/cgroup-v1/devices.rst: type, major:minor, access.
TEST(DeviceRule, readsAndWritesLinesOfDevicesList) {
    for (const std::string line :
         {"a *:* rwm", "c 1:3 rwm", "c 136:* rw", "b *:* m", "c *:0 r", "b 8:16 w"}) {
        const auto rule = parseDeviceRule(line);
        ASSERT_TRUE(rule) << line;
        EXPECT_EQ(rule->toText(), line);
    }
    EXPECT_EQ(parseDeviceRule("c 1:3 mwr")->toText(), "c 1:3 rwm");
    EXPECT_EQ(parseDeviceRule("c 4294967295:0 r")->major, 4294967295U);
}

TEST(DeviceRule, refusesEverythingElse) {
    for (const std::string_view line :
         {"", "a", "a *:* ", "x 1:3 rwm", "c 1:3", "c 1 3 rwm", "c 1:3 rwx", "c :3 rwm", "c 1: rwm",
          "c -1:3 rwm", "c 1:3:4 rwm", "c 4294967296:0 r", "c 1:3  rwm", "c  1:3 rwm", "c 1:3 rwm\n",
          "c1:3 rwm ", "c 1x:3 rwm", "c **:3 rwm", "c 0x1:3 rwm"}) {
        EXPECT_FALSE(parseDeviceRule(line)) << line;
    }
}

TEST(DeviceRule, isCoveredByAWiderRuleOnly) {
    const auto covered = [](std::string_view mine, std::string_view theirs) {
        return parseDeviceRule(mine)->coveredBy(*parseDeviceRule(theirs));
    };
    EXPECT_TRUE(covered("c 1:3 r", "c 1:3 rwm"));
    EXPECT_TRUE(covered("c 1:3 rwm", "c 1:* rwm"));
    EXPECT_TRUE(covered("b 8:0 rw", "a *:* rwm"));
    EXPECT_FALSE(covered("c 1:3 rwm", "c 1:3 rw"));
    EXPECT_FALSE(covered("c 1:3 w", "c 1:3 rm"));
    EXPECT_FALSE(covered("c 1:3 r", "c 1:3 wm"));
    EXPECT_FALSE(covered("c 1:* r", "c 1:3 r"));
    EXPECT_FALSE(covered("c 1:3 r", "b 1:3 r"));
    EXPECT_FALSE(covered("a 1:3 r", "c 1:3 r"));
}

TEST(DeviceRules, accessOfOneRuleMayBeSpreadOverSeveral) {
    const DeviceRules split = rulesOf({"c 1:3 r", "c 1:3 w", "c 1:3 m"});
    const DeviceRules whole = rulesOf({"c 1:3 rwm"});
    EXPECT_TRUE(whole.permitsNoMoreThan(split));
    EXPECT_TRUE(split.permitsNoMoreThan(whole));
}

TEST(DeviceRules, everythingMayBeWrittenInTwoLines) {
    EXPECT_TRUE(DeviceRules::everything().allowsAll());
    EXPECT_TRUE(rulesOf({"b *:* rwm", "c *:* rwm"}).allowsAll());
    EXPECT_FALSE(rulesOf({"b *:* rwm", "c *:* rw"}).allowsAll());
    EXPECT_FALSE(rulesOf({"c *:* rwm"}).allowsAll());
    EXPECT_FALSE(DeviceRules{}.allowsAll());
    EXPECT_FALSE(DeviceRules{}.permitsAny());
    EXPECT_TRUE(DeviceRules{}.permitsNoMoreThan(rulesOf({"c 1:3 r"})));
}

bool matches(
    const std::vector<DeviceRule>& rules, char type, std::uint32_t major, std::uint32_t minor, char access) {
    return std::ranges::any_of(rules, [&](const DeviceRule& rule) {
        const bool node = (rule.type == 'a' || rule.type == type) && rule.major.value_or(major) == major &&
                          rule.minor.value_or(minor) == minor;
        const bool granted =
            (access == 'r' && rule.read) || (access == 'w' && rule.write) || (access == 'm' && rule.mknod);
        return node && granted;
    });
}

/// One access to one node, decided as the kernel does: some rule matches (security/device_cgroup.c), and no
/// exception does.
bool decides(const DeviceRules& rules, char type, std::uint32_t major, std::uint32_t minor, char access) {
    return matches(rules.allowed, type, major, minor, access) &&
           !matches(rules.denied, type, major, minor, access);
}

/// Calls `visit(type, access, major, minor)` for every access to sixteen nodes of each type.
template <class Visit>
void forEachAccess(Visit visit) {
    for (const char type : {'b', 'c'}) {
        for (const char access : {'r', 'w', 'm'}) {
            for (std::uint32_t node = 0; node < 16; ++node) {
                visit(type, access, node / 4, node % 4);
            }
        }
    }
}

DeviceRules randomRules(std::mt19937& random) {
    std::uniform_int_distribution<int> small(0, 3);
    DeviceRules rules;
    const int count = small(random);
    for (int i = 0; i < count; ++i) {
        const auto number = [&]() -> std::optional<std::uint32_t> {
            const int n = small(random);
            return n == 3 ? std::nullopt : std::optional<std::uint32_t>(static_cast<std::uint32_t>(n));
        };
        const unsigned access = static_cast<unsigned>(small(random)) * 2U + 1U;
        auto& list = small(random) == 0 ? rules.denied : rules.allowed;
        list.push_back(
            {"abcc"[small(random)], number(), number(), (access & 1U) != 0, (access & 2U) != 0,
             (access & 4U) != 0});
    }
    return rules;
}

// Numbers of the rules go up to 2, so that 3 stands for every other one.
TEST(DeviceRules, permitNoMoreThanOthersWhereNoSingleAccessSaysOtherwise) {
    std::mt19937 random(7);
    int within = 0;
    for (int round = 0; round < 5000; ++round) {
        const DeviceRules left = randomRules(random);
        const DeviceRules right = randomRules(random);
        bool expected = true;
        bool any = false;
        forEachAccess([&](char type, char access, std::uint32_t major, std::uint32_t minor) {
            const bool here = decides(left, type, major, minor, access);
            any = any || here;
            expected = expected && (!here || decides(right, type, major, minor, access));
        });
        ASSERT_EQ(left.permitsNoMoreThan(right), expected) << round;
        ASSERT_EQ(left.permitsAny(), any) << round;
        within += expected ? 1 : 0;
    }
    EXPECT_GT(within, 1000);
    EXPECT_LT(within, 4500);
}

TEST(DeviceRules, bothTogetherPermitWhatEachDoes) {
    std::mt19937 random(11);
    int said = 0;
    for (int round = 0; round < 5000; ++round) {
        const DeviceRules left = randomRules(random);
        const DeviceRules right = randomRules(random);
        const auto both = bothOf(left, right);
        said += both ? 1 : 0;
        forEachAccess([&](char type, char access, std::uint32_t major, std::uint32_t minor) {
            const bool expected =
                decides(left, type, major, minor, access) && decides(right, type, major, minor, access);
            ASSERT_TRUE(!both || decides(*both, type, major, minor, access) == expected) << round;
        });
    }
    EXPECT_GT(said, 4500); // the rest would need an exception from an exception
}

TEST(DeviceRules, exceptionsAreWrittenAsSuch) {
    DeviceRules rules = rulesOf({"a *:* rwm"});
    rules.denied = rulesOf({"c 1:1 w"}).allowed;
    EXPECT_EQ(rules.lines(), (std::vector<std::string>{"a *:* rwm", "deny c 1:1 w"}));
    EXPECT_FALSE(rules.allowsAll());
    EXPECT_TRUE(rules.permitsNoMoreThan(DeviceRules::everything()));
    const auto both = bothOf(rules, rulesOf({"c 1:1 rw", "b 8:0 r"}));
    ASSERT_TRUE(both);
    EXPECT_EQ(both->lines(), (std::vector<std::string>{"b 8:0 r", "c 1:1 r"}));
    EXPECT_EQ(bothOf(rules, DeviceRules::everything())->lines(), rules.lines());
}

} // namespace
} // namespace bulkhead::model
