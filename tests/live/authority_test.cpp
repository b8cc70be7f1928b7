// What capabilities are worth, held against the kernel itself: each process tries harmless operations that
// need a capability over its own namespaces, and the claim of the snapshot must be what the kernel answered.

#include "core/kernel/collect.h"
#include "tests/live/forked.h"

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;
using live::Forked;
using model::NamespaceType;
using model::Snapshot;

const os::ProcRoot kMachine;

Snapshot collect(pid_t pid) {
    auto snapshot = collectSnapshot(kMachine, pid, readHostReference(kMachine));
    EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
    return snapshot ? *snapshot : Snapshot{};
}

/// Sets the flags that loopback has (CAP_NET_ADMIN over the network namespace).
bool maySetFlags() {
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    ifreq request{};
    std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
    const bool read = ::ioctl(fd, SIOCGIFFLAGS, &request) == 0;
    const bool may = read && ::ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    ::close(fd);
    return may;
}

/// Sets the name that the machine has (CAP_SYS_ADMIN over the UTS namespace).
bool mayName() {
    utsname names{};
    ::uname(&names);
    return ::sethostname(names.nodename, std::strlen(names.nodename)) == 0;
}

/// Binds what does not exist; CAP_SYS_ADMIN over the mount namespace is asked for before the source is.
bool mayMount() {
    return ::mount("/does/not/exist", "/", nullptr, MS_BIND, nullptr) != 0 && errno == ENOENT;
}

bool tell(int line) {
    const std::string said = std::string("net ") + (maySetFlags() ? "yes" : "no") + " uts " +
                             (mayName() ? "yes" : "no") + " mnt " + (mayMount() ? "yes" : "no") + "\n";
    return ::write(line, said.data(), said.size()) > 0;
}

bool put(const std::string& file, const std::string& text) {
    std::ofstream stream(file);
    stream << text << std::flush;
    return stream.good();
}

/// A user namespace with more of them, root mapped to our uid.
bool enterUser(int more) {
    const auto uid = std::to_string(::geteuid());
    const auto gid = std::to_string(::getegid());
    return ::unshare(CLONE_NEWUSER | more) == 0 && put("/proc/self/setgroups", "deny") &&
           put("/proc/self/uid_map", "0 " + uid + " 1") && put("/proc/self/gid_map", "0 " + gid + " 1");
}

bool setCapabilities(std::uint64_t mask) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2] = {};
    data[0].effective = data[0].permitted = static_cast<std::uint32_t>(mask);
    data[1].effective = data[1].permitted = static_cast<std::uint32_t>(mask >> 32U);
    return ::syscall(SYS_capset, &header, data) == 0;
}

bool join(pid_t pid, int which) {
    const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    const bool joined = ::setns(fd, which) == 0;
    ::close(fd);
    return joined;
}

bool become(unsigned id) {
    // A change of ids closes /proc/self to ourselves until we say that we may be looked at (prctl(2)).
    return ::setresgid(id, id, id) == 0 && ::setresuid(id, id, id) == 0 && ::prctl(PR_SET_DUMPABLE, 1) == 0;
}

class Authority : public ::testing::Test {
protected:
    void SetUp() override {
        if (::geteuid() != 0) {
            GTEST_SKIP() << "making namespaces with maps of our choice needs root";
        }
    }

    /// The claim of the snapshot in the words of the trial.
    static std::string claimOf(const Snapshot& snapshot) {
        const auto says = [&](NamespaceType type, const char* capability) {
            const auto& fact = snapshot.capabilities.within.at(type);
            return !fact.known()                                           ? "unknown"
                   : fact.value().has(*model::capabilityNamed(capability)) ? "yes"
                                                                           : "no";
        };
        return std::string("net ") + says(NamespaceType::net, "CAP_NET_ADMIN") + " uts " +
               says(NamespaceType::uts, "CAP_SYS_ADMIN") + " mnt " +
               says(NamespaceType::mnt, "CAP_SYS_ADMIN") + "\nready\n";
    }

    static void expectClaim(const Forked& process, const std::string& expected) {
        ASSERT_TRUE(process.ready()) << process.said();
        const Snapshot snapshot = collect(process.pid());
        EXPECT_EQ(process.said(), expected + "\nready\n"); // the kernel's answer is the one the manual gives
        EXPECT_EQ(claimOf(snapshot), process.said());      // and the claim is the kernel's answer
    }

    static std::size_t overHost(const Forked& process, NamespaceType type) {
        return collect(process.pid()).capabilities.over.at(type).value().size();
    }
};

TEST_F(Authority, ofRootInTheInitialUserNamespaceIsOverTheHost) {
    const Forked process([](int line) { return tell(line); });
    expectClaim(process, "net yes uts yes mnt yes");
    EXPECT_GT(overHost(process, NamespaceType::net), 20U);
}

TEST_F(Authority, ofAChildUserNamespaceOverTheHostsNamespacesIsNothing) {
    const Forked process([](int line) { return enterUser(0) && tell(line); });
    expectClaim(process, "net no uts no mnt no");
    EXPECT_EQ(overHost(process, NamespaceType::net), 0U);
    EXPECT_GT(collect(process.pid()).capabilities.effective.value().size(), 20U);
}

TEST_F(Authority, ofAChildUserNamespaceIsOverWhatItOwns) {
    const Forked process(
        [](int line) { return enterUser(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWNS) && tell(line); });
    expectClaim(process, "net yes uts yes mnt yes");
    EXPECT_EQ(overHost(process, NamespaceType::net), 0U);
}

TEST_F(Authority, ofANestedUserNamespaceIsNotOverItsParents) {
    const Forked process([](int line) {
        return enterUser(CLONE_NEWNET | CLONE_NEWUTS) && enterUser(CLONE_NEWNS) && tell(line);
    });
    expectClaim(process, "net no uts no mnt yes");
}

