#include "core/kernel/sensitive.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

using model::Exposure;
using model::PathState;
using Paths = std::vector<std::string>;

const KernelHas kEverything = [](std::string_view) { return true; };

const Reading<HostMounts> kNoHost = std::unexpected(Failure{0, {"not known", ""}});

MountTree treeOf(const std::string& lines) {
    return buildMountTree(*parseMountinfo("1 0 0:9 / / rw - overlay o rw\n" + lines));
}

PathState stateOf(const std::string& lines, const std::string& path) {
    const auto states =
        judgeSensitivePaths(Reading<MountTree>(treeOf(lines)), kEverything, "/proc/7/mountinfo", kNoHost);
    return states.at(path).value();
}

const std::string kProc = "2 1 0:1 / /proc rw - proc proc rw\n";
const std::string kSys = "3 1 0:2 / /sys ro - sysfs sysfs rw\n";

TEST(SensitivePaths, areJudgedByTheTopmostMount) {
    struct Case {
        std::string mounts;
        std::string path;
        PathState state;
    };
    for (const Case& c : {
             Case{kProc, "/proc/sys", {Exposure::exposed, true}},
             Case{
                 kProc + "4 2 0:1 /sys /proc/sys ro - proc proc rw\n",
                 "/proc/sys",
                 {Exposure::readonly, false}},
             Case{"2 1 0:1 / /proc ro - proc proc rw\n", "/proc/sys", {Exposure::readonly, false}},
             Case{"2 1 0:1 / /proc rw - proc proc ro\n", "/proc/sys", {Exposure::readonly, false}},
             Case{
                 kProc +
                     "4 2 0:1 /sys /proc/sys ro - proc proc rw\n5 4 0:1 /sys /proc/sys rw - proc proc rw\n",
                 "/proc/sys",
                 {Exposure::exposed, true}},
             Case{
                 kProc + "4 2 0:5 / /proc/acpi ro - tmpfs tmpfs ro\n",
                 "/proc/acpi",
                 {Exposure::masked, false}},
             Case{
                 kProc + "4 2 0:5 /null /proc/kcore rw - tmpfs tmpfs rw\n",
                 "/proc/kcore",
                 {Exposure::masked, false}},
             Case{kProc + "4 2 0:5 / /proc rw - tmpfs tmpfs rw\n", "/proc/sys", {Exposure::masked, false}},
             Case{kSys, "/sys/kernel", {Exposure::readonly, false}},
             Case{
                 kSys + "4 3 0:7 / /sys/kernel/debug rw - debugfs d rw\n",
                 "/sys/kernel",
                 {Exposure::readonly, false}},
             Case{
                 kSys + "4 3 0:5 / /sys/devices/virtual ro - tmpfs t ro\n",
                 "/sys/devices/virtual/powercap",
                 {Exposure::masked, false}},
             Case{"3 1 0:2 / /sys rw - sysfs sysfs rw\n", "/sys/firmware", {Exposure::exposed, true}},
             Case{"", "/proc/sys", {Exposure::absent, false}},
             Case{kProc, "/sys/kernel", {Exposure::absent, false}},
             Case{"2 1 0:1 / /proc rw - proc proc rw,subset=pid\n", "/proc/sys", {Exposure::absent, false}},
         }) {
        EXPECT_EQ(stateOf(c.mounts, c.path), c.state) << c.path << " with\n" << c.mounts;
    }
}

TEST(SensitivePaths, aDirectoryOfTheHostOverOneIsNoMask) {
    const Reading<HostMounts> host = hostMountsOf(*parseMountinfo("27 1 254:0 / / rw - ext4 /dev/vda rw\n"
                                                                  "28 27 0:24 / /run rw - tmpfs t rw\n"));
    const auto stateOver = [&](const std::string& cover) {
        const Reading<MountTree> tree = treeOf(kSys + cover);
        return judgeSensitivePaths(tree, kEverything, "/proc/7/mountinfo", host).at("/sys/firmware");
    };
    for (const char* cover :
         {"4 3 254:0 /etc /sys/firmware ro - ext4 d rw\n", "4 3 0:24 / /sys/firmware ro - tmpfs t rw\n",
          "4 3 254:0 /srv/null /sys/firmware rw - ext4 d rw\n"}) {
        const auto fact = stateOver(cover);
        ASSERT_TRUE(fact.unreadable()) << cover;
        EXPECT_EQ(
            fact.gap().reason,
            "/proc/7/mountinfo id 4: covered by a mount that is not known to be empty; what it shows is not "
            "judged");
    }
    for (const char* cover :
         {"4 3 0:77 / /sys/firmware ro - tmpfs t rw\n",
          "4 3 0:24 /crun/.empty-directory /sys/firmware ro - tmpfs t rw\n",
          "4 3 0:78 /null /sys/firmware rw - tmpfs dev rw\n"}) {
        EXPECT_EQ(stateOver(cover).valueOr({Exposure::exposed, true}), (PathState{Exposure::masked, false}))
            << cover;
    }
}

