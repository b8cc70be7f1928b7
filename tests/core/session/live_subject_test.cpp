#include "core/session/list_subjects.h"
#include "core/session/live_subject.h"
#include "tests/live/forked.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace bulkhead::session {
namespace {

/// Field 22 of /proc/PID/stat (proc(5)), counted from behind the name.
std::uint64_t startTimeInStat(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::istringstream rest(text.substr(text.rfind(')') + 2));
    std::string word;
    for (int field = 3; field <= 22; ++field) {
        rest >> word;
    }
    return std::stoull(word);
}

/// A sandbox that needs no privilege: a process under a filter that allows everything.
bool sandboxItself(int /*line*/) {
    sock_filter allow{0x06, 0, 0, SECCOMP_RET_ALLOW};
    const sock_fprog program{1, &allow};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

TEST(LiveSubject, IsReadAsTheSweepFoundIt) {
    const live::Forked sandbox(sandboxItself);
    ASSERT_TRUE(sandbox.ready());
    const auto list = listSubjects();
    ASSERT_TRUE(list) << list.error().message;
    const auto found = std::ranges::find(list->subjects, sandbox.pid(), &model::SubjectSummary::pid);
    ASSERT_NE(found, list->subjects.end());
    EXPECT_EQ(found->startTime, startTimeInStat(sandbox.pid()));
    const auto view = captureSubject(*found);
    ASSERT_TRUE(view) << view.error().message;
    ASSERT_TRUE(view->enforced);
    EXPECT_EQ(view->enforced->subject.pid, sandbox.pid());
    EXPECT_EQ(view->enforced->subject.ref, "pid:" + std::to_string(sandbox.pid()));
    EXPECT_EQ(view->name, found->command + " pid:" + std::to_string(sandbox.pid()))
        << "many processes may have the name of the program";
    EXPECT_EQ(view->enforced->seccomp.mode.valueOr({}), model::SeccompMode::filter);
}

TEST(LiveSubject, ANameThatTheSweepKnowsIsTheColumns) {
    model::SubjectSummary own;
    own.ref = "oci:web";
    own.name = "web";
    own.naming = model::Naming::verified;
    own.engine = "docker";
    own.pid = ::getpid();
    own.startTime = startTimeInStat(::getpid());
    const auto view = captureSubject(own);
    ASSERT_TRUE(view) << view.error().message;
    EXPECT_EQ(view->name, "web");
    EXPECT_EQ(view->enforced->subject.engine.name, "docker");
}

/// A pid is used again: another start time is another process.
TEST(LiveSubject, AnotherProcessOfThatPidIsNotTakenForIt) {
    model::SubjectSummary own;
    own.ref = "pid:" + std::to_string(::getpid());
    own.pid = ::getpid();
    own.startTime = startTimeInStat(::getpid()) + 1;
    const auto view = captureSubject(own);
    ASSERT_FALSE(view);
    EXPECT_EQ(view.error().kind, base::ErrorKind::notFound);
    EXPECT_EQ(
        view.error().message, own.ref + ": its main process, pid " + std::to_string(::getpid()) +
                                  ", has ended since the list was made; refresh the list");
}

ExperiencedOptions noProbe() {
    return {"/nonexistent/bulkhead-probe", std::chrono::milliseconds(1000), {}};
}

diagram::SubjectView viewOf(const live::Forked& sandbox) {
    model::SubjectSummary summary;
    summary.ref = "pid:" + std::to_string(sandbox.pid());
    summary.name = "box";
    summary.naming = model::Naming::claimed;
    summary.pid = sandbox.pid();
    summary.startTime = startTimeInStat(sandbox.pid());
    return captureSubject(summary).value_or(diagram::SubjectView{});
}

TEST(LookInside, AnotherProcessOfThatPidIsNotTakenForIt) {
    const live::Forked sandbox(sandboxItself);
    ASSERT_TRUE(sandbox.ready());
    diagram::SubjectView view = viewOf(sandbox);
    ASSERT_TRUE(view.enforced);
    auto& space = view.enforced->namespaces[model::NamespaceType::mnt];
    space.inode = model::Fact<std::uint64_t>(space.inode.valueOr(0) + 1, {});
    const auto seen = captureInside(view, noProbe(), [](auto, auto, const auto&) {});
    ASSERT_FALSE(seen);
    EXPECT_EQ(
        seen.error().message, "box: its main process, pid " + std::to_string(sandbox.pid()) +
                                  ", is not known to be the one that was read; read it again");
}

/// The subject is read anew before anything is tried, and what stands in the way is said with its name.
TEST(LookInside, TellsItsStepsAndWhyItIsRefused) {
    const live::Forked sandbox(sandboxItself);
    ASSERT_TRUE(sandbox.ready());
    std::vector<std::string> told;
    const auto seen =
        captureInside(viewOf(sandbox), noProbe(), [&](auto, auto total, const std::string& what) {
            EXPECT_EQ(total, 2U);
            told.push_back(what);
        });
    EXPECT_EQ(told, (std::vector<std::string>{"Reading box as it is now", "Trying from inside box"}));
    ASSERT_FALSE(seen) << "there is no such probe";
    EXPECT_TRUE(seen.error().message.starts_with("looking from inside pid:" + std::to_string(sandbox.pid())))
        << seen.error().message;
}

TEST(LookInside, ARecordingIsNoProcess) {
    diagram::SubjectView view;
    view.name = "old";
    view.enforced = model::Snapshot{};
    view.enforced->subject.pid = ::getpid();
    view.enforced->recorded = model::Recorded{"6.1.0", "runc 1.1.5", "2026-11-24T02:00:00Z"};
    const auto seen = captureInside(view, noProbe(), [](auto, auto, const auto&) {});
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().message, "old: only a living process can be looked at from inside");
}

TEST(Sweep, TellsWhichSubjectItReadsNext) {
    const live::Forked sandbox(sandboxItself);
    ASSERT_TRUE(sandbox.ready());
    std::vector<std::string> told;
    std::vector<std::size_t> done;
    SweepOptions options;
    options.progress = [&](std::size_t count, std::size_t total, const model::SubjectSummary& next) {
        EXPECT_LT(count, total);
        done.push_back(count);
        told.push_back(next.ref);
    };
    const auto table = sweepPosture(options);
    ASSERT_TRUE(table) << table.error().message;
    ASSERT_EQ(told.size(), table->postures.size());
    EXPECT_NE(std::ranges::find(told, "pid:" + std::to_string(sandbox.pid())), told.end());
    EXPECT_TRUE(std::ranges::is_sorted(done));
}

} // namespace
} // namespace bulkhead::session
