#include "core/kernel/status.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

// Lines as fs/proc/array.c of Linux 6.18 prints them.
constexpr std::string_view kStatus = "Name:\ta b) R\n"
                                     "State:\tS (sleeping)\n"
                                     "Tgid:\t4441\n"
                                     "Uid:\t0\t1\t2\t3\n"
                                     "Gid:\t10\t11\t12\t13\n"
                                     "Groups:\t4 24 65534 \n"
                                     "Kthread:\t0\n"
                                     "CapInh:\t0000000000000000\n"
                                     "CapPrm:\t00000000a80425fb\n"
                                     "CapEff:\t00000000a80425fa\n"
                                     "CapBnd:\t000001ffffffffff\n"
                                     "CapAmb:\t0000000000000001\n"
                                     "NoNewPrivs:\t1\n"
                                     "Seccomp:\t2\n"
                                     "Seccomp_filters:\t3\n"
                                     "SomethingNew:\tof a later kernel\n";

TEST(Status, readsWhatConcernsTheBoundary) {
    const auto status = parseStatus(kStatus);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(status->name, "a b) R");
    EXPECT_EQ(status->state, 'S');
    EXPECT_EQ(status->tgid, 4441);
    EXPECT_EQ(status->uid, (model::Ids{0, 1, 2, 3}));
    EXPECT_EQ(status->gid, (model::Ids{10, 11, 12, 13}));
    EXPECT_EQ(status->groups, (std::vector<std::uint32_t>{4, 24, 65534}));
    EXPECT_EQ(status->inheritable->mask(), 0U);
    EXPECT_EQ(status->permitted->mask(), 0xa80425fbU);
    EXPECT_EQ(status->effective->mask(), 0xa80425faU);
    EXPECT_EQ(status->bounding->mask(), 0x1ffffffffffU);
    EXPECT_EQ(status->ambient->mask(), 1U);
    EXPECT_EQ(status->noNewPrivileges, true);
    EXPECT_EQ(status->seccomp, 2);
    EXPECT_EQ(status->seccompFilters, 3);
    EXPECT_FALSE(status->kernelThread);
}

TEST(Status, linesThatOlderKernelsLackStayUnknown) {
    const auto status = parseStatus("Name:\tx\nUid:\t0\t0\t0\t0\n");
    ASSERT_TRUE(status);
    EXPECT_EQ(status->noNewPrivileges, std::nullopt);
    EXPECT_EQ(status->seccomp, std::nullopt);
    EXPECT_EQ(status->seccompFilters, std::nullopt);
    EXPECT_EQ(status->effective, std::nullopt);
}

TEST(Status, aNameCannotPassForALine) {
    // The kernel writes a line feed in a name as backslash n.
    const auto status = parseStatus("Name:\tx\\nCapEff:\\tffff\nUid:\t0\t0\t0\t0\n");
    ASSERT_TRUE(status);
    EXPECT_EQ(status->effective, std::nullopt);
    EXPECT_EQ(status->name, "x\\nCapEff:\\tffff");
}

TEST(Status, refusesWhatTheKernelDoesNotWrite) {
    struct Case {
        std::string text;
        std::string message;
    };
    const std::string uid = "Uid:\t0\t0\t0\t0\n";
    for (const Case& c : {
             Case{"", "status: no Uid line"},
             Case{"Name:\tx\n", "status: no Uid line"},
             Case{"Uid:\t0\t0\t0\n", "status line 1: Uid: expected four numbers"},
             Case{"Uid:\t0\t0\t0\t-1\n", "status line 1: Uid: expected four numbers"},
             Case{uid + "Gid:\t0\t0\t0\t0\t0\n", "status line 2: Gid: expected four numbers"},
             Case{uid + "Groups:\t1 two\n", "status line 2: Groups: expected numbers"},
             Case{
                 uid + "CapEff:\t0000\n\nCapBnd:\txyz\n",
                 "status line 4: CapBnd: expected a hexadecimal mask"},
             Case{uid + "CapEff:\t00000000000000000f0\n", ""},
             Case{uid + "NoNewPrivs:\t2\n", "status line 2: NoNewPrivs: expected 0 or 1"},
             Case{uid + "Seccomp:\t3\n", "status line 2: Seccomp: expected 0, 1 or 2"},
             Case{uid + "Seccomp_filters:\tmany\n", "status line 2: Seccomp_filters: expected a number"},
             Case{uid + "State:\t\n", "status line 2: State: expected a letter"},
             Case{uid + "Tgid:\tx\n", "status line 2: Tgid: expected a number"},
         }) {
        const auto status = parseStatus(c.text);
        EXPECT_EQ(status ? "" : status.error().message, c.message);
    }
}

// proc(5): the second field is the name in parentheses and may hold anything.
TEST(Stat, readsBehindTheLastParenthesis) {
    const std::string rest = " 1 7 7 0 -1 4194560 712 0 0 0 0 1 0 0 20 0 1 0 348394 2322432 332";
    const auto stat = parseStat("12 (a) Z (b) S" + rest);
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->startTime, 348394U);
    EXPECT_FALSE(stat->kernelThread());
    const auto thread = parseStat("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0");
    ASSERT_TRUE(thread);
    EXPECT_TRUE(thread->kernelThread());
}

TEST(Stat, refusesWhatIsTruncated) {
    EXPECT_EQ(parseStat("12 (a").error().message, "stat: no closing parenthesis");
    EXPECT_EQ(parseStat("12 (a) S 1 2 3").error().message, "stat: fewer than 22 fields");
    EXPECT_EQ(
        parseStat("12 (a) S 1 7 7 0 -1 x 712 0 0 0 0 1 0 0 20 0 1 0 348394").error().message,
        "stat: flags or start time is no number");
}

} // namespace
} // namespace bulkhead::kernel
