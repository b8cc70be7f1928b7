#include "core/kernel/collect.h"
#include "core/model/gaps.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;
using model::Exposure;
using model::Mount;
using model::MountKind;
using model::NamespaceType;
using model::Snapshot;
using Paths = std::vector<std::string>;

os::ProcRoot tree(const std::string& name) {
    return os::ProcRoot::captured(fs::path("tests/fixtures") / name);
}

Snapshot collect(const os::ProcRoot& root, std::int64_t pid) {
    auto snapshot = collectSnapshot(root, pid, readHostReference(root));
    EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
    return snapshot ? *snapshot : Snapshot{};
}

const Mount* mountAt(const Snapshot& snapshot, const std::string& target) {
    for (const Mount& mount : snapshot.mounts.value()) {
        if (mount.target == target && mount.visible) {
            return &mount;
        }
    }
    return nullptr;
}

std::map<std::string, model::Unreadable> gapsByPath(const Snapshot& snapshot) {
    std::map<std::string, model::Unreadable> gaps;
    for (const model::Gap& gap : model::gapsOf(snapshot)) {
        gaps.emplace(gap.path, gap.why);
    }
    return gaps;
}

// What runc 1.1.5 was asked for when the tree was captured: a plain container, one bind, one node, limits.
TEST(CollectRunc, identityAndNamespaces) {
    const Snapshot s = collect(tree("runc-hybrid"), 4441);
    EXPECT_EQ(s.vantage, model::Vantage::enforced);
    EXPECT_EQ(s.subject.pid, 4441);
    EXPECT_TRUE(s.stability.stable);
    EXPECT_EQ(s.host.reference.value(), "known");
    EXPECT_EQ(s.host.distro.value(), "Debian GNU/Linux 12 (bookworm)");
    EXPECT_EQ(s.host.cgroup.value(), "hybrid");
    EXPECT_EQ(s.host.lsms.gap().reason, "/sys/kernel/security/lsm: ENOENT");
    EXPECT_EQ(s.host.yama.value(), "absent");
    EXPECT_TRUE(s.identity.userNamespaceIsHost.value());
    EXPECT_EQ(s.identity.uid.value(), (model::Ids{0, 0, 0, 0}));
    const auto shared = [&](NamespaceType type) { return s.namespaces.at(type).sharedWithHost.value(); };
    EXPECT_TRUE(shared(NamespaceType::user) && shared(NamespaceType::cgroup) && shared(NamespaceType::time));
    for (const auto type :
         {NamespaceType::pid, NamespaceType::mnt, NamespaceType::net, NamespaceType::ipc,
          NamespaceType::uts}) {
        EXPECT_FALSE(shared(type)) << model::nameOf(type);
        EXPECT_TRUE(s.namespaces.at(type).ownedByHost.value()) << model::nameOf(type);
    }
    EXPECT_EQ(s.namespaces.at(NamespaceType::pid).level.value(), 1);
    EXPECT_EQ(s.namespaces.at(NamespaceType::pid).parent.value(), 4026531836U);
    EXPECT_TRUE(s.namespaces.at(NamespaceType::net).parent.unstated());
    EXPECT_TRUE(s.namespaces.at(NamespaceType::uts).level.unstated());
    EXPECT_TRUE(s.namespaces.at(NamespaceType::user).parent.unstated());
    EXPECT_FALSE(s.network.hostNetwork.value());
}

TEST(CollectRunc, mountsPathsAndKernel) {
    const Snapshot s = collect(tree("runc-hybrid"), 4441);
    EXPECT_EQ(s.mounts.value().size(), 26U);
    EXPECT_EQ(s.mounts.value().front().kind, MountKind::rootfs);
    EXPECT_EQ(s.mounts.value().front().hostPaths.value(), Paths{"/srv/lab/web/rootfs"});
    const Mount* shared = mountAt(s, "/mnt/shared");
    ASSERT_NE(shared, nullptr);
    EXPECT_EQ(shared->kind, MountKind::bind);
    EXPECT_EQ(shared->hostPaths.value(), Paths{"/srv/lab/shared"});
    EXPECT_FALSE(shared->readOnly);
    EXPECT_TRUE(s.rootfs.writable.value());
    const auto state = [&](const std::string& path) { return s.paths.states.at(path).value().state; };
    EXPECT_EQ(state("/proc/acpi"), Exposure::masked);
    EXPECT_EQ(state("/proc/keys"), Exposure::masked);
    EXPECT_EQ(state("/proc/sys"), Exposure::readonly);
    EXPECT_EQ(state("/proc/kcore"), Exposure::absent);
    EXPECT_EQ(state("/proc/interrupts"), Exposure::exposed);
    EXPECT_TRUE(s.kernel.writableKnobs.value().empty());
    EXPECT_FALSE(s.kernel.modulesLoadable.value());
    EXPECT_EQ(s.seccomp.mode.value(), model::SeccompMode::disabled);
    EXPECT_EQ(s.lsm.apparmor.value(), model::LsmLabel{});
    EXPECT_EQ(s.capabilities.effective.value().size(), 14U);
    EXPECT_EQ(s.capabilities.over.at(NamespaceType::net).value().size(), 0U);
}