TEST_F(Authority, overNamespacesMadeBeforeTheUserNamespaceIsNothing) {
    const Forked process([](int line) {
        return ::unshare(CLONE_NEWNET | CLONE_NEWUTS) == 0 && enterUser(CLONE_NEWNS) && tell(line);
    });
    expectClaim(process, "net no uts no mnt yes");
}

TEST_F(Authority, ofAnAncestorCountsBelow) {
    const Forked child([](int) { return enterUser(CLONE_NEWNET); });
    ASSERT_TRUE(child.ready());
    const Forked process([&](int line) { return join(child.pid(), CLONE_NEWNET) && tell(line); });
    expectClaim(process, "net yes uts yes mnt yes");
    EXPECT_EQ(overHost(process, NamespaceType::net), 0U);
}

TEST_F(Authority, ofTheCreatorsUidIsWholeOverWhatItCreated) {
    const Forked child([](int) { return become(1000) && enterUser(CLONE_NEWNET); });
    ASSERT_TRUE(child.ready());
    const Forked creator([&](int line) {
        return join(child.pid(), CLONE_NEWNET) && become(1000) && setCapabilities(0) && tell(line);
    });
    expectClaim(creator, "net yes uts no mnt no");
    EXPECT_TRUE(collect(creator.pid()).capabilities.effective.value().empty());
    const Forked another([&](int line) {
        return join(child.pid(), CLONE_NEWNET) && become(1001) && setCapabilities(0) && tell(line);
    });
    expectClaim(another, "net no uts no mnt no");
}

TEST_F(Authority, isOfEachCapabilityForItself) {
    const Forked process([](int line) { return setCapabilities(1U << CAP_NET_ADMIN) && tell(line); });
    expectClaim(process, "net yes uts no mnt no");
}

/// A setuid-root copy of grep that says what it got.
class SetuidProgram {
public:
    SetuidProgram() : m_path("/var/tmp/bulkhead-setuid-" + std::to_string(::getpid())) {
        std::error_code error;
        fs::copy_file("/bin/grep", m_path, fs::copy_options::overwrite_existing, error);
        ::chmod(m_path.c_str(), 04755);
    }
    SetuidProgram(const SetuidProgram&) = delete;
    SetuidProgram& operator=(const SetuidProgram&) = delete;
    ~SetuidProgram() { ::unlink(m_path.c_str()); }

    /// CapPrm after the execve, of a child of the calling process; through a file, since Forked has a line
    /// only.
    [[nodiscard]] std::string permittedAfterExecve(int line) const {
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::dup2(line, 1);
            ::execl(m_path.c_str(), "grep", "CapPrm", "/proc/self/status", nullptr);
            ::_exit(127);
        }
        ::waitpid(pid, nullptr, 0);
        return m_path;
    }

private:
    std::string m_path;
};

TEST_F(Authority, obtainableIsWhatAnExecveGives) {
    const SetuidProgram program;
    struct Case {
        const char* name;
        std::function<bool()> act;
    };
    const auto dropBounding = [](int capability) { return ::prctl(PR_CAPBSET_DROP, capability) == 0; };
    for (const Case& c :
         {Case{"a uid with nothing", [] { return become(1000); }},
          Case{
              "a uid whose bounding set is small",
              [&] { return dropBounding(CAP_SYS_ADMIN) && dropBounding(CAP_NET_RAW) && become(1000); }},
          Case{
              "a uid with no_new_privs",
              [] { return become(1000) && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; }},
          Case{"root that dropped what it holds", [] { return setCapabilities(1U << CAP_CHOWN); }},
          Case{"root with no_new_privs", [] {
                   return setCapabilities(1U << CAP_CHOWN) && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
               }}}) {
        const Forked process([&](int line) {
            const bool fine = c.act();
            static_cast<void>(program.permittedAfterExecve(line));
            return fine;
        });
        ASSERT_TRUE(process.ready()) << c.name << process.said();
        const auto at = process.said().find("CapPrm:\t");
        ASSERT_NE(at, std::string::npos) << c.name;
        const auto got = std::stoull(process.said().substr(at + 8), nullptr, 16);
        EXPECT_EQ(collect(process.pid()).capabilities.obtainable.value().mask(), got) << c.name;
    }
}

// Bulkhead in the user namespace of the process, or in one below it, sees other numbers than from above.
TEST_F(Authority, idsAreThoseOfTheContainerFromWhereverTheyAreRead) {
    const Forked target([](int) { return become(1000) && enterUser(0); });
    ASSERT_TRUE(target.ready());
    EXPECT_EQ(collect(target.pid()).identity.uid.value().effective, 0U);
    const auto readFrom = [&](bool deeper) {
        const Forked reader([&](int line) {
            const bool there = join(target.pid(), CLONE_NEWUSER) && become(0) && (!deeper || enterUser(0));
            const auto snapshot = collectSnapshot(kMachine, target.pid(), readHostReference(kMachine));
            const auto uid = snapshot ? snapshot->identity.uid : model::Fact<model::Ids>();
            const std::string said = uid.known()        ? std::to_string(uid.value().effective)
                                     : uid.unreadable() ? "gap: " + uid.gap().reason
                                                        : "nothing";
            return there && ::write(line, (said + "\n").data(), said.size() + 1) > 0;
        });
        EXPECT_TRUE(reader.ready());
        return reader.said();
    };
    EXPECT_EQ(readFrom(false), "0\nready\n");
    EXPECT_EQ(
        readFrom(true), "gap: ids are shown in Bulkhead's own user namespace, which is not above that of the "
                        "process\nready\n");
}

} // namespace
} // namespace bulkhead::kernel
