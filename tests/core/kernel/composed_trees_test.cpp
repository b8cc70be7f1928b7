// Machines that are not at hand, from trees composed after the documented formats (tests/fixtures/README.md
// names the sources): a Kubernetes node, and Docker on Arm64. What is expected was derived by hand from those
// documents.

#include "core/kernel/collect.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

using model::Exposure;
using model::Limit;
using model::Mount;
using model::MountKind;
using model::NamespaceType;
using model::Snapshot;
using Paths = std::vector<std::string>;

const std::string kPodSlice = "/kubepods.slice/kubepods-burstable.slice/"
                              "kubepods-burstable-pod0a1b2c3d_1111_4222_8333_444455556666.slice";
const std::string kPodFolder = "/var/lib/kubelet/pods/0a1b2c3d-1111-4222-8333-444455556666";

Snapshot collect(const std::string& tree, std::int64_t pid) {
    const auto root = os::ProcRoot::captured(std::filesystem::path("tests/fixtures") / tree);
    auto snapshot = collectSnapshot(root, pid, readHostReference(root));
    EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
    return snapshot ? *snapshot : Snapshot{};
}

Mount mountAt(const Snapshot& snapshot, const std::string& target) {
    for (const Mount& mount : snapshot.mounts.value()) {
        if (mount.target == target && mount.visible) {
            return mount;
        }
    }
    ADD_FAILURE() << "nothing is mounted at " << target;
    return {};
}

std::uint64_t inode(const Snapshot& snapshot, NamespaceType type) {
    return snapshot.namespaces.at(type).inode.value();
}

bool isHosts(const Snapshot& snapshot, NamespaceType type) {
    return snapshot.namespaces.at(type).sharedWithHost.value();
}

Exposure state(const Snapshot& snapshot, const std::string& path) {
    return snapshot.paths.states.at(path).value().state;
}

TEST(ComposedKubernetes, ThePauseContainerHoldsWhatThePodShares) {
    const Snapshot pause = collect("kubernetes-v2", 3001);
    const Snapshot web = collect("kubernetes-v2", 3050);
    EXPECT_EQ(web.host.cgroup.value(), "v2");
    for (const auto type : {NamespaceType::net, NamespaceType::ipc, NamespaceType::uts}) {
        EXPECT_EQ(inode(pause, type), inode(web, type)) << model::nameOf(type);
        EXPECT_FALSE(isHosts(web, type)) << model::nameOf(type);
    }
    for (const auto type : {NamespaceType::pid, NamespaceType::mnt, NamespaceType::cgroup}) {
        EXPECT_NE(inode(pause, type), inode(web, type)) << model::nameOf(type);
        EXPECT_FALSE(isHosts(web, type)) << model::nameOf(type);
    }
    EXPECT_TRUE(isHosts(web, NamespaceType::user) && isHosts(web, NamespaceType::time));
    EXPECT_FALSE(web.network.hostNetwork.value());
    // The sandbox runs as 65535 with no_new_privs and RuntimeDefault; a pod that asks for nothing is
    // unconfined.
    EXPECT_EQ(pause.identity.uid.value(), (model::Ids{65535, 65535, 65535, 65535}));
    EXPECT_TRUE(pause.identity.noNewPrivileges.value());
    EXPECT_EQ(pause.seccomp.mode.value(), model::SeccompMode::filter);
    EXPECT_FALSE(pause.rootfs.writable.value());
    EXPECT_TRUE(pause.capabilities.effective.value().empty());
    EXPECT_EQ(web.seccomp.mode.value(), model::SeccompMode::disabled);
    EXPECT_FALSE(web.identity.noNewPrivileges.value());
    EXPECT_EQ(web.capabilities.effective.value().size(), 14U);
    EXPECT_EQ(web.lsm.apparmor.value(), (model::LsmLabel{"cri-containerd.apparmor.d", "enforce", true}));
}

TEST(ComposedKubernetes, MountsOfAPod) {
    const Snapshot web = collect("kubernetes-v2", 3050);
    const Mount token = mountAt(web, "/run/secrets/kubernetes.io/serviceaccount");
    EXPECT_TRUE(token.readOnly);
    EXPECT_EQ(token.fsType, "tmpfs");
    EXPECT_EQ(
        token.hostPaths.value(),
        Paths{kPodFolder + "/volumes/kubernetes.io~projected/kube-api-access-x7k2p"});
    EXPECT_EQ(mountAt(web, "/etc/hosts").hostPaths.value(), Paths{kPodFolder + "/etc-hosts"});
    EXPECT_EQ(
        mountAt(web, "/dev/termination-log").hostPaths.value(),
        Paths{kPodFolder + "/containers/web/5f0c1d2e"});
    EXPECT_EQ(
        mountAt(web, "/dev/shm").hostPaths.value(),
        Paths{"/run/containerd/io.containerd.grpc.v1.cri/sandboxes/p1/shm"});
    EXPECT_EQ(mountAt(web, "/").kind, MountKind::rootfs);
    EXPECT_TRUE(mountAt(web, "/sys/fs/cgroup").readOnly);
    // The kubelet's list has no /proc/interrupts, which Docker masks.
    EXPECT_EQ(state(web, "/proc/interrupts"), Exposure::exposed);
    for (const char* masked : {"/proc/kcore", "/proc/keys", "/proc/acpi", "/sys/firmware"}) {
        EXPECT_EQ(state(web, masked), Exposure::masked) << masked;
    }
    EXPECT_EQ(state(web, "/proc/sys"), Exposure::readonly);
    EXPECT_TRUE(web.sockets.value().empty());
    EXPECT_TRUE(web.devices.value().empty());
}