TEST(CollectRunc, limitsAndDevices) {
    const Snapshot s = collect(tree("runc-hybrid"), 4441);
    const auto limit = [&](const std::string& name) { return s.cgroup.limits.at(name).value(); };
    EXPECT_EQ(s.cgroup.path.value(), "/lab/web");
    EXPECT_EQ(limit("pids"), (model::Limit{64, "/sys/fs/cgroup/pids/lab/web/pids.max"}));
    EXPECT_EQ(
        limit("memory"), (model::Limit{67108864, "/sys/fs/cgroup/memory/lab/web/memory.limit_in_bytes"}));
    EXPECT_EQ(
        limit("swap"), (model::Limit{33554432, "/sys/fs/cgroup/memory/lab/web/memory.memsw.limit_in_bytes"}));
    EXPECT_EQ(limit("cpu"), (model::Limit{500, "/sys/fs/cgroup/cpu/lab/web/cpu.cfs_quota_us"}));
    EXPECT_EQ(limit("io"), model::Limit{});
    EXPECT_EQ(limit("cpus"), (model::Limit{1, "/sys/fs/cgroup/cpuset/lab/web/cpuset.cpus"}));
    EXPECT_EQ(s.cgroup.devicePolicy.bpf.value(), 0);
    EXPECT_EQ(s.cgroup.devicePolicy.effective.value(), s.cgroup.devicePolicy.v1.value());
    EXPECT_FALSE(s.cgroup.devicePolicy.effective.value().allowsAll());
    ASSERT_EQ(s.devices.value().size(), 1U);
    EXPECT_EQ(s.devices.value()[0].path, "/dev/kmsg");
    EXPECT_EQ(s.devices.value()[0].deviceClass, model::DeviceClass::log);
    EXPECT_TRUE(s.sockets.value().empty());
}

TEST(CollectDocker, volumesSharesAndPolicy) {
    const Snapshot s = collect(tree("docker-v2-apparmor"), 2210);
    EXPECT_EQ(s.host.cgroup.value(), "v2");
    EXPECT_EQ(s.host.lsms.value().back(), "apparmor");
    EXPECT_EQ(s.host.lockdown.value(), "none");
    EXPECT_FALSE(s.host.userns.unprivileged.value());
    EXPECT_EQ(s.host.knobs.at("kernel.core_pattern").value(), "|/usr/share/apport/apport -p%p");
    EXPECT_EQ(s.lsm.apparmor.value(), (model::LsmLabel{"docker-default", "enforce", true}));
    EXPECT_EQ(s.lsm.selinux.value(), model::LsmLabel{});
    EXPECT_EQ(s.seccomp.mode.value(), model::SeccompMode::filter);
    EXPECT_EQ(s.seccomp.filterCount.value(), 1);
    EXPECT_EQ(mountAt(s, "/")->overlay->lower.size(), 2U);
    EXPECT_EQ(mountAt(s, "/var/lib/data")->kind, MountKind::volume);
    EXPECT_EQ(mountAt(s, "/var/lib/data")->propagation, "slave");
    EXPECT_EQ(mountAt(s, "/etc/resolv.conf")->kind, MountKind::bind);
    EXPECT_EQ(mountAt(s, "/run/docker.sock")->kind, MountKind::socket);
    const Mount* share = mountAt(s, "/mnt/a b");
    ASSERT_NE(share, nullptr);
    EXPECT_EQ(share->hostPaths.value(), Paths{"/srv/exports/a b"});
    EXPECT_TRUE(share->sharedWithHostPeer.value());
    EXPECT_TRUE(share->readOnly);
    const auto gaps = gapsByPath(s);
    EXPECT_EQ(
        s.cgroup.devicePolicy.effective.value().lines(),
        (Paths{
            "b *:* m", "c *:* m", "c 136:* rw", "c 1:3 rw", "c 1:5 rw", "c 1:7 rw", "c 1:8 rw", "c 1:9 rw",
            "c 5:0 rw", "c 5:2 rw"}));
    EXPECT_EQ(gaps.at("sockets").reason, "root/run/docker.sock: a captured tree holds no sockets");
    EXPECT_TRUE(s.cgroup.devicePolicy.v1.unstated());
    EXPECT_TRUE(s.kernel.writableKnobs.value().empty());
    for (const auto& [path, fact] : s.paths.states) {
        EXPECT_FALSE(fact.value().writable) << path;
    }
}

