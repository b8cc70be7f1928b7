#include "core/kernel/subjects.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::kernel {

namespace {

using model::NamespaceType;
using model::Naming;
using model::SubjectKind;
using model::SubjectSummary;

const std::string kA(64, 'a');
const std::string kB(64, 'b');

/// A machine whose namespaces have the numbers 1 to 8, and processes on it.
class Machine {
public:
    Machine() {
        host.known = true;
        for (std::size_t i = 0; i < 8; ++i) {
            host.namespaces[static_cast<NamespaceType>(i)] = {4, i + 1};
        }
        SweptMounts& mounts = sweep.mounts.emplace_back();
        mounts.rootDevice = "0:9";
        mounts.ownRoot = true;
        SweptUserNamespace& user = sweep.users.emplace_back();
        user.inode = 1;
        user.initialMap = true;
    }

    /// `pids` and `others` number its pid namespace and its mount, net, ipc and uts ones; 0 is the host's.
    SweptProcess& add(std::int64_t pid, std::uint64_t pids, std::uint64_t others, const std::string& cgroup) {
        SweptProcess& process = sweep.processes.emplace_back();
        process.pid = pid;
        process.parent = 1;
        process.startTime = static_cast<std::uint64_t>(pid) * 10;
        process.command = "p" + std::to_string(pid);
        process.threads = 1;
        process.innerPid = pids == 0 ? pid : 1;
        process.depth = pids == 0 ? 1 : 2;
        process.namespaces = {1, pids == 0 ? 2 : pids, 3, 4, 5, 6, 7, 8};
        if (others != 0) {
            for (const auto type :
                 {NamespaceType::mnt, NamespaceType::net, NamespaceType::ipc, NamespaceType::uts}) {
                process.namespaces[slotOf(type)] = others * 100 + slotOf(type);
            }
        }
        process.mounts = 0;
        process.user = 0;
        process.cgroup = groupOf(cgroup);
        if (pids != 0) {
            sweep.pidParents.try_emplace(pids, 2);
        }
        return process;
    }

    std::size_t groupOf(const std::string& path) {
        const auto found = std::ranges::find(sweep.cgroups, path, &SweptCgroup::path);
        if (found != sweep.cgroups.end()) {
            return static_cast<std::size_t>(found - sweep.cgroups.begin());
        }
        SweptCgroup& cgroup = sweep.cgroups.emplace_back();
        cgroup.text = "0::" + path;
        cgroup.path = path;
        cgroup.origins = originsOf(path);
        cgroup.unit = unitOf(path);
        return sweep.cgroups.size() - 1;
    }

    static KnownContainer known(const std::string& id, std::int64_t pid) {
        KnownContainer container;
        container.engine = "docker";
        container.id = id;
        container.name = "name-" + id.substr(0, 1);
        container.ref = "oci:" + id;
        container.source = "/run/docker/runtime-runc/moby/" + id + "/state.json";
        container.pid = pid;
        container.startTime = static_cast<std::uint64_t>(pid) * 10;
        return container;
    }

    std::vector<SubjectSummary> subjects(const std::vector<KnownContainer>& states = {}) {
        std::ranges::sort(sweep.processes, {}, &SweptProcess::pid);
        return buildSubjects(sweep, host, states).list.subjects;
    }

