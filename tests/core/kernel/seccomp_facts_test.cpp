#include "core/kernel/seccomp_facts.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

using model::SeccompMode;

TaskStatus statusWith(int mode, int filters) {
    TaskStatus status;
    status.seccomp = mode;
    status.seccompFilters = filters;
    return status;
}

model::Seccomp seccompOf(const TaskStatus& status, const Reading<LiveFilters>& filters) {
    const Reading<TaskStatus> read = status;
    const Reading<seccomp::Machine> abis = seccomp::Machine{"x86_64", true, false};
    return buildSeccomp({read, {"x86_64", observed("arch")}, "/proc/7/status", filters, abis});
}

LiveFilters alone(int mode, std::vector<LoadedFilter> filters = {}) {
    LiveFilters live;
    live.widest = {{7}, mode, std::move(filters)};
    return live;
}

// seccomp(2): what each mode leaves.
TEST(Seccomp, theModeDecidesWhatIsKnown) {
    const model::Seccomp off = seccompOf(statusWith(0, 0), alone(0));
    EXPECT_EQ(off.mode.value(), SeccompMode::disabled);
    EXPECT_TRUE(off.filters.value().empty());
    EXPECT_EQ(off.verdicts.value().at("x86_64").others.action, model::SeccompAction::allow);
    const model::Seccomp strict = seccompOf(statusWith(1, 0), alone(1));
    EXPECT_EQ(strict.verdicts.value().at("x86_64").others.action, model::SeccompAction::killThread);
    EXPECT_EQ(strict.verdicts.value().at("x86_64").calls.size(), 4U);
    EXPECT_EQ(
        strict.verdicts.value().at("x86_64").calls.at("rt_sigreturn").action, model::SeccompAction::allow);
}

TEST(Seccomp, filtersThatWereNotReadAreAGapBesideModeAndCount) {
    const Reading<LiveFilters> refused =
        std::unexpected(Failure{1, {"pid 9 traces the process already", "pid 9 to let go of it"}});
    const model::Seccomp filtered = seccompOf(statusWith(2, 3), refused);
    EXPECT_EQ(filtered.mode.value(), SeccompMode::filter);
    EXPECT_EQ(filtered.filterCount.value(), 3);
    for (const auto* gap :
         {&filtered.filters.gap(), &filtered.verdicts.gap(), &filtered.otherThreads.gap()}) {
        EXPECT_EQ(gap->reason, "pid 9 traces the process already");
        EXPECT_EQ(gap->needs, "pid 9 to let go of it");
    }
}

// struct sock_filter {BPF_RET|BPF_K, 0, 0, SECCOMP_RET_ALLOW}; digests by sha256sum, base64 by base64(1).
TEST(Seccomp, aFilterIsItsProgramOldestFirst) {
    const std::string allow("\x06\x00\x00\x00\x00\x00\xff\x7f", 8);
    const std::string kill("\x06\x00\x00\x00\x00\x00\x00\x80", 8);
    const model::Seccomp filtered =
        seccompOf(statusWith(2, 2), alone(2, {{allow, true}, {kill + kill, false}}));
    const auto& filters = filtered.filters.value();
    ASSERT_EQ(filters.size(), 2U);
    EXPECT_EQ(filters[0].instructions, 1);
    EXPECT_EQ(filters[0].program, "BgAAAAAA/38=");
    EXPECT_EQ(filters[0].sha256, "40b2a31e1a78576bb4afdf1433867d0cc67b769635ef549fba81c7d37570520f");
    EXPECT_EQ(filters[0].flags, std::vector<std::string>{"log"});
    EXPECT_EQ(filters[1].instructions, 2);
    EXPECT_TRUE(filters[1].flags.empty());
    EXPECT_TRUE(filtered.otherThreads.value().empty());
    // The strictest of the two answers: kill_process to every call of every ABI.
    EXPECT_EQ(filtered.defaultAction.value(), "kill_process");
    EXPECT_EQ(filtered.verdicts.value().at("i386").others.action, model::SeccompAction::killProcess);
    EXPECT_FALSE(filtered.verdicts.value().at("x32").reachable);
    EXPECT_TRUE(filtered.archGaps.value().empty());
}

TEST(Seccomp, theWidestThreadsSpeakForTheProcess) {
    const std::string allow("\x06\x00\x00\x00\x00\x00\xff\x7f", 8);
    LiveFilters live = alone(0);
    live.others.push_back({{7, 8}, 2, {{allow, false}}});
    const model::Seccomp seccomp = seccompOf(statusWith(2, 1), live); // status is the main thread's
    EXPECT_EQ(seccomp.mode.value(), SeccompMode::disabled);
    EXPECT_EQ(seccomp.filterCount.value(), 0);
    ASSERT_EQ(seccomp.otherThreads.value().size(), 1U);
    EXPECT_EQ(seccomp.otherThreads.value()[0].threads, 2);
    EXPECT_EQ(seccomp.otherThreads.value()[0].mode, SeccompMode::filter);
    EXPECT_EQ(
        seccomp.otherThreads.value()[0].filters,
        std::vector<std::string>{"40b2a31e1a78576bb4afdf1433867d0cc67b769635ef549fba81c7d37570520f"});
}

TEST(Seccomp, aKernelWithoutTheLineIsAGap) {
    const auto seccomp = seccompOf(TaskStatus{}, alone(0));
    EXPECT_EQ(seccomp.mode.gap().reason, "status has no Seccomp line on this kernel");
    EXPECT_EQ(seccomp.verdicts.gap().reason, "status has no Seccomp line on this kernel");
}

} // namespace
} // namespace bulkhead::kernel