TEST(ComposedKubernetes, TheSmallestLimitOnTheWayUpHolds) {
    const Snapshot web = collect("kubernetes-v2", 3050);
    const std::string pod = "/sys/fs/cgroup" + kPodSlice;
    EXPECT_EQ(web.cgroup.path.value(), kPodSlice + "/cri-containerd-a1.scope");
    EXPECT_EQ(web.cgroup.limits.at("pids").value(), (Limit{1024, pod + "/pids.max"}));
    EXPECT_EQ(
        web.cgroup.limits.at("memory").value(),
        (Limit{134217728, pod + "/cri-containerd-a1.scope/memory.max"}));
    EXPECT_EQ(web.cgroup.limits.at("cpu").value(), (Limit{500, pod + "/cri-containerd-a1.scope/cpu.max"}));
    const Snapshot pause = collect("kubernetes-v2", 3001);
    EXPECT_EQ(pause.cgroup.limits.at("memory").value(), (Limit{268435456, pod + "/memory.max"}));
}

TEST(ComposedKubernetes, APodWithoutTheHostsUsers) {
    const Snapshot worker = collect("kubernetes-v2", 4100);
    EXPECT_FALSE(worker.identity.userNamespaceIsHost.value());
    ASSERT_EQ(worker.identity.uidMap.value().ranges.size(), 1U);
    EXPECT_EQ(worker.identity.uidMap.value().ranges.front(), (model::IdRange{0, 131072, 65536}));
    EXPECT_EQ(worker.identity.uid.value(), (model::Ids{0, 0, 0, 0}));
    for (const auto type : {NamespaceType::net, NamespaceType::pid, NamespaceType::mnt, NamespaceType::ipc}) {
        EXPECT_FALSE(worker.namespaces.at(type).ownedByHost.value()) << model::nameOf(type);
    }
    EXPECT_TRUE(worker.namespaces.at(NamespaceType::cgroup).ownedByHost.value());
    EXPECT_EQ(worker.capabilities.effective.value().size(), 14U);
    EXPECT_TRUE(worker.capabilities.over.at(NamespaceType::net).value().empty());
    EXPECT_EQ(
        mountAt(worker, "/cache").hostPaths.value(),
        Paths{"/var/lib/kubelet/pods/77778888-9999-4aaa-8bbb-ccccddddeeee/volumes/kubernetes.io~empty-dir/"
              "cache"});
    EXPECT_EQ(worker.lsm.apparmor.value().mode, "unconfined");
    EXPECT_FALSE(worker.lsm.apparmor.value().enforcing);
}

TEST(ComposedArm64, DockerOnASmallBoard) {
    const Snapshot s = collect("docker-arm64", 1500);
    EXPECT_EQ(s.host.arch.value(), "aarch64");
    EXPECT_EQ(s.host.kernel.value(), "6.12.20-v8-16k+");
    EXPECT_EQ(s.host.cgroup.value(), "v2");
    // No ACPI, no kcore, no RAPL on such a board: absent, which is neither masked nor exposed.
    for (const char* absent : {"/proc/acpi", "/proc/kcore", "/proc/scsi", "/sys/devices/virtual/powercap"}) {
        EXPECT_EQ(state(s, absent), Exposure::absent) << absent;
    }
    EXPECT_EQ(state(s, "/sys/firmware"), Exposure::masked); // the device tree lies there
    EXPECT_EQ(state(s, "/proc/interrupts"), Exposure::masked);
    EXPECT_EQ(s.identity.uid.value(), (model::Ids{1883, 1883, 1883, 1883}));
    // Without root, and without ambient ones, nothing of the fourteen is left to the process
    // (capabilities(7)).
    EXPECT_TRUE(s.capabilities.effective.value().empty());
    EXPECT_EQ(s.capabilities.bounding.value().size(), 14U);
    ASSERT_EQ(s.devices.value().size(), 2U);
    EXPECT_EQ(s.devices.value()[0].path, "/dev/gpiomem");
    EXPECT_EQ(s.devices.value()[1].path, "/dev/mmcblk0");
    EXPECT_TRUE(s.devices.value()[1].hostDisk);
    EXPECT_FALSE(s.devices.value()[0].hostDisk);
    EXPECT_EQ(s.lsm.apparmor.value(), model::LsmLabel{});
}

} // namespace
} // namespace bulkhead::kernel