    Sweep sweep;
    HostReference host;
};

TEST(Subjects, AStateFileThatFitsVerifiesTheName) {
    Machine machine;
    machine.add(10, 50, 1, "/docker/" + kA);
    const auto subjects = machine.subjects({Machine::known(kA, 10)});
    ASSERT_EQ(subjects.size(), 1U);
    EXPECT_EQ(subjects[0].naming, Naming::verified);
    EXPECT_EQ(subjects[0].name, "name-a");
    EXPECT_EQ(subjects[0].ref, "oci:" + kA);
    EXPECT_EQ(subjects[0].kind, SubjectKind::container);
}

TEST(Subjects, ARecycledPidIsNotBelieved) {
    Machine machine;
    machine.add(10, 50, 1, "/docker/" + kA);
    KnownContainer stale = Machine::known(kA, 10);
    stale.startTime = 99;
    const auto subjects = machine.subjects({stale});
    ASSERT_EQ(subjects.size(), 1U);
    EXPECT_EQ(subjects[0].naming, Naming::claimed);
    EXPECT_EQ(subjects[0].ref, "pid:10");
}

TEST(Subjects, AUsersStateFileCannotNameAnothersProcess) {
    Machine machine;
    machine.add(10, 50, 1, "/x");
    KnownContainer forged = Machine::known(kA, 10);
    forged.fileOwner = 1000;
    auto subjects = machine.subjects({forged});
    ASSERT_EQ(subjects.size(), 1U);
    EXPECT_EQ(subjects[0].naming, Naming::unnamed);
    machine.sweep.users[0].ownerUid = 1000; // his own user namespace
    machine.sweep.users[0].initialMap = false;
    subjects = machine.subjects({forged});
    EXPECT_EQ(subjects[0].naming, Naming::verified);
}

TEST(Subjects, APathAloneIsAClaim) {
    Machine machine;
    machine.add(10, 50, 1, "/docker/" + kA);
    const auto subjects = machine.subjects();
    ASSERT_EQ(subjects.size(), 1U);
    EXPECT_EQ(subjects[0].naming, Naming::claimed);
    EXPECT_EQ(subjects[0].engine, "docker");
    EXPECT_EQ(subjects[0].namedBy, "control group /docker/" + kA);
}

TEST(Subjects, AProcessThatMovedIntoAnothersGroupStaysWhereItsNamespacesAre) {
    Machine machine;
    machine.add(10, 50, 1, "/docker/" + kA);
    machine.add(11, 50, 1, "/docker/" + kB).innerPid = 2; // of container a, in the control group of b
    machine.add(20, 60, 2, "/docker/" + kB);
    const auto subjects = machine.subjects({Machine::known(kA, 10), Machine::known(kB, 20)});
    ASSERT_EQ(subjects.size(), 2U);
    EXPECT_EQ(subjects[0].pid, 10);
    EXPECT_EQ(subjects[0].processes, 2U);
    EXPECT_EQ(
        subjects[0].doubts, (std::vector<std::string>{"a process of it sits in the control group of " + kB}));
    EXPECT_EQ(subjects[1].processes, 1U);
    EXPECT_TRUE(subjects[1].doubts.empty());
}

TEST(Subjects, AForgedGroupOfANamelessContainerMakesNoSecondSubject) {
    Machine machine;
    machine.add(10, 50, 1, "/docker/" + kA);
    machine.add(11, 50, 1, "/docker/" + kB).innerPid = 2; // no container b at all
    const auto subjects = machine.subjects({Machine::known(kA, 10)});
    ASSERT_EQ(subjects.size(), 1U);
    EXPECT_EQ(subjects[0].processes, 2U);
    EXPECT_EQ(subjects[0].doubts.size(), 1U);
}

TEST(Subjects, ExecSessionsComeFromOutside) {
    Machine machine;
    machine.add(10, 50, 1, "/docker/" + kA);
    auto& child = machine.add(11, 50, 1, "/docker/" + kA);
    child.parent = 10;
    child.innerPid = 2;
    auto& exec = machine.add(12, 50, 1, "/docker/" + kA);
    exec.parent = 900; // the shim, which is no confined process
    exec.innerPid = 3;
    auto& below = machine.add(13, 50, 1, "/docker/" + kA);
    below.parent = 12;
    below.innerPid = 4;
    const auto subjects = machine.subjects();
    ASSERT_EQ(subjects.size(), 1U);
    EXPECT_EQ(subjects[0].processes, 4U);
    EXPECT_EQ(subjects[0].execSessions, 1U);
}

TEST(Subjects, JoinedNetworkNamespacesMakeAGroup) {
    Machine machine;
    machine.add(10, 50, 1, "/docker/" + kA);
    auto& joined = machine.add(20, 60, 2, "/docker/" + kB);
    joined.namespaces[slotOf(NamespaceType::net)] = 100 + slotOf(NamespaceType::net);
    machine.add(30, 70, 3, "/docker/" + std::string(64, 'c'));
    const auto subjects = machine.subjects();
    ASSERT_EQ(subjects.size(), 3U);
    EXPECT_EQ(subjects[0].groupKind, "shared");
    EXPECT_EQ(subjects[0].group, "pid:10");
    EXPECT_EQ(subjects[1].group, "pid:10");
    EXPECT_EQ(subjects[1].sharedInGroup, (std::vector{NamespaceType::net}));
    EXPECT_EQ(subjects[2].groupKind, "none");
}

TEST(Subjects, APodIsAGroup) {
    Machine machine;
    const std::string pod = "/kubepods/burstable/pod0f5a3b1c-1111-2222-3333-444455556666/";
    machine.add(10, 50, 1, pod + kA);
    auto& second = machine.add(20, 60, 2, pod + kB);
    second.namespaces[slotOf(NamespaceType::net)] = 100 + slotOf(NamespaceType::net);
    const auto subjects = machine.subjects();
    ASSERT_EQ(subjects.size(), 2U);
    for (const SubjectSummary& subject : subjects) {
        EXPECT_EQ(subject.groupKind, "pod");
        EXPECT_EQ(subject.group, "0f5a3b1c-1111-2222-3333-444455556666");
        EXPECT_EQ(subject.sharedInGroup, (std::vector{NamespaceType::net}));
    }
}

TEST(Subjects, APidNamespaceWithinAnotherIsNested) {
    Machine machine;
    machine.add(10, 50, 1, "/docker/" + kA);
    auto& inner = machine.add(20, 60, 2, "/docker/" + kA);
    inner.depth = 3;
    machine.sweep.pidParents[60] = 50;
    const auto subjects = machine.subjects({Machine::known(kA, 10)});
    ASSERT_EQ(subjects.size(), 2U);
    EXPECT_EQ(subjects[1].pid, 20);
    EXPECT_EQ(subjects[1].parent, subjects[0].ref);
    EXPECT_EQ(subjects[1].group, ""); // nested, and not a pod
}

TEST(Subjects, KindsAreToldApart) {
    Machine machine;
    machine.add(10, 50, 1, "/user.slice/x"); // own pids, mounts and root: a container of nobody's
    machine.add(20, 0, 2, "/system.slice/nginx.service");
    auto& renderer =
        machine.add(30, 60, 0, "/user.slice/session-2.scope"); // a browser's: no mounts of its own
    renderer.seccomp = 2;
    const auto subjects = machine.subjects();
    ASSERT_EQ(subjects.size(), 3U);
    EXPECT_EQ(subjects[0].kind, SubjectKind::container);
    EXPECT_EQ(subjects[0].engine, "");
    EXPECT_EQ(subjects[1].kind, SubjectKind::service);
    EXPECT_EQ(subjects[1].name, "nginx");
    EXPECT_EQ(subjects[2].kind, SubjectKind::sandbox);
}

TEST(Subjects, FilteredProcessesOfOneProgramAreOneSandbox) {
    Machine machine;
    machine.add(10, 0, 0, "/").seccomp = 2;
    auto& child = machine.add(11, 0, 0, "/");
    child.seccomp = 2;
    child.parent = 10;
    machine.add(20, 0, 0, "/").seccomp = 2;
    const auto subjects = machine.subjects();
    ASSERT_EQ(subjects.size(), 2U);
    EXPECT_EQ(subjects[0].processes, 2U);
    EXPECT_EQ(subjects[1].processes, 1U);
}

TEST(Subjects, TwoContainersInOnePidNamespaceStayTwo) {
    Machine machine;
    machine.add(10, 50, 1, "/docker/" + kA);
    machine.add(20, 50, 2, "/docker/" + kB).innerPid = 7;
    const auto subjects = machine.subjects({Machine::known(kA, 10), Machine::known(kB, 20)});
    ASSERT_EQ(subjects.size(), 2U);
    EXPECT_EQ(subjects[0].sharedInGroup, (std::vector{NamespaceType::pid}));
    EXPECT_EQ(subjects[1].parent, "");
}

TEST(Subjects, RefsAreUnique) {
    Machine machine;
    machine.add(10, 50, 1, "/a");
    machine.add(20, 60, 2, "/b");
    auto one = Machine::known("web", 10);
    auto two = Machine::known("web", 20);
    const auto subjects = machine.subjects({one, two});
    ASSERT_EQ(subjects.size(), 2U);
    EXPECT_NE(subjects[0].ref, subjects[1].ref);
}

} // namespace

} // namespace bulkhead::kernel
