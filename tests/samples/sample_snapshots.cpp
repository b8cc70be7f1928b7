#include "tests/samples/sample_snapshots.h"

namespace bulkhead::samples {

using model::CapabilitySet;
using model::DeviceRules;
using model::Evidence;
using model::EvidenceKind;
using model::Exposure;
using model::Fact;
using model::Mount;
using model::MountKind;
using model::NamespaceType;
using model::Snapshot;
using model::Unreadable;

namespace {

constexpr std::uint64_t kDockerCapabilities =
    0xa80425fb; ///< documented in `docker run` reference, 14 of them
constexpr std::uint64_t kAllButResource = 0x1fffeffffff;

template <class T>
Fact<T> seen(T value) {
    return {std::move(value), Evidence{EvidenceKind::observed, "sample", "", 0}};
}

Mount mountAt(std::int64_t id, std::string target, std::string fsType, MountKind kind, bool readOnly) {
    Mount mount;
    mount.id = id;
    mount.parent = id == 1 ? 0 : 1;
    mount.target = std::move(target);
    mount.fsType = std::move(fsType);
    mount.kind = kind;
    mount.readOnly = readOnly;
    mount.options = {readOnly ? "ro" : "rw"};
    mount.sharedWithHostPeer = seen(false);
    mount.hostPaths = seen(std::vector<std::string>{});
    return mount;
}

std::vector<Mount> standardMounts() {
    std::vector<Mount> mounts;
    mounts.push_back(mountAt(1, "/", "ext4", MountKind::rootfs, false));
    mounts.push_back(mountAt(2, "/proc", "proc", MountKind::proc, false));
    mounts.push_back(mountAt(3, "/dev", "tmpfs", MountKind::dev, false));
    mounts.push_back(mountAt(4, "/sys", "sysfs", MountKind::sys, true));
    mounts.push_back(mountAt(5, "/sys/fs/cgroup", "cgroup2", MountKind::cgroup, true));
    mounts.push_back(mountAt(6, "/proc/sys", "proc", MountKind::readonlyPath, true));
    mounts.push_back(mountAt(7, "/proc/kcore", "tmpfs", MountKind::masked, false));
    return mounts;
}

void setPaths(Snapshot& snapshot, bool protect) {
    for (const char* path :
         {"/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"}) {
        const model::PathState masked{Exposure::masked, false};
        snapshot.paths.states[path] = seen(protect ? masked : model::PathState{Exposure::exposed, true});
    }
    for (const char* path : {"/proc/bus", "/proc/sys", "/proc/sysrq-trigger"}) {
        const model::PathState readonly{Exposure::readonly, false};
        snapshot.paths.states[path] = seen(protect ? readonly : model::PathState{Exposure::exposed, true});
    }
    snapshot.paths.states["/proc/scsi"] = seen(model::PathState{Exposure::absent, false});
}

void setCapabilities(Snapshot& snapshot, std::uint64_t mask) {
    model::Capabilities& sets = snapshot.capabilities;
    for (auto* set : {&sets.effective, &sets.permitted, &sets.bounding, &sets.obtainable}) {
        *set = seen(CapabilitySet(mask));
    }
    sets.inheritable = seen(CapabilitySet());
    sets.ambient = seen(CapabilitySet());
}

DeviceRules dockerRules() {
    DeviceRules rules;
    for (const char* text :
         {"c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 136:* rwm"}) {
        rules.allowed.push_back(*model::parseDeviceRule(text));
    }
    return rules;
}

void setNamespaces(Snapshot& snapshot) {
    std::uint64_t inode = 4026532100;
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        const bool host =
            type == NamespaceType::user || type == NamespaceType::cgroup || type == NamespaceType::time;
        model::Namespace space;
        space.inode = seen(++inode);
        space.initial = seen(host);
        space.sharedWithHost = seen(host);
        space.ownedByHost = seen(true);
        snapshot.namespaces[type] = space;
    }
}

model::Device
device(const std::string& path, const std::string& type, std::uint32_t major, std::uint32_t minor) {
    model::Device node;
    node.path = path;
    node.type = type;
    node.major = major;
    node.minor = minor;
    node.mode = 0600;
    node.hostDisk = type == "block";
    node.deviceClass = node.hostDisk ? model::DeviceClass::disk : model::DeviceClass::other;
    return node;
}

std::vector<model::Device> hostDevices() {
    std::vector<model::Device> nodes;
    for (std::uint32_t i = 0; i < 8; ++i) {
        nodes.push_back(device("/dev/loop" + std::to_string(i), "block", 7, i));
    }
    nodes.push_back(device("/dev/sda", "block", 8, 0));
    nodes.push_back(device("/dev/sda1", "block", 8, 1));
    for (std::uint32_t i = 0; i < 64; ++i) {
        nodes.push_back(device("/dev/tty" + std::to_string(i), "char", 4, i));
    }
    nodes.push_back(device("/dev/mem", "char", 1, 1));
    nodes.push_back(device("/dev/kmsg", "char", 1, 11));
    return nodes;
}

void setIdentity(Snapshot& snapshot) {
    model::Identity& identity = snapshot.identity;
    identity.uid = seen(model::Ids{});
    identity.gid = seen(model::Ids{});
    identity.groups = seen(std::vector<std::uint32_t>{});
    identity.groupsOnHost = seen(std::vector<std::uint32_t>{});
    identity.uidMap = seen(model::IdMap{{{0, 0, 4294967295U}}});
    identity.gidMap = seen(model::IdMap{{{0, 0, 4294967295U}}});
    identity.noNewPrivileges = seen(false);
    identity.userNamespaceIsHost = seen(true);
    identity.rlimits["RLIMIT_NOFILE"] = seen(model::ResourceLimit{1024, 4096});
    identity.oomScoreAdj = seen(std::int64_t{0});
}

void setUnread(Snapshot& snapshot) {
    snapshot.tasks = Unreadable{"other tasks are not collected", ""};
    snapshot.seccomp.filters = Unreadable{"the filter programs were not read", "CAP_SYS_ADMIN"};
    snapshot.seccomp.verdicts = Unreadable{"the filter programs were not read", "CAP_SYS_ADMIN"};
    snapshot.image.findings = Unreadable{"the image was not inspected", "an image reference"};
    snapshot.audit.rules = Unreadable{"audit rules were not read", "CAP_AUDIT_CONTROL"};
}

} // namespace

