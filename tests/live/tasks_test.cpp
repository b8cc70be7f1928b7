// Which tasks belong to a subject and which of them decides, on processes that clone(2), unshare(2), setns(2)
// and threads put where the test wants them. What is expected is read by a shell from /proc, or is what the
// test itself did.

#include "core/kernel/collect.h"
#include "core/kernel/members.h"
#include "core/kernel/task_classes.h"
#include "tests/live/forked.h"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <memory>
#include <sched.h>
#include <set>
#include <sstream>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <thread>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;
using live::Forked;
using live::forkIdle;
using model::Snapshot;

const os::ProcRoot kMachine;

Snapshot collect(pid_t pid) {
    auto snapshot = collectSnapshot(kMachine, pid, readHostReference(kMachine));
    EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
    return snapshot ? *snapshot : Snapshot{};
}

std::set<std::int64_t> membersOf(pid_t pid, MemberRule rule) {
    auto table = ProcessTable::read(kMachine);
    const auto members = findMembers(*table, readHostReference(kMachine), pid);
    std::set<std::int64_t> pids;
    EXPECT_TRUE(members);
    EXPECT_EQ(members->rule, rule);
    for (const Member& member : members->processes) {
        pids.insert(table->all()[member.index].pid);
    }
    return pids;
}

/// Pids whose ns/LINK is that of one of the given processes, as readlink(2) says.
std::set<std::int64_t> pidsInNamespaceOf(const std::set<pid_t>& ofWhom, const std::string& link) {
    std::set<std::string> wanted;
    std::error_code error;
    for (const pid_t pid : ofWhom) {
        wanted.insert(fs::read_symlink("/proc/" + std::to_string(pid) + "/ns/" + link, error).string());
    }
    std::set<std::int64_t> pids;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        if (std::isdigit(static_cast<unsigned char>(name[0])) != 0 &&
            wanted.contains(fs::read_symlink(entry.path() / "ns" / link, error).string()) && !error) {
            pids.insert(std::stoll(name));
        }
    }
    return pids;
}

bool setEffective(std::uint64_t mask) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2] = {};
    for (unsigned half = 0; half < 2; ++half) {
        data[half].effective = data[half].permitted = static_cast<std::uint32_t>(mask >> (32 * half));
    }
    return ::syscall(SYS_capset, &header, data) == 0;
}

/// A child in a pid namespace of its own, pid 1 there; `act` runs in it.
bool forkInit(int line, int flags, const std::function<void()>& act) {
    if (::unshare(CLONE_NEWPID | flags) != 0) {
        return false;
    }
    std::array<int, 2> done{};
    if (::pipe(done.data()) != 0) {
        return false;
    }
    const pid_t init = forkIdle([&] {
        act();
        static_cast<void>(!::write(done[1], "x", 1));
    });
    char byte = 0;
    static_cast<void>(!::read(done[0], &byte, 1));
    const std::string said = "init " + std::to_string(init) + "\n";
    return ::write(line, said.data(), said.size()) > 0;
}

pid_t initOf(const Forked& forked) {
    const auto at = forked.said().find("init ");
    return at == std::string::npos ? -1 : static_cast<pid_t>(std::stol(forked.said().substr(at + 5)));
}

class Tasks : public ::testing::Test {
protected:
    void SetUp() override {
        if (::geteuid() != 0) {
            GTEST_SKIP() << "making pid namespaces needs root";
        }
    }
};

