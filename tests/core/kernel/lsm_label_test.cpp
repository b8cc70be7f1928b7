#include "core/kernel/lsm_label.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;
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
             Case{":lxd-c1:unconfined\n", {":lxd-c1:unconfined", "unconfined", false}},
             Case{
                 "unconfined//&:lxd-c1://unconfined",
                 {"unconfined//&:lxd-c1://unconfined", "unconfined", false}},
             Case{"snap.x (user)", {"snap.x", "user", true}},
             Case{"snap.x (prompt)", {"snap.x", "prompt", true}},
             Case{"--- (-)", {"---", "-", false}}, // of another policy namespace, hidden from ours
             Case{"(a) (b) (complain)", {"(a) (b)", "complain", false}},
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
    EXPECT_EQ(
        parseAppArmorLabel("x (half)\n").error().message,
        "AppArmor label: a mode that is not known in \"x (half)\"");
}

TEST(SelinuxLabel, readsContexts) {
    const std::string context = "system_u:system_r:container_t:s0:c1,c2";
    EXPECT_EQ(*parseSelinuxLabel(context + std::string(1, '\0'), true), (LsmLabel{context, "enforce", true}));
    EXPECT_EQ(*parseSelinuxLabel(context + "\n", false), (LsmLabel{context, "permissive", false}));
    EXPECT_EQ(*parseSelinuxLabel("kernel", true), (LsmLabel{"kernel", "unconfined", false}));
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

/// A composed tree of one process with its labels, and what the machine says of its modules.
class LabelTree {
public:
    LabelTree() : m_folder(fs::temp_directory_path() / ("bulkhead-labels-" + std::to_string(::getpid()))) {
        fs::remove_all(m_folder);
        write("proc/7/stat", "");
    }
    LabelTree(const LabelTree&) = delete;
    LabelTree& operator=(const LabelTree&) = delete;
    ~LabelTree() { fs::remove_all(m_folder); }

    void write(const std::string& path, const std::string& text) const {
        fs::create_directories((m_folder / path).parent_path());
        std::ofstream(m_folder / path) << text;
    }
    [[nodiscard]] model::Lsm collect() const {
        const auto root = os::ProcRoot::captured(m_folder);
        return collectLsm(root, *Task::open(root, 7));
    }

private:
    fs::path m_folder;
};

// security/apparmor/label.c: profiles of one stack in several modes print as mixed; the modes are in
// securityfs (security/apparmor/apparmorfs.c, profiles).
TEST(CollectLsm, aMixedStackIsEnforcedWhereOneOfItsProfilesIs) {
    const LabelTree tree;
    tree.write("proc/7/attr/apparmor/current", "docker-default//&:ns://app (x) (mixed)\n");
    const auto unknown = tree.collect().apparmor;
    ASSERT_TRUE(unknown.unreadable());
    EXPECT_EQ(
        unknown.gap().reason,
        "the label is docker-default//&:ns://app (x), which of its profiles are enforced is not known: "
        "/sys/kernel/security/apparmor/profiles: ENOENT");
    tree.write(
        "sys/kernel/security/apparmor/profiles", "docker-default (complain)\n:ns://app (x) (enforce)\n");
    EXPECT_EQ(tree.collect().apparmor.value(), (LsmLabel{"docker-default//&:ns://app (x)", "mixed", true}));
    tree.write("sys/kernel/security/apparmor/profiles", "docker-default (complain)\nother (enforce)\n");
    EXPECT_FALSE(tree.collect().apparmor.value().enforcing);
}

// Documentation/admin-guide/LSM/index.rst: attr/current belongs to the one major module that is active.
TEST(CollectLsm, theSharedFileBelongsToTheActiveModule) {
    const LabelTree tree;
    tree.write("proc/7/attr/current", "system_u:system_r:container_t:s0:c1,c2");
    EXPECT_TRUE(tree.collect().selinux.unreadable()); // selinuxfs is not there
    tree.write("sys/fs/selinux/enforce", "0");
    EXPECT_EQ(tree.collect().selinux.value().mode, "permissive");
    EXPECT_FALSE(tree.collect().selinux.value().enforcing);
    EXPECT_EQ(tree.collect().apparmor.value(), LsmLabel{});
    tree.write("sys/kernel/security/lsm", "lockdown,capability,apparmor\n");
    tree.write("proc/7/attr/current", "a:b:c (enforce)\n");
    EXPECT_EQ(tree.collect().apparmor.value(), (LsmLabel{"a:b:c", "enforce", true}));
    EXPECT_EQ(tree.collect().selinux.value(), LsmLabel{});
    tree.write("sys/kernel/security/lsm", "capability,smack\n");
    tree.write("proc/7/attr/current", "_\n"); // a Smack label is neither of the two
    EXPECT_EQ(tree.collect().apparmor.value(), LsmLabel{});
    EXPECT_EQ(tree.collect().selinux.value(), LsmLabel{});
}

// security/selinux/selinuxfs.c, sel_write_access: "%x %x %x %x %u %x"; AVD_FLAGS_PERMISSIVE is 1.
TEST(SelinuxAccess, readsThePermissiveFlag) {
    EXPECT_EQ(parsePermissive("0 ffffffff 0 ffffffff 12 1"), true);
    EXPECT_EQ(parsePermissive("0 ffffffff 0 ffffffff 12 0\n"), false);
    EXPECT_EQ(parsePermissive("0 ffffffff 0 ffffffff 12 3"), true);
    for (const char* text : {"", "0 ffffffff 0 ffffffff 12", "0 ffffffff 0 ffffffff 12 z"}) {
        EXPECT_EQ(
            parsePermissive(text).error().message,
            "SELinux access decision: expected six numbers, found \"" + std::string(text) + "\"");
    }
}

// A mock of selinuxfs' access file: the kernel answers on the descriptor that was written to; here the answer
// stands behind as many bytes as the question has.
TEST(CollectLsm, aTypeThatThePolicyMakesPermissiveIsNotEnforced) {
    const LabelTree tree;
    const std::string label = "system_u:system_r:container_t:s0:c1,c2";
    tree.write("proc/7/attr/current", label);
    tree.write("sys/fs/selinux/enforce", "1");
    const auto unasked = tree.collect().selinux;
    EXPECT_TRUE(unasked.value().enforcing);
    EXPECT_EQ(
        unasked.evidence().source, "/proc/7/attr/current and /sys/fs/selinux/enforce; whether the policy "
                                   "makes its type permissive is not "
                                   "known: /sys/fs/selinux/access: ENOENT");
    const std::string question = label + " " + label + " 1";
    tree.write("sys/fs/selinux/access", std::string(question.size(), '.') + "0 ffffffff 0 ffffffff 3 1");
    EXPECT_EQ(tree.collect().selinux.value(), (LsmLabel{label, "permissive", false}));
    tree.write("sys/fs/selinux/access", std::string(question.size(), '.') + "0 ffffffff 0 ffffffff 3 0");
    EXPECT_EQ(tree.collect().selinux.value(), (LsmLabel{label, "enforce", true}));
}

// Without securityfs the list of modules is not known; attr/smack/ tells Smack (security/smack).
TEST(CollectLsm, aSmackLabelIsNoProfile) {
    const LabelTree tree;
    tree.write("proc/7/attr/current", "floor\n");
    tree.write("proc/7/attr/smack/current", "floor\n");
    EXPECT_EQ(tree.collect().apparmor.value(), LsmLabel{});
    EXPECT_EQ(tree.collect().selinux.value(), LsmLabel{});
}

} // namespace
} // namespace bulkhead::kernel
