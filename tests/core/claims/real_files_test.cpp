// Documents in the manner of what well-known projects ship (tests/fixtures/deployments). What they ask for is
// worked out by hand from the documents and from what the engines do with them.

#include "core/claims/import.h"
#include "core/os/file.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>

namespace bulkhead::claims {
namespace {

using model::NamespaceType;
using model::Snapshot;
using Words = std::vector<std::string>;

/// The subjects of a file by name.
std::map<std::string, Snapshot> subjectsOf(const std::string& name) {
    const std::string file = "tests/fixtures/deployments/" + name + ".yaml";
    const auto text = os::readFile(file);
    EXPECT_TRUE(text) << file;
    ImportOptions options;
    options.ground.architecture = "x86_64";
    options.ground.apparmor = true;
    options.ground.devices = {{"/dev/kmsg", 'c', 1, 11, 0600, 0, 0}, {"/dev/sda", 'b', 8, 0, 0660, 0, 6}};
    const auto all = importDocument(text.value_or(""), file, options);
    EXPECT_TRUE(all) << all.error().message;
    std::map<std::string, Snapshot> out;
    for (const Snapshot& snapshot : all.value_or(std::vector<Snapshot>())) {
        out.emplace(snapshot.subject.name, snapshot);
    }
    return out;
}

/// "kind source options propagation" of the mount at a target.
std::string mountAt(const Snapshot& snapshot, const std::string& target) {
    const auto& mounts = snapshot.mounts.value();
    const auto found = std::ranges::find(mounts, target, &model::Mount::target);
    if (found == mounts.end()) {
        return "none";
    }
    return std::string(model::nameOf(found->kind)) + " " + found->source + " " +
           (found->readOnly ? "ro" : "rw") + " " + found->propagation;
}

Words socketsOf(const Snapshot& snapshot) {
    Words out;
    for (const model::RuntimeSocket& socket : snapshot.sockets.value()) {
        out.push_back(socket.kind + " " + socket.path);
    }
    return out;
}

Words shared(const Snapshot& snapshot) {
    Words out;
    for (const auto& [type, entry] : snapshot.namespaces) {
        if (entry.sharedWithHost.valueOr(false)) {
            out.emplace_back(model::nameOf(type));
        }
    }
    return out;
}

TEST(RealFiles, Falco) {
    const auto all = subjectsOf("falco");
    ASSERT_EQ(all.size(), 2U);
    const Snapshot& falco = all.at("daemonset/falco/falco");
    EXPECT_TRUE(falco.config.privileged.value());
    EXPECT_EQ(mountAt(falco, "/host/var/run"), "bind /run/containerd rw private")
        << "/run/containerd/ on /host/var/run/, slashes at their ends";
    EXPECT_EQ(socketsOf(falco), Words{"containerd /host/var/run/containerd.sock"});
    EXPECT_EQ(mountAt(falco, "/host/proc"), "proc /proc rw private");
    EXPECT_EQ(mountAt(falco, "/host/etc"), "bind /etc ro private");
    EXPECT_EQ(mountAt(falco, "/etc/falco/falco.yaml"), "volume  ro private")
        << "of a ConfigMap, which the kubelet mounts read-only unasked";
    EXPECT_EQ(falco.cgroup.limits.at("memory").value().value, 1073741824U);
    EXPECT_EQ(falco.cgroup.limits.at("cpu").value().value, 1000U);
    EXPECT_EQ(falco.config.notUnderstood.value(), Words{});
    EXPECT_EQ(all.at("daemonset/falco/falcoctl").group.role, "init");
}

TEST(RealFiles, Cilium) {
    const auto all = subjectsOf("cilium");
    ASSERT_EQ(all.size(), 3U);
    const Snapshot& agent = all.at("daemonset/cilium/cilium-agent");
    // CHOWN 0, DAC_OVERRIDE 1, FOWNER 3, KILL 5, SETGID 6, SETUID 7, NET_ADMIN 12, NET_RAW 13, IPC_LOCK 14,
    // SYS_MODULE 16, SYS_ADMIN 21, SYS_RESOURCE 24
    EXPECT_EQ(agent.capabilities.bounding.value().mask(), 0x12170ebU);
    EXPECT_EQ(shared(agent), (Words{"user", "net", "uts", "cgroup", "time"}));
    EXPECT_EQ(agent.seccomp.mode.value(), model::SeccompMode::disabled);
    EXPECT_EQ(agent.seccomp.mode.evidence().kind, model::EvidenceKind::declared);
    EXPECT_EQ(agent.lsm.apparmor.value().label, "unconfined");
    EXPECT_EQ(mountAt(agent, "/sys/fs/bpf"), "sys /sys/fs/bpf rw slave");
    EXPECT_EQ(mountAt(agent, "/host/proc/sys/kernel"), "proc /proc/sys/kernel rw private");
    EXPECT_EQ(agent.network.publishedPorts.value(), Words{"0.0.0.0:4244 to 4244"});
    EXPECT_EQ(mountAt(all.at("daemonset/cilium/mount-bpf-fs"), "/sys/fs/bpf"), "sys /sys/fs/bpf rw shared");
    const Snapshot& cgroup = all.at("daemonset/cilium/mount-cgroup");
    EXPECT_EQ(cgroup.capabilities.bounding.value().mask(), 0x2c0000U); // SYS_CHROOT, SYS_PTRACE, SYS_ADMIN
    EXPECT_EQ(cgroup.group.role, "init");
}

TEST(RealFiles, AStorageDriver) {
    const auto all = subjectsOf("csi");
    const Snapshot& plugin = all.at("daemonset/ebs-csi-node/ebs-plugin");
    EXPECT_EQ(mountAt(plugin, "/var/lib/kubelet"), "bind /var/lib/kubelet rw shared");
    EXPECT_EQ(mountAt(plugin, "/dev"), "bind /dev rw private");
    EXPECT_EQ(mountAt(plugin, "/csi"), "bind /var/lib/kubelet/plugins/ebs.csi.aws.com rw private");
    EXPECT_FALSE(plugin.rootfs.writable.value());
    EXPECT_EQ(plugin.identity.uid.value().real, 0U);
    EXPECT_EQ(plugin.identity.gid.value().real, 0U);
    const Snapshot& registrar = all.at("daemonset/ebs-csi-node/node-driver-registrar");
    EXPECT_TRUE(registrar.identity.noNewPrivileges.value());
    EXPECT_EQ(registrar.capabilities.effective.value().mask(), 0xa80425fbU);
    EXPECT_EQ(registrar.seccomp.mode.value(), model::SeccompMode::disabled);
}

TEST(RealFiles, AHardenedService) {
    const auto all = subjectsOf("metrics");
    ASSERT_EQ(all.size(), 1U);
    const Snapshot& server = all.begin()->second;
    EXPECT_EQ(server.capabilities.bounding.value().mask(), 0U);
    EXPECT_TRUE(server.identity.noNewPrivileges.value());
    EXPECT_EQ(server.identity.uid.value().real, 1000U);
    EXPECT_EQ(server.seccomp.profile.value(), "containerd-default");
    EXPECT_EQ(server.config.notUnderstood.value(), Words{"kind APIService (line 34)"});
}

TEST(RealFiles, AJobAndALivePod) {
    const auto all = subjectsOf("cronjob-and-list");
    ASSERT_EQ(all.size(), 4U);
    const Snapshot& job = all.at("cronjob/backup-/c");
    EXPECT_EQ(shared(job), (Words{"user", "pid", "cgroup", "time"}));
    EXPECT_EQ(job.capabilities.bounding.value().mask(), 0x80000U); // SYS_PTRACE 19
    EXPECT_EQ(job.capabilities.effective.value().mask(), 0U);
    EXPECT_EQ(job.cgroup.limits.at("memory").value().value, 1000000000U);
    EXPECT_EQ(job.config.notUnderstood.value().size(), 3U); // a GPU, huge pages, a block device
    EXPECT_TRUE(job.subject.sandbox.unreadable()) << "its runtime class is gVisor's, by name";
    EXPECT_EQ(all.at("pod/live/dbg").group.role, "ephemeral");
    const std::string token = "/var/run/secrets/kubernetes.io/serviceaccount";
    EXPECT_EQ(std::ranges::count(all.at("pod/live/c").mounts.value(), token, &model::Mount::target), 1);
}

TEST(RealFiles, Monitoring) {
    const auto all = subjectsOf("monitoring");
    const Snapshot& cadvisor = all.at("cadvisor");
    EXPECT_TRUE(cadvisor.config.privileged.value());
    EXPECT_EQ(mountAt(cadvisor, "/rootfs"), "bind / ro private");
    EXPECT_EQ(mountAt(cadvisor, "/sys"), "sys /sys ro private");
    EXPECT_EQ(mountAt(cadvisor, "/var/lib/docker"), "bind /var/lib/docker ro private");
    EXPECT_EQ(mountAt(cadvisor, "/dev/disk"), "bind /dev/disk ro private");
    const Words sockets = socketsOf(cadvisor);
    EXPECT_EQ(std::ranges::count(sockets, "docker /var/run/docker.sock"), 1);
    EXPECT_EQ(std::ranges::count(sockets, "docker /rootfs/run/docker.sock"), 1);
    const Snapshot& exporter = all.at("node-exporter");
    EXPECT_EQ(shared(exporter), (Words{"user", "pid", "net", "cgroup"}));
    EXPECT_EQ(mountAt(exporter, "/host"), "bind / ro slave");
    const Snapshot& prometheus = all.at("prometheus");
    EXPECT_EQ(
        mountAt(prometheus, "/etc/prometheus"),
        "bind " + (std::filesystem::current_path() / "tests/fixtures/deployments/prometheus").string() +
            " rw private");
    EXPECT_EQ(prometheus.identity.uid.value().real, 0U);
    EXPECT_EQ(prometheus.cgroup.limits.at("cpu").value().value, 500U);
    EXPECT_EQ(prometheus.cgroup.limits.at("memory").value().value, 536870912U);
    EXPECT_EQ(prometheus.identity.rlimits.at("RLIMIT_NOFILE").value(), (model::ResourceLimit{20000, 40000}));
    EXPECT_EQ(prometheus.identity.rlimits.at("RLIMIT_NPROC").value(), (model::ResourceLimit{65535, 65535}));
    EXPECT_EQ(prometheus.config.sysctls.value().at("net.core.somaxconn"), "1024");
    EXPECT_EQ(prometheus.config.notUnderstood.value().size(), 3U);
}

TEST(RealFiles, ProxiesRunnersAndHomes) {
    const auto proxies = subjectsOf("traefik");
    const Snapshot& traefik = proxies.at("traefik");
    EXPECT_EQ(socketsOf(traefik), Words{"docker /var/run/docker.sock"});
    EXPECT_TRUE(traefik.sockets.value().front().connectable) << "ro stops nobody from connecting";
    EXPECT_TRUE(traefik.identity.noNewPrivileges.value());
    EXPECT_EQ(traefik.lsm.apparmor.value().label, "unconfined");
    EXPECT_EQ(proxies.at("whoami").cgroup.limits.at("pids").value().value, 1U);
    const auto runners = subjectsOf("gitlab");
    EXPECT_EQ(socketsOf(runners.at("runner")), Words{"podman /var/run/docker.sock"});
    EXPECT_EQ(mountAt(runners.at("dind"), "/tmp"), "tmpfs tmpfs rw private");
    EXPECT_EQ(shared(runners.at("dind")), (Words{"user", "ipc", "cgroup"}));
    const Snapshot home = subjectsOf("home-assistant").at("homeassistant");
    ASSERT_TRUE(home.devices.unreadable()) << "a link below /dev/serial is known to its machine alone";
    EXPECT_NE(home.devices.gap().reason.find("/dev/serial/by-id/"), std::string::npos);
    EXPECT_TRUE(home.cgroup.devicePolicy.effective.known()) << "privileged: any node may be opened";
    EXPECT_EQ(mountAt(home, "/run/dbus"), "bind /run/dbus ro private");
}

TEST(RealFiles, AProjectWithResetsAnchorsAndLongForms) {
    ASSERT_EQ(::setenv("DOMAIN", "cloud.example", 1), 0);
    const auto all = subjectsOf("nextcloud");
    ::unsetenv("DOMAIN");
    ASSERT_EQ(all.size(), 4U);
    const Snapshot& app = all.at("app");
    EXPECT_EQ(
        app.network.publishedPorts.value(),
        (Words{"127.0.0.1:8080:80", "8443:443/tcp", "9000-9002:9000/udp"}));
    EXPECT_EQ(mountAt(app, "/data"), "bind /mnt/data ro slave");
    EXPECT_EQ(mountAt(app, "/backup"), "volume  rw private");
    EXPECT_EQ(mountAt(app, "/scratch"), "tmpfs tmpfs rw private");
    const Snapshot& cron = all.at("cron");
    EXPECT_TRUE(cron.network.publishedPorts.valueOr({}).empty());
    EXPECT_TRUE(cron.identity.noNewPrivileges.value());
    EXPECT_EQ(mountAt(cron, "/data"), "bind /mnt/data ro slave");
    const Snapshot& redis = all.at("redis");
    EXPECT_FALSE(redis.rootfs.writable.value());
    EXPECT_EQ(redis.identity.uid.value().real, 999U);
    EXPECT_EQ(redis.identity.gid.value().real, 1000U);
    for (const auto& [name, snapshot] : all) {
        EXPECT_EQ(snapshot.config.notUnderstood.value(), Words{}) << name;
    }
}

} // namespace
} // namespace bulkhead::claims