TEST_F(Tasks, ofAPidNamespaceAreItsOwnAndThoseBelowIt) {
    const Forked container([](int line) {
        return forkInit(line, CLONE_NEWNS, [] {
            forkIdle();
            forkIdle();
            if (::unshare(CLONE_NEWPID) == 0) {
                forkIdle([] { forkIdle(); });
            }
        });
    });
    ASSERT_TRUE(container.ready()) << container.said();
    const pid_t init = initOf(container);
    ::usleep(100000);
    std::set<std::int64_t> expected = pidsInNamespaceOf({init}, "pid");
    ASSERT_EQ(expected.size(), 3U);
    for (const std::int64_t outer : pidsInNamespaceOf({init}, "mnt")) {
        expected.insert(outer); // the nested namespace's two share the mounts
    }
    expected.erase(container.pid()); // so does the one that made them, which is outside
    ASSERT_EQ(expected.size(), 5U);
    EXPECT_EQ(membersOf(init, MemberRule::pidNamespace), expected);
    const Snapshot snapshot = collect(init);
    EXPECT_EQ(snapshot.members.processes.value(), 5);
    EXPECT_EQ(snapshot.members.describedBy.value(), init);
    EXPECT_TRUE(snapshot.members.complete.value());
    // One class: the five differ in nothing but the nested two's pid namespace.
    ASSERT_EQ(snapshot.tasks.value().size(), 2U);
    EXPECT_EQ(snapshot.tasks.value()[0].count, 3);
    EXPECT_EQ(snapshot.tasks.value()[0].session, "main");
    EXPECT_EQ(snapshot.tasks.value()[1].count, 2);
    EXPECT_EQ(snapshot.tasks.value()[1].differs.size(), 1U);
}

TEST_F(Tasks, thatEnteredFromOutsideAreAnExecSessionAndDecideWhereTheyAreWider) {
    const Forked container([](int line) {
        return forkInit(line, CLONE_NEWNS | CLONE_NEWUTS, [] { setEffective(1U << CAP_CHOWN); });
    });
    ASSERT_TRUE(container.ready()) << container.said();
    const pid_t init = initOf(container);
    const Forked session([&](int) {
        const int fd = static_cast<int>(::syscall(SYS_pidfd_open, init, 0));
        if (::setns(fd, CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS) != 0) {
            return false;
        }
        return forkIdle() > 0;
    });
    ASSERT_TRUE(session.ready());
    ::usleep(50000);
    const Snapshot snapshot = collect(init);
    ASSERT_EQ(snapshot.tasks.value().size(), 2U);
    const auto& widest = snapshot.tasks.value()[0];
    EXPECT_EQ(widest.session, "exec");
    EXPECT_EQ(widest.count, 1);
    EXPECT_TRUE(widest.differs.empty());
    EXPECT_EQ(snapshot.tasks.value()[1].session, "main");
    EXPECT_EQ(snapshot.tasks.value()[1].pids, std::vector<std::int64_t>{init});
    // The facets are the session's, and they say so.
    EXPECT_EQ(snapshot.members.describedBy.value(), widest.pids.front());
    EXPECT_NE(snapshot.members.describedBy.value(), init);
    EXPECT_GT(snapshot.capabilities.effective.value().size(), 1U);
    EXPECT_EQ(snapshot.subject.pid, init);
    EXPECT_NE(
        snapshot.capabilities.effective.evidence().source.find(std::to_string(widest.pids.front())),
        std::string::npos);
}

TEST_F(Tasks, includeThreadsAndAThreadMayBeTheWidest) {
    const Forked container([](int line) {
        return forkInit(line, CLONE_NEWNS, [] {
            std::thread([] {
                for (;;) {
                    ::pause();
                }
            }).detach();
            std::thread([] {
                ::unshare(CLONE_NEWNET);
                for (;;) {
                    ::pause();
                }
            }).detach();
            ::usleep(50000);
            setEffective(0); // of the leader alone
        });
    });
    ASSERT_TRUE(container.ready()) << container.said();
    const pid_t init = initOf(container);
    ::usleep(200000);
    const Snapshot snapshot = collect(init);
    const auto& classes = snapshot.tasks.value();
    ASSERT_EQ(classes.size(), 3U);
    EXPECT_EQ(snapshot.members.processes.value(), 1);
    EXPECT_EQ(snapshot.members.threads.value(), 3);
    EXPECT_NE(classes[0].pids.front(), init);
    EXPECT_EQ(snapshot.members.describedBy.value(), classes[0].pids.front());
    EXPECT_FALSE(snapshot.capabilities.effective.value().empty());
    EXPECT_TRUE(snapshot.network.hostNetwork.value());
    // The second thread has a network namespace of its own, the leader no capability.
    ASSERT_EQ(classes[1].differs.size(), 1U);
    EXPECT_TRUE(classes[1].differs[0].starts_with("namespaces.net: ")) << classes[1].differs[0];
    EXPECT_EQ(classes[2].pids.front(), init);
}