Snapshot dockerDefault(const std::string& name) {
    Snapshot snapshot;
    snapshot.captureId = "capture-" + name;
    snapshot.takenAt = "2026-01-31T12:00:00Z";
    snapshot.producer = {"bulkhead", "0.1.0", "root", ""};
    snapshot.subject.ref = "lab:" + name;
    snapshot.subject.name = name;
    snapshot.subject.engine = {"runc", "1.1.5", false, std::nullopt};
    snapshot.subject.image = {"busybox 1.35", "sha256:0123456789abcdef"};
    snapshot.host.kernel = seen(std::string("6.1.0"));
    snapshot.host.capLastCap = seen(std::int64_t{40});
    setIdentity(snapshot);
    setNamespaces(snapshot);
    snapshot.mounts = seen(standardMounts());
    setPaths(snapshot, true);
    snapshot.rootfs = {seen(std::string("ext4")), seen(true), seen(false)};
    setCapabilities(snapshot, kDockerCapabilities);
    snapshot.seccomp.mode = seen(model::SeccompMode::filter);
    snapshot.seccomp.filterCount = seen(std::int64_t{1});
    snapshot.lsm = {seen(model::LsmLabel{}), seen(model::LsmLabel{})};
    for (const char* limit : {"pids", "memory", "cpu"}) {
        snapshot.cgroup.limits[limit] = seen(model::Limit{});
    }
    snapshot.cgroup.devicePolicy.effective = seen(dockerRules());
    snapshot.devices = seen(std::vector<model::Device>{});
    snapshot.sockets = seen(std::vector<model::RuntimeSocket>{});
    snapshot.network.hostNetwork = seen(false);
    snapshot.kernel.writableKnobs = seen(std::vector<std::string>{});
    snapshot.kernel.modulesLoadable = seen(false);
    setUnread(snapshot);
    return snapshot;
}