TEST(CollectDocker, theTightestAncestorSetsTheLimit) {
    const Snapshot s = collect(tree("docker-v2-apparmor"), 2210);
    const auto limit = [&](const std::string& name) { return s.cgroup.limits.at(name).value(); };
    EXPECT_EQ(limit("memory"), (model::Limit{4294967296, "/sys/fs/cgroup/system.slice/memory.max"}));
    EXPECT_EQ(limit("pids"), (model::Limit{512, "/sys/fs/cgroup/system.slice/docker-c1.scope/pids.max"}));
    EXPECT_EQ(limit("cpu"), (model::Limit{1500, "/sys/fs/cgroup/system.slice/docker-c1.scope/cpu.max"}));
    EXPECT_EQ(limit("io"), (model::Limit{1048576, "/sys/fs/cgroup/system.slice/docker-c1.scope/io.max"}));
    EXPECT_EQ(limit("swap"), model::Limit{});
}

TEST(CollectPodman, idsAreTheContainersOwn) {
    const Snapshot s = collect(tree("podman-selinux"), 3120);
    EXPECT_FALSE(s.identity.userNamespaceIsHost.value());
    EXPECT_EQ(s.identity.uid.value(), (model::Ids{0, 0, 0, 0}));
    EXPECT_EQ(s.identity.gid.value(), (model::Ids{48, 48, 48, 48}));
    EXPECT_EQ(s.identity.groups.value(), (std::vector<std::uint32_t>{0, 65534}));
    EXPECT_EQ(s.identity.groupsOnHost.value(), (std::vector<std::uint32_t>{1000, 65534}));
    EXPECT_EQ(s.identity.uidMap.value().toText(), "0 1000 1; 1 100000 65536");
    EXPECT_EQ(s.identity.oomScoreAdj.value(), 200);
    EXPECT_EQ(s.identity.rlimits.size(), 16U);
    EXPECT_EQ(
        s.lsm.selinux.value(), (model::LsmLabel{"system_u:system_r:container_t:s0:c1,c2", "enforce", true}));
    EXPECT_EQ(s.lsm.apparmor.value(), model::LsmLabel{});
    EXPECT_EQ(s.host.lockdown.value(), "integrity");
    const auto& user = s.namespaces.at(NamespaceType::user);
    EXPECT_FALSE(user.sharedWithHost.value());
    EXPECT_TRUE(user.ownedByHost.value());
    EXPECT_EQ(user.ownerUid.value(), 1000U);
    EXPECT_EQ(user.level.value(), 1);
    EXPECT_FALSE(s.namespaces.at(NamespaceType::net).ownedByHost.value());
    EXPECT_TRUE(s.namespaces.at(NamespaceType::time).sharedWithHost.value());
    EXPECT_TRUE(s.capabilities.over.at(NamespaceType::time).value().empty());
    EXPECT_FALSE(s.kernel.modulesLoadable.value());
}

