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