Snapshot readOnly() {
    Snapshot snapshot = dockerDefault("read-only");
    std::vector<Mount> mounts = standardMounts();
    mounts.front().readOnly = true;
    mounts.front().options = {"ro"};
    snapshot.mounts = seen(mounts);
    snapshot.rootfs.writable = seen(false);
    return snapshot;
}

Snapshot rootless() {
    Snapshot snapshot = dockerDefault("rootless");
    snapshot.subject.engine.rootless = true;
    snapshot.identity.uidMap = seen(model::IdMap{{{0, 100000, 1}}});
    snapshot.identity.gidMap = seen(model::IdMap{{{0, 100000, 1}}});
    snapshot.identity.userNamespaceIsHost = seen(false);
    for (auto& [type, space] : snapshot.namespaces) {
        const bool own = type == NamespaceType::user || !space.sharedWithHost.value();
        space.sharedWithHost = seen(!own);
        space.initial = seen(!own);
        space.ownedByHost = seen(!own);
    }
    return snapshot;
}

Snapshot privileged() {
    Snapshot snapshot = dockerDefault("privileged");
    setCapabilities(snapshot, kAllButResource);
    setPaths(snapshot, false);
    std::vector<Mount> mounts = standardMounts();
    mounts.resize(5);
    mounts[3].readOnly = false;
    mounts[4].readOnly = false;
    snapshot.mounts = seen(mounts);
    snapshot.seccomp.mode = seen(model::SeccompMode::disabled);
    snapshot.seccomp.filterCount = seen(std::int64_t{0});
    snapshot.seccomp.filters = seen(std::vector<model::SeccompFilter>{});
    snapshot.seccomp.verdicts = seen(std::map<std::string, model::ArchVerdicts>{{"x86_64", {}}});
    snapshot.cgroup.devicePolicy.effective = seen(DeviceRules::everything());
    snapshot.devices = seen(hostDevices());
    snapshot.kernel.writableKnobs =
        seen(std::vector<std::string>{"/proc/sys", "/proc/sysrq-trigger", "/sys"});
    snapshot.kernel.modulesLoadable = seen(true);
    return snapshot;
}

Snapshot declared(Snapshot snapshot) {
    snapshot.vantage = model::Vantage::declared;
    const std::string& name = snapshot.subject.name;
    std::vector<std::string> asks;
    if (snapshot.rootfs.writable == Fact<bool>(seen(false))) {
        asks.emplace_back("read-only root");
    }
    if (!snapshot.identity.userNamespaceIsHost.value()) {
        asks.emplace_back("user namespace");
    }
    if (name == "privileged" || name == "ci-runner") {
        asks.emplace_back("everything");
        setCapabilities(snapshot, 0x1ffffffffff);
    }
    snapshot.config.asks = seen(asks);
    snapshot.image.findings = {};
    snapshot.audit.rules = {};
    snapshot.tasks = {};
    snapshot.seccomp.filters = {};
    snapshot.seccomp.verdicts = {};
    return snapshot;
}

namespace {

diagram::SubjectView view(Snapshot enforced, const std::string& name) {
    enforced.subject.name = name;
    diagram::SubjectView out;
    out.name = name;
    out.declared = declared(enforced);
    out.enforced = std::move(enforced);
    return out;
}

} // namespace

std::vector<diagram::SubjectView> four() {
    return {
        view(dockerDefault(), "default"), view(readOnly(), "read-only"), view(rootless(), "rootless"),
        view(privileged(), "privileged")};
}

std::vector<diagram::SubjectView> eight() {
    std::vector<diagram::SubjectView> all = four();
    all.push_back(view(dockerDefault(), "web-1"));
    all.push_back(view(rootless(), "web-2"));
    all.push_back(view(readOnly(), "api"));
    all.push_back(view(privileged(), "ci-runner"));
    return all;
}

} // namespace bulkhead::samples