TEST(CollectPodman, boundDevicesAreFurnitureAndDeletedSourcesAreSaid) {
    const Snapshot s = collect(tree("podman-selinux"), 3120);
    EXPECT_EQ(mountAt(s, "/dev/null")->kind, MountKind::dev);
    EXPECT_EQ(mountAt(s, "/proc/kcore")->kind, MountKind::masked);
    EXPECT_TRUE(mountAt(s, "/work")->idmap);
    EXPECT_EQ(mountAt(s, "/work")->hostPaths.value(), Paths{"/home/ada/work"});
    EXPECT_TRUE(mountAt(s, "/gone")->deleted);
    EXPECT_TRUE(mountAt(s, "/gone")->hostPaths.value().empty());
    EXPECT_EQ(mountAt(s, "/")->overlay->upper, "/home/ada/.local/share/containers/storage/overlay/u/diff");
    EXPECT_EQ(s.cgroup.limits.at("pids").value().value, 4096U);
    EXPECT_TRUE(s.cgroup.devicePolicy.effective.value().allowsAll());
    EXPECT_TRUE(s.devices.value().empty());
    EXPECT_EQ(s.paths.states.at("/proc/sysrq-trigger").value(), (model::PathState{Exposure::exposed, true}));
}

/// A copy of a captured tree that a test may damage; removed with it.
class DamagedTree {
public:
    explicit DamagedTree(const std::string& name)
        : m_folder(
              fs::temp_directory_path() / ("bulkhead-kernel-" + std::to_string(::getpid()) + "-" + name)) {
        fs::remove_all(m_folder);
        fs::copy(fs::path("tests/fixtures") / name, m_folder, fs::copy_options::recursive);
    }
    DamagedTree(const DamagedTree&) = delete;
    DamagedTree& operator=(const DamagedTree&) = delete;
    ~DamagedTree() { fs::remove_all(m_folder); }

    void write(const std::string& path, const std::string& text) const {
        std::ofstream(m_folder / path) << text;
    }
    void remove(const std::string& path) const { fs::remove_all(m_folder / path); }
    [[nodiscard]] os::ProcRoot root() const { return os::ProcRoot::captured(m_folder); }

private:
    fs::path m_folder;
};

TEST(CollectDamaged, aGroupThatIsGoneIsNoGroupWithoutLimits) {
    const DamagedTree damaged("docker-v2-apparmor");
    damaged.remove("sys/fs/cgroup/system.slice/docker-c1.scope");
    const Snapshot s = collect(damaged.root(), 2210);
    EXPECT_EQ(
        gapsByPath(s).at("cgroup.limits.memory").reason,
        "/sys/fs/cgroup/system.slice/docker-c1.scope: was removed, its limits cannot be read");
}

TEST(CollectDamaged, limitsAboveOurViewAreAGap) {
    const DamagedTree damaged("docker-v2-apparmor");
    damaged.write("sys/fs/cgroup/cgroup.events", "populated 1\n"); // only a root has none
    const Snapshot s = collect(damaged.root(), 2210);
    EXPECT_EQ(
        gapsByPath(s).at("cgroup.limits.memory").reason,
        "/sys/fs/cgroup is not the root of its hierarchy, groups above it may set a lower limit (at most "
        "4294967296)");
}

TEST(CollectDamaged, aTruncatedMountinfoIsAGapThatNamesTheLine) {
    const DamagedTree damaged("podman-selinux");
    damaged.write("proc/3120/mountinfo", "900 880 0:70 / / rw - overlay overlay rw\n901 900 0:71 / /pro");
    const Snapshot s = collect(damaged.root(), 3120);
    const auto gaps = gapsByPath(s);
    for (const char* path :
         {"mounts", "rootfs.writable", "paths[\"/proc/sys\"]", "devices", "sockets",
          "kernel.writableKnobs"}) {
        ASSERT_TRUE(gaps.contains(path)) << path;
        EXPECT_EQ(gaps.at(path).reason, "mountinfo line 2: fewer than 10 fields") << path;
    }
    EXPECT_EQ(s.identity.gid.value().real, 48U); // the rest stands
}

// A chrooted process sees no mount, or some below its root: that is no proof that nothing of the host is in
// sight.
TEST(CollectDamaged, aRootThatIsNoMountPointMakesMountsAGap) {
    for (const char* mountinfo : {"", "901 900 0:71 / /proc rw - proc proc rw\n"}) {
        const DamagedTree damaged("podman-selinux");
        damaged.write("proc/3120/mountinfo", mountinfo);
        const auto gaps = gapsByPath(collect(damaged.root(), 3120));
        for (const char* path :
             {"mounts", "rootfs.writable", "paths[\"/proc/sys\"]", "sockets", "kernel.writableKnobs"}) {
            ASSERT_TRUE(gaps.contains(path)) << path;
            EXPECT_EQ(
                gaps.at(path).reason,
                "the root of the process is no mount point (chroot): what it lies on is not shown")
                << path;
        }
    }
}

