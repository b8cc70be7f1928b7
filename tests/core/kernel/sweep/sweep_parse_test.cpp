#include "core/kernel/sweep_parse.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {

namespace {

/// proc(5): fields 1 to 22, then more.
std::string statOf(const std::string& name, const std::string& flags) {
    return "42 (" + name + ") S 7 42 42 0 -1 " + flags + " 1 2 3 4 5 6 7 8 20 0 3 0 987654 1000 200";
}

TEST(SweptStat, TakesNamesThatHoldAnything) {
    for (const std::string name : {"sleep", "a) S 1 (b", "", "x y", ") R 9 9 9"}) {
        const std::string text = statOf(name, "4194560");
        const auto stat = parseSweptStat(text);
        ASSERT_TRUE(stat) << name;
        EXPECT_EQ(stat->command, name);
        EXPECT_EQ(stat->state, 'S');
        EXPECT_EQ(stat->parent, 7);
        EXPECT_EQ(stat->threads, 3U);
        EXPECT_EQ(stat->startTime, 987654U);
        EXPECT_FALSE(stat->kernelThread);
    }
}

TEST(SweptStat, KnowsKernelThreads) {
    const std::string text = statOf("kthreadd", "2129984"); // 0x208040, as kthreadd has it
    EXPECT_TRUE(parseSweptStat(text)->kernelThread);
}

TEST(SweptStat, RefusesWhatIsCutOff) {
    for (const std::string_view text :
         {"", "42", "42 (sleep", "42 (sleep)", "42 (sleep) S 7 42", ")42(", "1 (a) SS 1 2"}) {
        EXPECT_FALSE(parseSweptStat(text)) << text;
    }
}

TEST(SweptStatus, KeepsWhatIsThere) {
    SweptProcess process;
    takeSweptStatus(
        "Name:\tx\nUid:\t1000\t1001\t1002\t1003\nNSpid:\t812\t17\t1\nCapEff:\t00000000a80425fb\n"
        "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n",
        process);
    EXPECT_EQ(process.uid, 1001U);
    EXPECT_EQ(process.depth, 3U);
    EXPECT_EQ(process.innerPid, 1);
    EXPECT_EQ(process.capabilities, 0xa80425fbU);
    EXPECT_TRUE(process.noNewPrivileges);
    EXPECT_EQ(process.seccomp, 2);
}

TEST(SweptStatus, MissingLinesChangeNothing) {
    SweptProcess process;
    takeSweptStatus("Name:\tx\nno colon here\nSeccomp:\tmany\n", process);
    EXPECT_EQ(process.depth, 1U);
    EXPECT_EQ(process.seccomp, 0);
}

TEST(SweptLinks, NumbersAlone) {
    EXPECT_EQ(inodeOf("net:[4026531840]"), 4026531840U);
    for (const std::string_view text : {"", "net:[]", "net:[12", "net:12]", "net:[-1]", "/proc/1/root"}) {
        EXPECT_EQ(inodeOf(text), 0U) << text;
    }
}

TEST(SweptMounts, TheLastMountAtTheRootIsTheRoot) {
    const SweptMounts host = parseSweptMounts("20 1 8:1 / / rw - ext4 /dev/sda1 rw\n", nullptr);
    const SweptMounts mounts = parseSweptMounts(
        "30 20 0:5 / / rw - rootfs rootfs rw\n"
        "31 30 0:52 /a\\040b / rw master:1 - overlay overlay rw\n"
        "32 31 0:60 / /proc rw - proc proc rw\n",
        &host);
    EXPECT_EQ(mounts.count, 3U);
    EXPECT_EQ(mounts.rootDevice, "0:52");
    EXPECT_EQ(mounts.rootWithin, "/a b");
    EXPECT_EQ(mounts.rootType, "overlay");
    EXPECT_TRUE(mounts.ownRoot);
    EXPECT_FALSE(parseSweptMounts("9 1 8:1 / / rw - ext4 /dev/sda1 rw\n", &host).ownRoot);
    EXPECT_TRUE(parseSweptMounts("9 1 8:1 /chroot / rw - ext4 /dev/sda1 rw\n", &host).ownRoot);
}

TEST(SweptCgroup, HierarchiesThatNameDifferentContainersContradict) {
    const std::string a(64, 'a');
    const std::string b(64, 'b');
    const auto one = parseSweptCgroup("5:devices:/docker/" + a + "\n1:name=systemd:/\n0::/\n");
    ASSERT_EQ(one.origins.size(), 1U);
    EXPECT_EQ(one.origins[0].id, a);
    EXPECT_FALSE(one.contradictory);
    EXPECT_TRUE(parseSweptCgroup("5:devices:/docker/" + a + "\n4:pids:/docker/" + b + "\n").contradictory);
    // further down the same way is no contradiction
    const auto nested =
        parseSweptCgroup("5:devices:/docker/" + a + "\n4:pids:/docker/" + a + "/docker/" + b + "\n");
    EXPECT_FALSE(nested.contradictory);
    EXPECT_EQ(nested.origins.size(), 2U);
}

} // namespace

} // namespace bulkhead::kernel
