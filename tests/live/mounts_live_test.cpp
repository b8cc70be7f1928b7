// Mounts as the kernel makes them: idmapped ones, sources that the host covered, procfs of other pid
// namespaces, sockets under other names, chroots, ten thousand of them, and processes that do not hold still.

#include "core/kernel/collect.h"
#include "tests/live/forked.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;
using live::Forked;
using live::forkIdle;
using model::Mount;
using model::MountKind;
using model::Snapshot;

const os::ProcRoot kMachine;

Snapshot collect(pid_t pid) {
    auto snapshot = collectSnapshot(kMachine, pid, readHostReference(kMachine));
    EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
    return snapshot ? *snapshot : Snapshot{};
}

/// The topmost mount at a target.
Mount mountAt(const Snapshot& snapshot, const std::string& target) {
    if (snapshot.mounts.known()) {
        for (const Mount& mount : snapshot.mounts.value()) {
            if (mount.target == target && mount.visible) {
                return mount;
            }
        }
    }
    ADD_FAILURE() << "nothing is mounted at " << target;
    return {};
}

/// Mounts of one's own that no other namespace hears of.
bool ownMounts(int more = 0) {
    return ::unshare(CLONE_NEWNS | more) == 0 &&
           ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

bool bindMount(const std::string& from, const std::string& to) {
    return ::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

class Mounts : public ::testing::Test {
protected:
    void SetUp() override {
        if (::geteuid() != 0) {
            GTEST_SKIP() << "mounting needs root";
        }
        m_top = "/var/tmp/bulkhead-mounts-" + std::to_string(::getpid());
        for (const char* name : {"source", "view", "root", "root/p", "root/d"}) {
            fs::create_directories(m_top / name);
        }
    }
    void TearDown() override {
        if (!m_top.empty()) {
            ::umount2((m_top / "source").c_str(), MNT_DETACH);
            fs::remove_all(m_top);
        }
    }

    [[nodiscard]] std::string at(const std::string& name) const { return (m_top / name).string(); }

    fs::path m_top;
};

TEST_F(Mounts, aSourceThatTheHostCoveredSinceIsABindStill) {
    const Forked process([&](int) { return ownMounts() && bindMount(at("source"), at("view")); });
    ASSERT_TRUE(process.ready());
    EXPECT_EQ(mountAt(collect(process.pid()), at("view")).hostPaths.value(), std::vector{at("source")});
    ASSERT_EQ(::mount("cover", at("source").c_str(), "tmpfs", 0, nullptr), 0);
    const Mount covered = mountAt(collect(process.pid()), at("view"));
    EXPECT_TRUE(covered.hostPaths.value().empty());
    EXPECT_EQ(covered.kind, MountKind::bind);
    ASSERT_EQ(::umount(at("source").c_str()), 0);
    fs::remove(at("source"));
    EXPECT_TRUE(mountAt(collect(process.pid()), at("view")).deleted);
}

/// A detached copy of a mount whose ids a user namespace maps, put at a place (mount_setattr(2)).
bool idmap(const std::string& from, const std::string& to, pid_t mapped) {
    const int tree = static_cast<int>(
        ::syscall(SYS_open_tree, AT_FDCWD, from.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    const std::string link = "/proc/" + std::to_string(mapped) + "/ns/user";
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<std::uint64_t>(::open(link.c_str(), O_RDONLY | O_CLOEXEC));
    return ::syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0 &&
           ::syscall(SYS_move_mount, tree, "", AT_FDCWD, to.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

TEST_F(Mounts, anIdmappedOneTellsItsMapping) {
    const Forked mapped([](int) { return ::unshare(CLONE_NEWUSER) == 0; });
    ASSERT_TRUE(mapped.ready());
    const std::string proc = "/proc/" + std::to_string(mapped.pid());
    std::ofstream(proc + "/uid_map") << "0 100000 65536\n";
    std::ofstream(proc + "/gid_map") << "0 200000 1000\n";
    const Forked process([&](int) {
        return ownMounts() && ::mount("t", at("source").c_str(), "tmpfs", 0, nullptr) == 0 &&
               idmap(at("source"), at("view"), mapped.pid());
    });
    if (!process.ready()) {
        GTEST_SKIP() << "this kernel maps no ids on tmpfs";
    }
    struct stat facts{};
    ASSERT_EQ(::stat(("/proc/" + std::to_string(process.pid()) + "/root" + at("view")).c_str(), &facts), 0);
    ASSERT_EQ(facts.st_uid, 100000U);
    const Mount mount = mountAt(collect(process.pid()), at("view"));
    EXPECT_TRUE(mount.idmap);
    if (mount.idmapUids.unreadable()) {
        EXPECT_EQ(mount.idmapUids.gap().needs, "Linux 6.15 or later") << mount.idmapUids.gap().reason;
    } else {
        EXPECT_EQ(mount.idmapUids.value().toText(), "0 100000 65536");
        EXPECT_EQ(mount.idmapGids.value().toText(), "0 200000 1000");
    }
}

/// A root that holds nothing of the host: a tmpfs with a procfs of the given kind at /p.
bool enterEmptyRoot(const std::string& root, const std::string& procfs) {
    const std::string place = root + "/p";
    const bool made =
        ::mount("t", root.c_str(), "tmpfs", 0, nullptr) == 0 && ::mkdir(place.c_str(), 0755) == 0;
    const bool mounted =
        procfs.empty() ? ::mount("proc", place.c_str(), "proc", 0, nullptr) == 0 : bindMount(procfs, place);
    return made && mounted && ::chroot(root.c_str()) == 0 && ::chdir("/") == 0;
}

TEST_F(Mounts, aProcfsShowsTheProcessesOfWhoeverMountedIt) {
    const auto expectShown = [&](pid_t pid, bool expected) {
        const std::string ours =
            "/proc/" + std::to_string(pid) + "/root/p/" + std::to_string(::getpid()) + "/comm";
        EXPECT_EQ(::access(ours.c_str(), F_OK) == 0, expected); // what a walk into it says
        const Snapshot snapshot = collect(pid);
        EXPECT_EQ(snapshot.kernel.hostProcesses.value(), expected)
            << snapshot.kernel.hostProcesses.evidence().source;
        EXPECT_EQ(snapshot.kernel.instances.value(), std::vector<std::string>{"/p"});
    };
    const auto inOwnNamespace = [&](const std::string& procfs, int line) {
        if (!ownMounts(CLONE_NEWPID)) {
            return false;
        }
        const pid_t init = forkIdle([&] {
            const char* said = enterEmptyRoot(at("root"), procfs) ? "in\n" : "out\n";
            static_cast<void>(!::write(line, said, std::strlen(said)));
        });
        const std::string said = "init " + std::to_string(init) + "\n";
        ::usleep(100000);
        return ::write(line, said.data(), said.size()) > 0;
    };
    const auto initOf = [](const Forked& forked) {
        return static_cast<pid_t>(std::stol(forked.said().substr(forked.said().find("init ") + 5)));
    };
    const Forked fresh([&](int line) { return inOwnNamespace("", line); });
    ASSERT_TRUE(fresh.ready() && fresh.said().starts_with("in\n")) << fresh.said();
    expectShown(initOf(fresh), false);
    const Forked bound([&](int line) { return inOwnNamespace("/proc", line); });
    ASSERT_TRUE(bound.ready() && bound.said().starts_with("in\n")) << bound.said();
    expectShown(initOf(bound), true);
    // A new instance of the host's pid namespace has a device of its own.
    const Forked again([&](int) { return ownMounts() && enterEmptyRoot(at("root"), ""); });
    ASSERT_TRUE(again.ready());
    expectShown(again.pid(), true);
}

TEST_F(Mounts, aSocketIsFoundInAMountedDirectoryByWhatItIs) {
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = at("source") + "/podman.sock";
    std::copy(path.begin(), path.end(), address.sun_path);
    ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(listener, 1), 0);
    ::chmod(path.c_str(), 0600);
    const auto socketsOf = [&](bool asRoot) {
        const Forked process([&](int) {
            return ownMounts() && bindMount(m_top.string(), at("view")) &&
                   ::mount("t", at("root").c_str(), "tmpfs", 0, nullptr) == 0 &&
                   (asRoot || ::setresuid(1000, 1000, 1000) == 0);
        });
        EXPECT_TRUE(process.ready());
        const Snapshot snapshot = collect(process.pid());
        std::map<std::string, bool> found;
        for (const auto& socket : snapshot.sockets.value()) {
            if (socket.kind == "podman") {
                found.emplace(socket.path, socket.connectable);
            }
        }
        return found;
    };
    using Found = std::map<std::string, bool>;
    EXPECT_EQ(
        socketsOf(true),
        (Found{{at("source") + "/podman.sock", true}, {at("view/source") + "/podman.sock", true}}));
    EXPECT_EQ(
        socketsOf(false),
        (Found{{at("source") + "/podman.sock", false}, {at("view/source") + "/podman.sock", false}}));
    ::close(listener);
}

TEST_F(Mounts, ofAChrootStandOnTheHostsMount) {
    const Forked process([&](int) { return ::chroot(at("root").c_str()) == 0 && ::chdir("/") == 0; });
    ASSERT_TRUE(process.ready());
    const Mount root = mountAt(collect(process.pid()), "/");
    EXPECT_EQ(root.kind, MountKind::rootfs);
    EXPECT_EQ(root.hostPaths.value(), std::vector{at("root")});
}

TEST_F(Mounts, tenThousandAreReadInBoundedTime) {
    // Each step binds the tree into itself with all that is mounted in it, and so doubles it.
    const std::string inner = at("source") + "/a";
    fs::create_directories(inner);
    const Forked process([&](int) {
        bool fine = ownMounts() && bindMount(at("source"), at("source"));
        for (int i = 0; i < 14 && fine; ++i) {
            fine = ::mount(at("source").c_str(), inner.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0;
        }
        return fine;
    });
    if (!process.ready()) {
        GTEST_SKIP() << "ten thousand mounts cannot be made here in ten seconds";
    }
    const auto start = std::chrono::steady_clock::now();
    const Snapshot snapshot = collect(process.pid());
    const auto took = std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(snapshot.mounts.known()) << snapshot.mounts.gap().reason;
    EXPECT_GE(snapshot.mounts.value().size(), 10000U);
    EXPECT_EQ(mountAt(snapshot, inner).hostPaths.value(), std::vector{at("source")});
    EXPECT_LT(took, std::chrono::seconds(10));
}

// A shell that starts itself anew all the time, beside children that come and go: a clean error or a
// snapshot.
TEST_F(Mounts, ofAProcessThatDoesNotHoldStillAreNeverAMixture) {
    ::setenv("X", "/bin/true & /bin/true & wait; exec /bin/sh -c \"$X\"", 1);
    const Forked restless([&](int line) {
        if (!ownMounts(CLONE_NEWPID)) {
            return false;
        }
        const pid_t init = ::fork();
        if (init == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::execl("/bin/sh", "sh", "-c", ::getenv("X"), nullptr);
            ::_exit(127);
        }
        const std::string said = "init " + std::to_string(init) + "\n";
        return ::write(line, said.data(), said.size()) > 0;
    });
    ASSERT_TRUE(restless.ready());
    const auto init =
        static_cast<pid_t>(std::stol(restless.said().substr(restless.said().find("init ") + 5)));
    const HostReference host = readHostReference(kMachine);
    int unstable = 0;
    for (int i = 0; i < 40; ++i) {
        const auto snapshot = collectSnapshot(kMachine, init, host);
        ASSERT_TRUE(snapshot) << snapshot.error().message; // it is there all the time
        unstable += snapshot->stability.stable ? 0 : 1;
        if (snapshot->stability.stable) {
            EXPECT_EQ(snapshot->namespaces.at(model::NamespaceType::pid).level.value(), 1);
            EXPECT_EQ(snapshot->members.rule.value(), "pid namespace");
        }
    }
    EXPECT_GT(unstable, 0); // an execve of the same program under the same name is seen
    for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(restless.pid()) + "/task")) {
        const auto thread = collectSnapshot(kMachine, std::stol(entry.path().filename().string()), host);
        EXPECT_TRUE(thread);
    }
    const auto kernelThread = collectSnapshot(kMachine, 2, host);
    if (!kernelThread) {
        EXPECT_TRUE(
            kernelThread.error().message == "pid 2: a kernel thread, it has no boundary" ||
            kernelThread.error().kind == base::ErrorKind::notFound)
            << kernelThread.error().message;
    }
}

} // namespace
} // namespace bulkhead::kernel