TEST(CollectDamaged, missingFilesAreGapsOfTheirFacts) {
    const DamagedTree damaged("docker-v2-apparmor");
    damaged.remove("proc/2210/ns/net");
    damaged.remove("proc/2210/uid_map");
    damaged.remove("proc/2210/limits");
    damaged.write("proc/2210/cgroup", "nonsense\n");
    const auto gaps = gapsByPath(collect(damaged.root(), 2210));
    EXPECT_EQ(gaps.at("namespaces.net.sharedWithHost").reason, "ns/net: ENOENT");
    EXPECT_EQ(gaps.at("network.hostNetwork").reason, "ns/net: ENOENT");
    EXPECT_EQ(gaps.at("capabilities.over.net").reason, "ns/net: ENOENT");
    EXPECT_EQ(gaps.at("identity.uid").reason, "uid_map: ENOENT");
    EXPECT_EQ(gaps.at("identity.rlimits.all").reason, "limits: ENOENT");
    EXPECT_EQ(gaps.at("cgroup.limits.pids").reason, "cgroup line 1: expected ID:CONTROLLERS:PATH");
}

TEST(CollectDamaged, anUnknownHostMakesEverySharingAGap) {
    const DamagedTree damaged("docker-v2-apparmor");
    damaged.write("proc/1/uid_map", "         0     100000      65536\n");
    const os::ProcRoot root = damaged.root();
    EXPECT_FALSE(readHostReference(root).known);
    const Snapshot s = collect(root, 2210);
    EXPECT_EQ(s.host.reference.value(), "unknown");
    for (const auto& [type, facts] : s.namespaces) {
        ASSERT_TRUE(facts.sharedWithHost.unreadable()) << model::nameOf(type);
        EXPECT_EQ(
            facts.sharedWithHost.gap().reason,
            "the host's own namespaces are not known: Bulkhead may run inside a container");
    }
    EXPECT_TRUE(s.mounts.value().front().hostPaths.unreadable());
    EXPECT_TRUE(s.capabilities.over.at(NamespaceType::net).unreadable());
}

TEST(CollectErrors, nameThePid) {
    const os::ProcRoot root = tree("docker-v2-apparmor");
    const HostReference host = readHostReference(root);
    const auto errorOf = [&](const os::ProcRoot& at, std::int64_t pid) {
        return collectSnapshot(at, pid, host).error();
    };
    EXPECT_EQ(errorOf(root, 1234), (base::Error{base::ErrorKind::notFound, "pid 1234: no such process"}));
    EXPECT_EQ(errorOf(root, 0), (base::Error{base::ErrorKind::notFound, "pid 0: no such process"}));
    EXPECT_EQ(errorOf(root, -5), (base::Error{base::ErrorKind::notFound, "pid -5: no such process"}));
    EXPECT_EQ(errorOf(root, 99999999999).message, "pid 99999999999: no such process");
    const DamagedTree odd("docker-v2-apparmor");
    const std::string rest = " 1 1 1 0 -1 4194560 0 0 0 0 0 1 0 0 20 0 1 0 348394 0 0";
    odd.write("proc/2210/stat", "2210 (x) Z" + rest);
    EXPECT_EQ(
        errorOf(odd.root(), 2210),
        (base::Error{base::ErrorKind::notFound, "pid 2210: has exited (zombie), nothing is left to read"}));
    odd.write("proc/2210/stat", "2210 (x) S 1 1 1 0 -1 2129984 0 0 0 0 0 1 0 0 20 0 1 0 348394 0 0");
    EXPECT_EQ(
        errorOf(odd.root(), 2210),
        (base::Error{base::ErrorKind::unsupported, "pid 2210: a kernel thread, it has no boundary"}));
    odd.write("proc/2210/stat", "2210 (x) S" + rest);
    odd.write("proc/2210/status", "Name:\tx\nTgid:\t2200\nUid:\t0\t0\t0\t0\n");
    EXPECT_EQ(errorOf(odd.root(), 2210).message, "pid 2210: a thread of process 2200, name that one");
}

} // namespace
} // namespace bulkhead::kernel
