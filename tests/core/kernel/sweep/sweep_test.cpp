#include "core/kernel/subjects.h"
#include "core/kernel/sweep.h"
#include "core/os/file.h"
#include "core/os/temporary_directory.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

namespace bulkhead::kernel {

namespace {

namespace fs = std::filesystem;

/// A machine as a folder of files, in the formats of proc(5); links are files with the link's text
/// (tests/fixtures/README.md).
class Folder {
public:
    Folder() : m_folder(std::move(*os::TemporaryDirectory::make("sweep"))) {
        process("self", 100, {});
        process("1", 1, {});
        host = readHostReference(root());
    }

    struct Differs {
        std::string pidSpace = "4026531836";
        std::string mountSpace = "4026531832";
        std::string nsPid = "";
        std::string seccomp = "0";
        std::string root = "/";
        std::string cgroup = "0::/\n";
        std::string mounts = "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n";
        std::string uidMap = "0 0 4294967295\n";
        char state = 'S';
        std::string flags = "4194560";
        std::string threads = "1";
        std::string groups = "";
    };

    void process(const std::string& name, int pid, const Differs& differs) {
        const fs::path folder = m_folder.path() / "proc" / name;
        fs::create_directories(folder / "ns");
        const std::string number = std::to_string(pid);
        write(
            folder / "stat", number + " (p) " + differs.state + " 1 1 1 0 -1 " + differs.flags +
                                 " 0 0 0 0 0 0 0 0 20 0 " + differs.threads + " 0 " + number + "0 0 0");
        write(
            folder / "status", "Name:\tp\nTgid:\t" + number +
                                   "\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t" + differs.groups +
                                   "\nNSpid:\t" + (differs.nsPid.empty() ? number : differs.nsPid) +
                                   "\nSeccomp:\t" + differs.seccomp + "\n");
        write(folder / "cgroup", differs.cgroup);
        write(folder / "mountinfo", differs.mounts);
        write(folder / "uid_map", differs.uidMap);
        write(folder / "root", differs.root);
        const std::array<std::pair<std::string, std::string>, 8> links = {{
            {"user", "user:[4026531837]\nparent EPERM\n"},
            {"pid", "pid:[" + differs.pidSpace + "]\n"},
            {"mnt", "mnt:[" + differs.mountSpace + "]\n"},
            {"net", "net:[4026531833]\n"},
            {"ipc", "ipc:[4026531839]\n"},
            {"uts", "uts:[4026531838]\n"},
            {"cgroup", "cgroup:[4026531835]\n"},
            {"time", "time:[4026531834]\n"},
        }};
        for (const auto& [type, text] : links) {
            write(folder / "ns" / type, text);
        }
    }

    void remove(const std::string& name) { fs::remove_all(m_folder.path() / "proc" / name); }
    [[nodiscard]] os::ProcRoot root() const { return os::ProcRoot::captured(m_folder.path()); }
    [[nodiscard]] Sweep sweep() const { return *sweepProcesses(root(), host); }

