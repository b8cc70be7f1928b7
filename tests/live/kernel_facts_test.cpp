// Holds what core/kernel collects against tools nobody here wrote (lsns, findmnt, getpcaps) and against /proc
// read by a shell: for ourselves and for a child that unshare(1) puts into namespaces of its own.

#include "core/base/bytes.h"
#include "core/kernel/collect.h"
#include "core/kernel/task.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <gtest/gtest.h>
#include <linux/sched.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace bulkhead::kernel {
namespace {

using model::NamespaceType;
using model::Snapshot;
using nlohmann::json;

struct ClosePipe {
    void operator()(FILE* pipe) const { ::pclose(pipe); }
};

std::string outputOf(const std::string& command) {
    const std::unique_ptr<FILE, ClosePipe> pipe(::popen(("timeout 20 " + command).c_str(), "r"));
    std::string text;
    std::array<char, 4096> buffer{};
    while (pipe && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
        text += buffer.data();
    }
    return text;
}

std::vector<std::string> wordsIn(const std::string& text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

Snapshot collect(pid_t pid) {
    const os::ProcRoot machine;
    auto snapshot = collectSnapshot(machine, pid, readHostReference(machine));
    EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
    return snapshot ? *snapshot : Snapshot{};
}

void expectNamespacesOfLsns(const Snapshot& snapshot, pid_t pid) {
    const json listed =
        json::parse(outputOf("lsns -J -p " + std::to_string(pid) + " -o NS,TYPE,PNS,ONS"), nullptr, false);
    ASSERT_TRUE(listed.contains("namespaces"));
    EXPECT_EQ(listed["namespaces"].size(), snapshot.namespaces.size());
    for (const json& entry : listed["namespaces"]) {
        const auto type = model::valueNamed<NamespaceType>(entry["type"].get<std::string>());
        ASSERT_TRUE(type) << entry;
        const model::Namespace& ours = snapshot.namespaces.at(*type);
        EXPECT_EQ(ours.inode.value(), entry["ns"].get<std::uint64_t>()) << entry;
        // lsns prints 0 where there is no parent or owner to tell.
        const auto parent = entry["pns"].get<std::uint64_t>();
        const auto owner = entry["ons"].get<std::uint64_t>();
        EXPECT_EQ(ours.parent.valueOr(0), parent) << entry;
        if (owner != 0) {
            EXPECT_EQ(ours.ownerUserNamespace.valueOr(0), owner) << entry;
        }
    }
}

void expectMountsOfFindmnt(const Snapshot& snapshot, pid_t pid) {
    const json listed = json::parse(
        outputOf(
            "findmnt -N " + std::to_string(pid) +
            " -J --list -o ID,PARENT,TARGET,FSTYPE,FSROOT,MAJ:MIN,VFS-OPTIONS,FS-OPTIONS,PROPAGATION"),
        nullptr, false);
    ASSERT_TRUE(listed.contains("filesystems"));
    std::map<std::int64_t, const model::Mount*> ours;
    for (const model::Mount& mount : snapshot.mounts.value()) {
        ours.emplace(mount.id, &mount);
    }
    EXPECT_EQ(ours.size(), listed["filesystems"].size());
    const auto joined = [](const std::vector<std::string>& options) {
        std::string text;
        for (const std::string& option : options) {
            text += (text.empty() ? "" : ",") + option;
        }
        return text;
    };
    for (const json& entry : listed["filesystems"]) {
        const auto found = ours.find(entry["id"].get<std::int64_t>());
        ASSERT_NE(found, ours.end()) << entry;
        const model::Mount& mount = *found->second;
        EXPECT_EQ(mount.parent, entry["parent"].get<std::int64_t>());
        EXPECT_EQ(mount.target, base::textFromBytes(entry["target"].get<std::string>()));
        EXPECT_EQ(mount.fsType, entry["fstype"].get<std::string>());
        EXPECT_EQ(mount.root, base::textFromBytes(entry["fsroot"].get<std::string>()));
        EXPECT_EQ(mount.device, entry["maj:min"].get<std::string>());
        EXPECT_EQ(joined(mount.options), entry["vfs-options"].get<std::string>());
        EXPECT_EQ(joined(mount.superOptions), entry["fs-options"].get<std::string>());
        EXPECT_EQ(mount.propagation, entry["propagation"].get<std::string>());
    }
}

/// getpcaps prints "PID: =ep" or "PID: cap_chown,cap_kill=ep"; capsh turns the mask of status into names.
void expectCapabilitiesOfCapsh(const Snapshot& snapshot, pid_t pid) {
    const std::string status = "/proc/" + std::to_string(pid) + "/status";
    struct Case {
        std::string line;
        const model::Fact<model::CapabilitySet>* ours;
    };
    const model::Capabilities& sets = snapshot.capabilities;
    for (const Case& c :
         {Case{"CapInh", &sets.inheritable}, Case{"CapPrm", &sets.permitted}, Case{"CapEff", &sets.effective},
          Case{"CapBnd", &sets.bounding}, Case{"CapAmb", &sets.ambient}}) {
        std::string names = outputOf(
            "capsh --decode=$(awk '$1==\"" + c.line + ":\"{print $2}' " + status + ") | sed 's/.*=//'");
        std::ranges::transform(names, names.begin(), [](unsigned char letter) {
            return letter == ',' ? ' ' : static_cast<char>(std::toupper(letter));
        });
        std::vector<std::string> theirs = wordsIn(names);
        std::ranges::sort(theirs);
        EXPECT_EQ(c.ours->value().sortedNames(), theirs) << c.line;
    }
    const std::string printed = outputOf("getpcaps " + std::to_string(pid) + " 2>&1");
    const bool none = sets.effective.value().empty();
    EXPECT_EQ(printed.find("ep") == std::string::npos, none) << printed;
}

void expectFactsOfTheShell(const Snapshot& snapshot, pid_t pid) {
    const std::string proc = "/proc/" + std::to_string(pid) + "/";
    const auto field = [&](const std::string& name) {
        return wordsIn(outputOf("sed -n 's/^" + name + ":\\t//p' " + proc + "status"));
    };
    EXPECT_EQ(std::to_string(static_cast<int>(snapshot.seccomp.mode.value())), field("Seccomp").at(0));
    EXPECT_EQ(std::to_string(snapshot.seccomp.filterCount.value()), field("Seccomp_filters").at(0));
    EXPECT_EQ(snapshot.identity.noNewPrivileges.value() ? "1" : "0", field("NoNewPrivs").at(0));
    EXPECT_EQ(snapshot.identity.groupsOnHost.value().size(), field("Groups").size());
    EXPECT_EQ(
        std::to_string(snapshot.identity.oomScoreAdj.value()),
        wordsIn(outputOf("cat " + proc + "oom_score_adj")).at(0));
    std::string map;
    for (const model::IdRange& range : snapshot.identity.uidMap.value().ranges) {
        map += std::to_string(range.inside) + " " + std::to_string(range.outside) + " " +
               std::to_string(range.length) + " ";
    }
    EXPECT_EQ(wordsIn(map), wordsIn(outputOf("cat " + proc + "uid_map")));
    EXPECT_EQ(
        wordsIn(outputOf("prlimit --raw --noheadings --nofile -o SOFT,HARD -p " + std::to_string(pid))),
        (std::vector<std::string>{
            std::to_string(snapshot.identity.rlimits.at("RLIMIT_NOFILE").value().soft.value_or(0)),
            std::to_string(snapshot.identity.rlimits.at("RLIMIT_NOFILE").value().hard.value_or(0))}));
}

/// Nodes of the process's /dev as find(1) sees them, type and numbers of each.
void expectDevicesOfFind(const Snapshot& snapshot, pid_t pid) {
    const std::string dev = "/proc/" + std::to_string(pid) + "/root/dev";
    std::map<std::string, std::string> theirs;
    const std::string listed = outputOf(
        "find " + dev +
        " -maxdepth 3 \\( -path '*/dev/pts' -o -path '*/dev/shm' -o -path '*/dev/mqueue' \\) -prune -o "
        "\\( -type b -o -type c \\) -printf '/dev/%P\\n' | while read -r n; do stat -c \"$n %Hr:%Lr\" "
        "/proc/" +
        std::to_string(pid) + "/root$n; done");
    std::istringstream lines(listed);
    for (std::string path, numbers; lines >> path >> numbers;) {
        theirs.emplace(path, numbers);
    }
    for (const char* numbers : {"1:3", "1:5", "1:7", "1:8", "1:9", "5:0", "5:2"}) {
        std::erase_if(theirs, [&](const auto& entry) { return entry.second == numbers; });
    }
    theirs.erase("/dev/console");
    std::map<std::string, std::string> ours;
    for (const model::Device& device : snapshot.devices.value()) {
        ours.emplace(device.path, std::to_string(device.major) + ":" + std::to_string(device.minor));
    }
    EXPECT_EQ(ours, theirs);
}

void expectEqualToEveryTool(pid_t pid) {
    const Snapshot snapshot = collect(pid);
    expectNamespacesOfLsns(snapshot, pid);
    expectMountsOfFindmnt(snapshot, pid);
    expectCapabilitiesOfCapsh(snapshot, pid);
    expectFactsOfTheShell(snapshot, pid);
    if (snapshot.devices.known()) {
        expectDevicesOfFind(snapshot, pid);
    }
}

/// A program that runs until the test is done with it.
class Child {
public:
    explicit Child(std::vector<std::string> command) : m_pid(::fork()) {
        if (m_pid == 0) {
            std::vector<char*> arguments;
            for (std::string& word : command) {
                arguments.push_back(word.data());
            }
            arguments.push_back(nullptr);
            ::execvp(arguments[0], arguments.data());
            ::_exit(127);
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }

    [[nodiscard]] pid_t pid() const { return m_pid; }

    /// The pid of its own child of that name, once it has one.
    [[nodiscard]] pid_t childNamed(const std::string& name) const {
        for (int attempt = 0; attempt < 100; ++attempt) {
            const auto words = wordsIn(outputOf("pgrep -x -P " + std::to_string(m_pid) + " " + name));
            if (!words.empty()) {
                return static_cast<pid_t>(std::stol(words.front()));
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return -1;
    }

private:
    pid_t m_pid;
};

TEST(KernelFacts, ofOurselvesEqualWhatToolsSay) {
    expectEqualToEveryTool(::getpid());
}

TEST(KernelFacts, ofAnUnsharedChildEqualWhatToolsSay) {
    const Child unshare(
        {"unshare", "-U", "-r", "-p", "-f", "-n", "-m", "-i", "-u", "--mount-proc", "--kill-child", "sleep",
         "100"});
    const pid_t pid = unshare.childNamed("sleep");
    if (pid < 0) {
        GTEST_SKIP() << "unshare(1) may not create namespaces here";
    }
    expectEqualToEveryTool(pid);
    const Snapshot snapshot = collect(pid);
    EXPECT_FALSE(snapshot.identity.userNamespaceIsHost.value());
    EXPECT_EQ(snapshot.identity.uid.value().real, 0U);
    for (const auto type :
         {NamespaceType::pid, NamespaceType::net, NamespaceType::mnt, NamespaceType::ipc,
          NamespaceType::uts}) {
        EXPECT_FALSE(snapshot.namespaces.at(type).sharedWithHost.value()) << model::nameOf(type);
        EXPECT_FALSE(snapshot.namespaces.at(type).ownedByHost.value()) << model::nameOf(type);
        EXPECT_TRUE(snapshot.capabilities.over.at(type).value().empty()) << model::nameOf(type);
    }
    EXPECT_FALSE(snapshot.capabilities.effective.value().empty());
    EXPECT_FALSE(snapshot.kernel.modulesLoadable.value());
}

TEST(KernelFacts, aProcessThatIsGoneIsNotFound) {
    pid_t gone = 0;
    {
        const Child child({"sleep", "100"});
        gone = child.pid();
    }
    const os::ProcRoot machine;
    const auto snapshot = collectSnapshot(machine, gone, readHostReference(machine));
    ASSERT_FALSE(snapshot);
    EXPECT_EQ(
        snapshot.error(),
        (base::Error{base::ErrorKind::notFound, "pid " + std::to_string(gone) + ": no such process"}));
}

/// A child with a number of our choice (clone3(2), set_tid), or any, that waits; 0 where the number is taken,
/// or refused.
pid_t childWithNumber(pid_t number) {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    if (number != 0) {
        arguments.set_tid = reinterpret_cast<std::uint64_t>(&number);
        arguments.set_tid_size = 1;
    }
    const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            ::pause();
        }
    }
    return pid < 0 ? 0 : static_cast<pid_t>(pid);
}

void endChild(pid_t pid) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

// The number is another process's by now, for certain: a pinned one stays the one that is gone.
TEST(KernelFacts, aNumberThatIsAnothersIsNotTheProcessThatWasPinned) {
    const pid_t first = childWithNumber(0);
    ASSERT_GT(first, 0);
    const auto pinned = Task::open(os::ProcRoot{}, first);
    ASSERT_TRUE(pinned);
    ASSERT_TRUE(pinned->read("status"));
    endChild(first);
    const pid_t second = childWithNumber(first);
    if (second == 0) {
        ASSERT_NE(errno, EEXIST) << "somebody else has the number already";
        GTEST_SKIP() << "numbers cannot be chosen here (clone3, set_tid): errno " << errno;
    }
    ASSERT_EQ(second, first);
    for (const char* name : {"status", "mountinfo", "cgroup", "uid_map"}) {
        const auto text = pinned->read(name);
        ASSERT_FALSE(text) << name;
        EXPECT_TRUE(text.error().number == ESRCH || text.error().number == ENOENT) << name;
    }
    EXPECT_FALSE(pinned->readLink("ns/mnt"));
    EXPECT_TRUE(Task::open(os::ProcRoot{}, second)->read("status")); // the new one is there
    endChild(second);
}

TEST(KernelFacts, aZombieIsNotFound) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::_exit(0);
    }
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
    const os::ProcRoot machine;
    const auto snapshot = collectSnapshot(machine, pid, readHostReference(machine));
    ASSERT_FALSE(snapshot);
    EXPECT_EQ(
        snapshot.error().message,
        "pid " + std::to_string(pid) + ": has exited (zombie), nothing is left to read");
    ::waitpid(pid, nullptr, 0);
}

TEST(KernelFacts, collectingLeavesNoDescriptorOpen) {
    const auto open = [] {
        return std::distance(
            std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
    };
    collect(::getpid());
    const auto before = open();
    for (int i = 0; i < 10; ++i) {
        collect(::getpid());
    }
    EXPECT_EQ(open(), before);
}

} // namespace
} // namespace bulkhead::kernel
