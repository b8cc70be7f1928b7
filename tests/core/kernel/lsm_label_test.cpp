#include "core/kernel/lsm_label.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

using model::LsmLabel;

// security/apparmor/procattr.c and apparmor(7).
TEST(AppArmorLabel, readsNameAndMode) {
    struct Case {
        std::string text;
        LsmLabel label;
    };
    for (const Case& c : {
             Case{"unconfined\n", {"unconfined", "unconfined", false}},
             Case{"docker-default (enforce)\n", {"docker-default", "enforce", true}},
             Case{"docker-default (complain)\n", {"docker-default", "complain", false}},
             Case{"x (kill)", {"x", "kill", true}},
             Case{"x (mixed)", {"x", "mixed", false}},
             Case{"my profile (old) (enforce)\n", {"my profile (old)", "enforce", true}},
             Case{":lxd-c1://a//&b//child (enforce)\n", {":lxd-c1://a//&b//child", "enforce", true}},
             Case{"a\x1b[2J (enforce)\n", {"a\\x1b[2J", "enforce", true}},
             Case{"flatpak (unconfined)\n", {"flatpak", "unconfined", false}},
         }) {
        const auto label = parseAppArmorLabel(c.text);
        ASSERT_TRUE(label) << c.text;
        EXPECT_EQ(*label, c.label) << c.text;
    }
}

TEST(AppArmorLabel, refusesOtherTexts) {
    EXPECT_EQ(parseAppArmorLabel("\n").error().message, "AppArmor label: empty");
    EXPECT_EQ(
        parseAppArmorLabel("docker-default\n").error().message,
        "AppArmor label: expected NAME (MODE), found \"docker-default\"");
    EXPECT_EQ(
        parseAppArmorLabel("x (enforce\n").error().message,
        "AppArmor label: expected NAME (MODE), found \"x (enforce\"");
}

TEST(SelinuxLabel, readsContexts) {
    const std::string context = "system_u:system_r:container_t:s0:c1,c2";
    EXPECT_EQ(*parseSelinuxLabel(context + std::string(1, '\0'), true), (LsmLabel{context, "enforce", true}));
    EXPECT_EQ(*parseSelinuxLabel(context + "\n", false), (LsmLabel{context, "permissive", false}));
    EXPECT_EQ(
        *parseSelinuxLabel("system_u:system_r:spc_t:s0", true),
        (LsmLabel{"system_u:system_r:spc_t:s0", "unconfined", false}));
}

TEST(SelinuxLabel, refusesOtherTexts) {
    EXPECT_EQ(
        parseSelinuxLabel("a:b", true).error().message,
        "SELinux label: expected USER:ROLE:TYPE, found \"a:b\"");
    EXPECT_EQ(
        parseSelinuxLabel("a::c", true).error().message,
        "SELinux label: expected USER:ROLE:TYPE, found \"a::c\"");
}

} // namespace
} // namespace bulkhead::kernel
