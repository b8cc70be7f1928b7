// Filters of live processes as core/kernel reads them, held against what was installed here, and what the
// reading leaves behind: a target that runs on, whatever becomes of the reader.

#include "core/kernel/filters.h"
#include "core/kernel/freezer.h"
#include "target.h"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace bulkhead::kernel {
namespace {

using live::instruction;
using live::Program;
using live::Target;

const os::ProcRoot kMachine;

Reading<LiveFilters> readOf(pid_t pid, const Reading<bool>& frozen = false) {
    const auto task = Task::open(kMachine, pid);
    EXPECT_TRUE(task);
    return readFilters(kMachine, *task, pid, frozen);
}

std::string field(pid_t pid, const std::string& name) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(name + ":")) {
            return line.substr(name.size() + 2);
        }
    }
    return "";
}

void expectRunning(Target& target) {
    const std::uint64_t before = target.shared().turns;
    for (int i = 0; i < 2000 && target.shared().turns == before; ++i) {
        ::usleep(1000);
    }
    EXPECT_GT(target.shared().turns, before) << "the target stands still";
    EXPECT_EQ(field(target.pid(), "TracerPid"), "0");
}

TEST(LiveFilters, ofAStackOf32AreOldestFirst) {
    std::vector<Program> programs;
    for (std::uint32_t i = 0; i < 32; ++i) {
        // Each says who it is: load a constant, throw it away.
        programs.push_back({instruction(0x00, i), instruction(0x06, 0x7fff0000)});
    }
    Target target([&] {
        for (std::size_t i = 0; i < programs.size(); ++i) {
            live::install(programs[i], i % 2 == 1);
        }
        live::turnForever();
    });
    const auto live = readOf(target.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    ASSERT_EQ(live->widest.filters.size(), programs.size());
    for (std::size_t i = 0; i < programs.size(); ++i) {
        EXPECT_EQ(live->widest.filters[i].program, live::bytesOf(programs[i])) << i;
        EXPECT_EQ(live->widest.filters[i].log, i % 2 == 1) << i;
    }
    EXPECT_TRUE(live->others.empty());
    EXPECT_GT(live->longestStop.count(), 0);
    expectRunning(target);
}

TEST(LiveFilters, aProgramOfTheGreatestLengthFits) {
    Program longest(4096, instruction(0x00, 7));
    longest.back() = instruction(0x06, 0x7fff0000);
    // kernel/seccomp.c: 32768 for all together, counted as the kernel translates them, each with four more.
    Program last(3900, instruction(0x00, 9));
    last.back() = instruction(0x06, 0x7fff0000);
    Target target([&] {
        for (int i = 0; i < 7; ++i) {
            live::install(longest, false);
        }
        live::install(last, false);
        live::turnForever();
    });
    const auto live = readOf(target.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    ASSERT_EQ(live->widest.filters.size(), 8U);
    EXPECT_EQ(live->widest.filters[6].program, live::bytesOf(longest));
    EXPECT_EQ(live->widest.filters[7].program, live::bytesOf(last));
}

TEST(LiveFilters, threadsWithFiltersOfTheirOwnAreToldApart) {
    const Program common = {instruction(0x00, 1), instruction(0x06, 0x7fff0000)};
    const Program own = {instruction(0x00, 2), instruction(0x06, 0x7fff0000)};
    Target target([&] {
        live::install(common, false);
        live::startThreads(3, [&](int index) {
            if (index < 2) {
                live::install(own, false);
            }
        });
        live::install(own, false); // the main thread is not the widest
        live::turnForever();
    });
    const auto live = readOf(target.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    EXPECT_TRUE(live->ordered);
    EXPECT_EQ(live->widest.tids.size(), 1U);
    ASSERT_EQ(live->widest.filters.size(), 1U);
    EXPECT_EQ(live->widest.filters[0].program, live::bytesOf(common));
    ASSERT_EQ(live->others.size(), 1U);
    EXPECT_EQ(live->others[0].tids.size(), 3U);
    EXPECT_EQ(live->others[0].filters[1].program, live::bytesOf(own));
    expectRunning(target);
}

TEST(LiveFilters, threadsOfOneCountAndOtherProgramsAreToldApart) {
    Target target([&] {
        live::startThreads(1, [&](int) { live::install({instruction(0x06, 0x7fff0000)}, false); });
        live::install({instruction(0x00, 5), instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    const auto live = readOf(target.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    EXPECT_FALSE(live->ordered);
    EXPECT_EQ(live->widest.tids, std::vector<std::int64_t>{target.pid()});
    EXPECT_EQ(live->others.size(), 1U);
}

TEST(LiveFilters, strictModeAndNoneNeedNoStop) {
    Target strict([] {
        live::ready();
        live::enterStrictMode();
        live::spinForever();
    });
    for (int i = 0; i < 1000 && field(strict.pid(), "Seccomp") != "1"; ++i) {
        ::usleep(1000);
    }
    const auto live = readOf(strict.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    EXPECT_EQ(live->widest.mode, 1);
    EXPECT_EQ(live->longestStop.count(), 0);
    Target plain([] { live::turnForever(); });
    const auto none = readOf(plain.pid());
    ASSERT_TRUE(none) << none.error().why.reason;
    EXPECT_EQ(none->widest.mode, 0);
    EXPECT_EQ(none->longestStop.count(), 0);
}

TEST(LiveFilters, anotherTracerIsNamed) {
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    ASSERT_EQ(::ptrace(PTRACE_SEIZE, target.pid(), nullptr, nullptr), 0);
    const auto held = readOf(target.pid());
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().why.reason, "pid " + std::to_string(::getpid()) + " traces the process already");
    EXPECT_EQ(held.error().why.needs, "pid " + std::to_string(::getpid()) + " to let go of it");
}

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

/// A control group of a hierarchy mounted here, gone with the object.
class Group {
public:
    explicit Group(const std::filesystem::path& mount)
        : m_path(mount / ("bulkhead-filters-" + std::to_string(::getpid()))) {
        std::error_code error;
        m_made = std::filesystem::exists(mount / "cgroup.procs", error) &&
                 std::filesystem::create_directory(m_path, error);
    }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;
    ~Group() {
        for (int i = 0; m_made && i < 1000 && ::rmdir(m_path.c_str()) != 0; ++i) {
            ::usleep(1000);
        }
    }

    [[nodiscard]] bool made() const { return m_made; }
    void write(const std::string& file, const std::string& text) const {
        std::ofstream(m_path / file) << text;
    }
    [[nodiscard]] std::string read(const std::string& file) const {
        std::string line;
        std::ifstream(m_path / file) >> line;
        return line;
    }

private:
    std::filesystem::path m_path;
    bool m_made = false;
};

Reading<bool> frozenOf(pid_t pid) {
    const auto task = Task::open(kMachine, pid);
    return isHeldByOldFreezer(
        kMachine, parsed(task->read("cgroup"), parseCgroupFile),
        readHostMounts(kMachine, readHostReference(kMachine)));
}

TEST(LiveFilters, aTargetFrozenByTheFirstFreezerIsLeftAlone) {
    const Group group("/sys/fs/cgroup/freezer");
    if (!group.made()) {
        GTEST_SKIP() << "no version 1 freezer at /sys/fs/cgroup/freezer";
    }
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    group.write("cgroup.procs", std::to_string(target.pid()));
    EXPECT_EQ(frozenOf(target.pid()).value(), false);
    group.write("freezer.state", "FROZEN");
    for (int i = 0; i < 1000 && group.read("freezer.state") != "FROZEN"; ++i) {
        ::usleep(1000);
    }
    const auto frozen = frozenOf(target.pid());
    ASSERT_TRUE(frozen);
    EXPECT_TRUE(*frozen);
    const auto live = readOf(target.pid(), frozen);
    ASSERT_FALSE(live);
    EXPECT_EQ(
        live.error().why.reason,
        "paused: the version 1 freezer holds the process, it cannot stop for a reader");
    const auto unseen = readOf(target.pid(), std::unexpected(Failure{0, {"not mounted", ""}}));
    ASSERT_FALSE(unseen);
    EXPECT_EQ(
        unseen.error().why.reason,
        "the process sleeps uninterruptibly, and whether the version 1 freezer holds "
        "it is not known (not mounted)");
    EXPECT_EQ(field(target.pid(), "TracerPid"), "0");
    group.write("freezer.state", "THAWED");
    expectRunning(target);
    EXPECT_TRUE(readOf(target.pid(), frozenOf(target.pid())));
    target.end();
}

TEST(LiveFilters, aTargetFrozenByTheSecondFreezerIsRead) {
    const std::filesystem::path unified =
        std::filesystem::exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
    const Group group(unified);
    if (!group.made()) {
        GTEST_SKIP() << "no version 2 control groups";
    }
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    group.write("cgroup.procs", std::to_string(target.pid()));
    group.write("cgroup.freeze", "1");
    ::usleep(50000);
    const std::uint64_t before = target.shared().turns;
    const auto live = readOf(target.pid(), frozenOf(target.pid()));
    ASSERT_TRUE(live) << live.error().why.reason;
    EXPECT_EQ(live->widest.filters.size(), 1U);
    ::usleep(20000);
    EXPECT_EQ(target.shared().turns, before) << "the freeze was lifted";
    group.write("cgroup.freeze", "0");
    expectRunning(target);
    target.end();
}

} // namespace
} // namespace bulkhead::kernel
