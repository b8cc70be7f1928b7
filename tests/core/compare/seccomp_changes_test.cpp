#include "core/compare/compare.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::compare {
namespace {

using model::ArchVerdicts;
using model::SeccompAction;
using model::Snapshot;
using Verdicts = std::map<std::string, ArchVerdicts>;

model::SeccompVerdict answer(SeccompAction action, std::int64_t data = 0) {
    model::SeccompVerdict verdict;
    verdict.action = action;
    verdict.data = data;
    return verdict;
}

Snapshot filtered(Verdicts verdicts) {
    Snapshot snapshot = samples::dockerDefault();
    snapshot.host.arch = {"x86_64", {}};
    snapshot.seccomp.verdicts = {std::move(verdicts), {}};
    return snapshot;
}

ArchVerdicts denying(const std::vector<std::string>& allowed) {
    ArchVerdicts verdicts;
    verdicts.others = answer(SeccompAction::errorNumber, 1);
    for (const std::string& name : allowed) {
        verdicts.calls[name] = answer(SeccompAction::allow);
    }
    return verdicts;
}

std::vector<Change> changesOfCalls(const Snapshot& before, const Snapshot& after) {
    auto all = compareSnapshots({before, after});
    std::erase_if(all, [](const Change& change) { return !change.path.starts_with("seccomp."); });
    return all;
}

TEST(SeccompChanges, OneChangeForEachCall) {
    const Snapshot before = filtered({{"x86_64", denying({"read", "write"})}});
    const Snapshot after = filtered({{"x86_64", denying({"read", "mount"})}});
    const auto all = changesOfCalls(before, after);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].path, "seccomp.x86_64.write");
    EXPECT_EQ(all[0].direction, Direction::stronger);
    EXPECT_EQ(toText(all[0].before), "allow");
    EXPECT_EQ(toText(all[0].after), "errno(1)");
    EXPECT_EQ(all[1].path, "seccomp.x86_64.mount");
    EXPECT_EQ(all[1].direction, Direction::weaker);
    EXPECT_EQ(all[1].reason, "the call is let through");
}

TEST(SeccompChanges, AFilterAgainstNoneIsSummarised) {
    Snapshot open = filtered({{"x86_64", ArchVerdicts{}}});
    open.seccomp.mode = {model::SeccompMode::disabled, {}};
    const Snapshot closed = filtered({{"i386", denying({"read"})}, {"x86_64", denying({"read"})}});
    auto all = changesOfCalls(closed, open);
    std::erase_if(all, [](const Change& change) { return change.path == "seccomp.mode"; });
    std::erase_if(all, [](const Change& change) { return change.path == "seccomp.filterCount"; });
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].path, "seccomp.i386");
    EXPECT_EQ(all[1].path, "seccomp.x86_64");
    for (const Change& change : all) {
        EXPECT_EQ(change.direction, Direction::weaker);
        EXPECT_EQ(toText(change.before).substr(0, 5), "1 of ");
        EXPECT_EQ(toText(change.after), "all calls");
    }
}

TEST(SeccompChanges, AnAbiThatTheKernelDoesNotRunOpensNothing) {
    Snapshot open = filtered({{"x86_64", ArchVerdicts{}}});
    open.seccomp.mode = {model::SeccompMode::disabled, {}};
    ArchVerdicts foreign = denying({"read"});
    foreign.reachable = false;
    for (const Change& change :
         changesOfCalls(filtered({{"i386", foreign}, {"x86_64", denying({"read"})}}), open)) {
        EXPECT_FALSE(change.path.starts_with("seccomp.i386")) << change.path;
    }
}

TEST(SeccompChanges, ErrnoAgainstKillIsNeutral) {
    ArchVerdicts killing = denying({"read"});
    killing.others = answer(SeccompAction::killProcess);
    for (const Change& change :
         changesOfCalls(filtered({{"x86_64", denying({"read"})}}), filtered({{"x86_64", killing}}))) {
        EXPECT_EQ(change.direction, Direction::neutral) << change.path;
    }
}

} // namespace
} // namespace bulkhead::compare
