// What reading filters leaves behind: a target that runs on, whatever becomes of the reader, and what a
// reader without the rights is told.

#include "filtered.h"

#include <cerrno>
#include <csignal>
#include <functional>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace bulkhead::kernel {
namespace {

/// What the reading says in a child of ours that first gives something up.
std::string reasonFor(pid_t target, const std::function<void()>& giveUp) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        giveUp();
        const auto live = readOf(target);
        const std::string text = live ? "read" : live.error().why.reason + "; " + live.error().why.needs;
        ::_exit(::write(ends[1], text.data(), text.size()) > 0 ? 0 : 1);
    }
    std::string text(1000, '\0');
    const ssize_t got = ::read(ends[0], text.data(), text.size());
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    return text;
}

TEST(LiveFilters, whatTheReaderLacksIsSaid) {
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    EXPECT_EQ(reasonFor(target.pid(), [] {}), "read");
    EXPECT_EQ(
        reasonFor(target.pid(), [] { live::install({instruction(0x06, 0x7fff0000)}, false); }),
        "the kernel shows filters to no process that is under seccomp itself, and we are; a reader without a "
        "seccomp filter (outside containers, no SystemCallFilter=)");
    const std::string admin = "filter programs: EACCES; CAP_SYS_ADMIN in the initial user namespace";
    EXPECT_EQ(reasonFor(target.pid(), [] { ASSERT_EQ(::setuid(65534), 0); }), admin);
    EXPECT_EQ(reasonFor(target.pid(), [] { ASSERT_EQ(::unshare(CLONE_NEWUSER), 0); }), admin);
    expectRunning(target);
}

TEST(LiveFilters, aProcessThatIsGoneIsNotAnother) {
    auto target = std::make_unique<Target>([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    const pid_t pid = target->pid();
    const auto task = Task::open(kMachine, pid);
    ASSERT_TRUE(task);
    target.reset();
    const auto live = readFilters(kMachine, *task, pid, false);
    ASSERT_FALSE(live);
    EXPECT_EQ(live.error().number, ESRCH);
}

TEST(LiveFilters, aReaderKilledAtAnyMomentLeavesTheTargetRunning) {
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    for (int round = 0; round < 300; ++round) {
        const pid_t reader = ::fork();
        if (reader == 0) {
            const auto task = Task::open(kMachine, target.pid());
            for (;;) {
                (void)readFilters(kMachine, *task, target.pid(), false);
            }
        }
        ::usleep(static_cast<useconds_t>(2000 + 37 * (round % 50)));
        ::kill(reader, SIGKILL);
        ::waitpid(reader, nullptr, 0);
        ASSERT_EQ(field(target.pid(), "TracerPid"), "0") << round;
        const std::string state = field(target.pid(), "State");
        ASSERT_FALSE(state.starts_with('t') || state.starts_with('T')) << round << ": " << state;
    }
    expectRunning(target);
}

TEST(LiveFilters, aReaderKilledWhileTheTargetStandsLeavesItRunning) {
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    for (int round = 0; round < 50; ++round) {
        // The same calls as the reader's, with the end placed where the target surely stands.
        const pid_t reader = ::fork();
        if (reader == 0) {
            ::ptrace(PTRACE_SEIZE, target.pid(), nullptr, nullptr);
            ::ptrace(PTRACE_INTERRUPT, target.pid(), nullptr, nullptr);
            ::waitpid(target.pid(), nullptr, __WALL);
            ::kill(::getpid(), SIGKILL);
        }
        ::waitpid(reader, nullptr, 0);
        expectRunning(target);
    }
}

TEST(LiveFilters, signalsArriveAllOfThemInOrder) {
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::countSignals();
        live::turnForever();
    });
    constexpr int kSignals = 20000;
    const pid_t sender = ::fork();
    if (sender == 0) {
        for (int i = 0; i < kSignals;) {
            sigval value{};
            value.sival_int = i;
            if (::sigqueue(target.pid(), SIGRTMIN, value) == 0) {
                ++i;
            }
        }
        ::_exit(0);
    }
    int reads = 0;
    while (::waitpid(sender, nullptr, WNOHANG) == 0) {
        const auto live = readOf(target.pid());
        ASSERT_TRUE(live) << live.error().why.reason;
        ASSERT_EQ(live->widest.filters.size(), 1U);
        ++reads;
    }
    for (int i = 0; i < 5000 && target.shared().signals < kSignals; ++i) {
        ::usleep(1000);
    }
    EXPECT_EQ(target.shared().signals, static_cast<std::uint64_t>(kSignals));
    EXPECT_EQ(target.shared().outOfOrder, 0U);
    EXPECT_GT(reads, 0);
    expectRunning(target);
}

TEST(LiveFilters, aStoppedTargetStaysStopped) {
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    ::kill(target.pid(), SIGSTOP);
    ::waitpid(target.pid(), nullptr, WUNTRACED);
    const auto live = readOf(target.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    EXPECT_EQ(live->widest.filters.size(), 1U);
    for (int i = 0; i < 1000 && field(target.pid(), "State") != "T (stopped)"; ++i) {
        ::usleep(1000);
    }
    EXPECT_EQ(field(target.pid(), "State"), "T (stopped)");
    const std::uint64_t before = target.shared().turns;
    ::usleep(20000);
    EXPECT_EQ(target.shared().turns, before);
    ::kill(target.pid(), SIGCONT);
    expectRunning(target);
}

} // namespace
} // namespace bulkhead::kernel