// pthread_exit of the first thread leaves a zombie that runs on by its others.
TEST_F(Tasks, ofAProcessWhoseLeaderExitedAreItsThreads) {
    const Forked leaderless([](int line) {
        const pid_t pid = forkIdle([] {
            std::thread([] {
                for (;;) {
                    ::pause();
                }
            }).detach();
            ::syscall(SYS_exit, 0); // of this thread alone
        });
        const std::string said = "init " + std::to_string(pid) + "\n";
        ::usleep(100000);
        return ::write(line, said.data(), said.size()) > 0;
    });
    ASSERT_TRUE(leaderless.ready());
    const pid_t pid = initOf(leaderless);
    const Snapshot snapshot = collect(pid);
    EXPECT_NE(snapshot.members.describedBy.value(), pid);
    EXPECT_EQ(snapshot.subject.pid, pid);
    EXPECT_FALSE(snapshot.capabilities.effective.value().empty());
    EXPECT_TRUE(snapshot.mounts.known());
}

TEST_F(Tasks, inTheHostsPidNamespaceAndASharedControlGroupAreDescendantsAndAGap) {
    const Forked container(
        [](int) { return ::unshare(CLONE_NEWNS) == 0 && forkIdle() > 0 && forkIdle() > 0; });
    ASSERT_TRUE(container.ready());
    ::usleep(50000);
    EXPECT_EQ(membersOf(container.pid(), MemberRule::descendants).size(), 3U);
    const Snapshot snapshot = collect(container.pid());
    EXPECT_EQ(snapshot.members.rule.value(), "descendants");
    EXPECT_TRUE(snapshot.members.complete.unreadable());
}

/// A group in the hierarchy that pathOf() looks at, removed at the end.
class ControlGroup {
public:
    ControlGroup() {
        for (const char* top : {"/sys/fs/cgroup/devices", "/sys/fs/cgroup/pids", "/sys/fs/cgroup"}) {
            m_path = fs::path(top) / ("bulkhead-test-" + std::to_string(::getpid()));
            std::error_code error;
            if (fs::exists(fs::path(top) / "cgroup.procs", error) && fs::create_directory(m_path, error)) {
                return;
            }
        }
        m_path.clear();
    }
    ControlGroup(const ControlGroup&) = delete;
    ControlGroup& operator=(const ControlGroup&) = delete;
    ~ControlGroup() {
        for (int i = 0; i < 100 && !m_path.empty() && ::rmdir(m_path.c_str()) != 0; ++i) {
            ::usleep(20000);
        }
    }
    [[nodiscard]] bool join() const {
        std::ofstream(m_path / "cgroup.procs") << "0";
        return true;
    }
    [[nodiscard]] bool made() const { return !m_path.empty(); }

private:
    fs::path m_path;
};

TEST_F(Tasks, ofAControlGroupThatIsNobodyElsesAreAllInIt) {
    const ControlGroup group;
    if (!group.made()) {
        GTEST_SKIP() << "no control group can be made here";
    }
    const Forked container([&](int) { return group.join() && ::unshare(CLONE_NEWNS) == 0; });
    // Not a descendant, but in its group and its mounts, as a session of docker exec --pid host.
    const Forked session([&](int) {
        const int fd = static_cast<int>(::syscall(SYS_pidfd_open, container.pid(), 0));
        return group.join() && ::setns(fd, CLONE_NEWNS) == 0;
    });
    ASSERT_TRUE(container.ready() && session.ready());
    EXPECT_EQ(
        membersOf(container.pid(), MemberRule::cgroup),
        (std::set<std::int64_t>{container.pid(), session.pid()}));
    {
        const Forked stranger([&](int) { return group.join(); });
        ASSERT_TRUE(stranger.ready());
        EXPECT_EQ(
            membersOf(container.pid(), MemberRule::descendants), (std::set<std::int64_t>{container.pid()}));
    }
    const Snapshot snapshot = collect(container.pid());
    EXPECT_EQ(snapshot.members.rule.value(), "cgroup");
    EXPECT_TRUE(snapshot.members.complete.value());
}

} // namespace
} // namespace bulkhead::kernel