    HostReference host;

private:
    static void write(const fs::path& file, const std::string& text) {
        ASSERT_TRUE(os::writeFileAtomically(file, text));
    }
    os::TemporaryDirectory m_folder;
};

TEST(Sweep, KeepsTheConfinedAndCountsTheRest) {
    Folder folder;
    ASSERT_TRUE(folder.host.known) << folder.host.evidence;
    folder.process("10", 10, {.pidSpace = "4026532001", .nsPid = "10\t1"});
    folder.process("11", 11, {.seccomp = "2"});
    folder.process("12", 12, {.root = "/srv/jail"});
    folder.process("13", 13, {});
    folder.process("14", 14, {.flags = "2129984"}); // a kernel thread
    folder.process("15", 15, {.pidSpace = "4026532001", .state = 'Z'});
    const Sweep sweep = folder.sweep();
    std::vector<std::int64_t> pids;
    for (const SweptProcess& process : sweep.processes) {
        pids.push_back(process.pid);
    }
    EXPECT_EQ(pids, (std::vector<std::int64_t>{10, 11, 12}));
    EXPECT_EQ(sweep.kernelThreads, 1U);
    EXPECT_EQ(sweep.onHost, 3U); // 1, 13 and the zombie
    EXPECT_EQ(sweep.looked, 6U);
    EXPECT_EQ(sweep.unreadable, 0U);
}

// proc(5): links and mounts of a main thread that has ended lead nowhere, those of its other threads do.
TEST(Sweep, KeepsAProcessWhoseMainThreadHasEnded) {
    Folder folder;
    folder.process("10", 10, {.nsPid = "10\t1", .state = 'Z', .threads = "3"});
    for (const char* link : {"ns", "mountinfo", "root"}) {
        fs::remove_all(folder.root().proc / "10" / link);
    }
    folder.process("10/task/11", 11, {.state = 'Z'});
    folder.process("10/task/12", 12, {.pidSpace = "4026532001", .mountSpace = "4026532002"});
    folder.process("13", 13, {.state = 'Z', .threads = "2"});
    folder.process("13/task/13", 13, {.state = 'Z'}); // the last of its threads ended meanwhile
    const Sweep sweep = folder.sweep();
    ASSERT_EQ(sweep.processes.size(), 1U);
    EXPECT_EQ(sweep.processes[0].pid, 10);
    EXPECT_EQ(sweep.processes[0].thread, 12);
    EXPECT_EQ(sweep.processes[0].innerPid, 1); // of the process, not of the thread
    EXPECT_EQ(sweep.processes[0].namespaces[slotOf(model::NamespaceType::mnt)], 4026532002U);
    EXPECT_EQ(sweep.onHost, 1U); // 1
    EXPECT_EQ(sweep.vanished, 1U);
    EXPECT_EQ(buildSubjects(sweep, folder.host, {}).list.subjects.at(0).pid, 10);
}

TEST(Sweep, KeepsAProcessWithAsManyGroupsAsThereCanBe) {
    Folder folder;
    std::string groups;
    for (std::uint32_t group = 3000000000U; group < 3000065536U; ++group) { // NGROUPS_MAX
        groups += std::to_string(group) + " ";
    }
    folder.process("10", 10, {.pidSpace = "4026532001", .nsPid = "10\t1", .seccomp = "2", .groups = groups});
    const Sweep sweep = folder.sweep();
    ASSERT_EQ(sweep.processes.size(), 1U);
    EXPECT_EQ(sweep.processes[0].seccomp, 2);
    EXPECT_EQ(sweep.vanished, 0U);
}

TEST(Sweep, ReadsWhatIsSharedOnce) {
    Folder folder;
    for (int pid = 10; pid < 20; ++pid) {
        folder.process(
            std::to_string(pid), pid,
            {.mountSpace = "4026532002",
             .mounts = pid == 10 ? "30 1 0:9 / / rw - overlay overlay rw\n" : "rubbish"});
    }
    const Sweep sweep = folder.sweep();
    ASSERT_EQ(sweep.processes.size(), 10U);
    ASSERT_EQ(sweep.mounts.size(), 1U); // nine of them have another text, which nobody read
    EXPECT_EQ(sweep.cgroups.size(), 1U);
    EXPECT_EQ(sweep.users.size(), 1U);
}

TEST(Sweep, MountsAreReadWhereTheyTellAContainer) {
    Folder folder;
    const std::string mounts = "30 1 0:9 / / rw - overlay overlay rw\n";
    folder.process("10", 10, {.mountSpace = "4026532002", .mounts = mounts});
    folder.process(
        "11", 11, {.pidSpace = "4026532001", .mountSpace = "4026532002", .nsPid = "11\t1", .mounts = mounts});
    folder.process("12", 12, {.mountSpace = "4026532003", .mounts = mounts}); // a service's, say
    const Sweep sweep = folder.sweep();
    ASSERT_EQ(sweep.processes.size(), 3U);
    const auto seen = [&](std::size_t process) { return sweep.mounts.at(*sweep.processes[process].mounts); };
    EXPECT_EQ(sweep.processes[0].mounts, sweep.processes[1].mounts); // whoever came first
    EXPECT_EQ(seen(1).rootDevice, "0:9");
    EXPECT_FALSE(seen(2).read);
    const auto subjects = buildSubjects(sweep, folder.host, {}).list.subjects;
    const auto container = std::ranges::find(subjects, 11, &model::SubjectSummary::pid);
    ASSERT_NE(container, subjects.end());
    EXPECT_EQ(container->kind, model::SubjectKind::container);
}

TEST(Sweep, AProcessWithoutFilesHasGone) {
    Folder folder;
    folder.process("10", 10, {.seccomp = "2"});
    fs::create_directories(folder.root().proc / "11"); // its files went with it
    const Sweep sweep = folder.sweep();
    EXPECT_EQ(sweep.processes.size(), 1U);
    EXPECT_EQ(sweep.vanished, 1U);
}

TEST(Sweep, SaysThatProcIsMissing) {
    const auto sweep = sweepProcesses(os::ProcRoot::captured("/nowhere-at-all"), {});
    ASSERT_FALSE(sweep);
    EXPECT_EQ(sweep.error().message, "/nowhere-at-all/proc: No such file or directory");
}

TEST(Sweep, HidepidIsAGap) {
    Folder folder;
    folder.process(
        "self", 100,
        {.mounts = "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n21 20 0:4 / /proc rw - proc proc rw,hidepid=2\n"});
    const Sweep sweep = folder.sweep();
    EXPECT_TRUE(sweep.hidden);
    const auto subjects = buildSubjects(sweep, folder.host, {});
    ASSERT_EQ(subjects.list.gaps.size(), 1U);
    EXPECT_EQ(subjects.list.gaps[0], "/proc is mounted with hidepid: processes of others may be missing");
}

} // namespace

} // namespace bulkhead::kernel