TEST(SensitivePaths, absenceHasItsReason) {
    const KernelHas nothing = [](std::string_view) { return false; };
    const Reading<MountTree> tree = treeOf(kProc);
    const auto lacking = judgeSensitivePaths(tree, nothing, "/proc/7/mountinfo", kNoHost);
    EXPECT_EQ(lacking.at("/proc/kcore").value().state, Exposure::absent);
    EXPECT_EQ(lacking.at("/proc/kcore").evidence().source, "/proc/kcore: not on this kernel");
    const auto bare = judgeSensitivePaths(tree, kEverything, "/proc/7/mountinfo", kNoHost);
    EXPECT_EQ(bare.at("/sys/kernel").evidence().source, "/proc/7/mountinfo: no sysfs mounted at /sys");
    EXPECT_EQ(bare.at("/proc/sys").evidence().source, "/proc/7/mountinfo id 2");
    const Reading<MountTree> unread = std::unexpected(failureOf(13, "mountinfo"));
    EXPECT_EQ(
        judgeSensitivePaths(unread, kEverything, "x", kNoHost).at("/proc/sys").gap().reason,
        "mountinfo: EACCES");
}

Paths knobsOf(const std::string& lines) {
    const MountTree tree = treeOf(lines);
    return writableKnobs(tree, judgeSensitivePaths(Reading<MountTree>(tree), kEverything, "x", kNoHost));
}

TEST(WritableKnobs, dockersDefaultHasNone) {
    std::string mounts = kProc + kSys + "9 3 0:8 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
    int id = 20;
    for (const std::string name : {"bus", "fs", "irq", "sys", "sysrq-trigger"}) {
        mounts += std::to_string(id++) + " 2 0:1 /" + name + " /proc/" + name + " ro - proc proc rw\n";
    }
    EXPECT_EQ(knobsOf(mounts), Paths{});
}

TEST(WritableKnobs, listsEveryOpenTree) {
    EXPECT_EQ(
        knobsOf(
            kProc +
            "3 1 0:2 / /sys rw - sysfs sysfs rw\n9 3 0:8 / /sys/fs/cgroup/pids rw - cgroup c rw,pids\n"
            "10 3 0:9 / /sys/fs/cgroup/cpu rw - cgroup c rw,cpu\n"),
        (Paths{
            "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", "/sys",
            "/sys/fs/cgroup", "/sys/kernel"}));
    const std::string closed = "2 1 0:1 / /proc ro - proc proc rw\n" + kSys;
    EXPECT_EQ(knobsOf(closed), Paths{});
    EXPECT_EQ(knobsOf(closed + "9 1 0:11 / /mnt/p rw - proc proc rw\n"), Paths{"/mnt/p"});
    EXPECT_EQ(
        knobsOf(closed + "9 3 0:11 / /sys/kernel/debug rw - debugfs d rw\n"), Paths{"/sys/kernel/debug"});
    EXPECT_EQ(knobsOf(closed + "9 1 0:11 / /cg rw - cgroup2 c rw\n"), Paths{"/cg"});
}

TEST(KernelInstances, areTheReachableOnes) {
    const MountTree tree = treeOf(
        kProc + kSys +
        "4 2 0:1 /sys /proc/sys ro - proc proc rw\n5 1 0:11 / /mnt/p rw - proc proc rw\n"
        "6 1 0:12 / /old rw - sysfs s rw\n7 6 0:13 / /old rw - tmpfs t rw\n"
        "8 3 0:8 /x /sys/fs/cgroup ro - cgroup2 c rw\n");
    EXPECT_EQ(kernelInstances(tree), (Paths{"/mnt/p", "/proc", "/sys", "/sys/fs/cgroup"}));
}

} // namespace
} // namespace bulkhead::kernel
