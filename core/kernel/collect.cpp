#include "core/kernel/collect.h"

#include "core/base/bytes.h"
#include "core/kernel/abis.h"
#include "core/kernel/audit.h"
#include "core/kernel/cgroup_limits.h"
#include "core/kernel/credentials.h"
#include "core/kernel/device_policy.h"
#include "core/kernel/devices.h"
#include "core/kernel/filters.h"
#include "core/kernel/freezer.h"
#include "core/kernel/host_mounts.h"
#include "core/kernel/idmapped.h"
#include "core/kernel/lsm_label.h"
#include "core/kernel/machine.h"
#include "core/kernel/module_loading.h"
#include "core/kernel/mounts.h"
#include "core/kernel/namespaces.h"
#include "core/kernel/network.h"
#include "core/kernel/proc_instances.h"
#include "core/kernel/sandbox.h"
#include "core/kernel/seccomp_facts.h"
#include "core/kernel/sensitive.h"
#include "core/kernel/sockets.h"
#include "core/kernel/subject_tasks.h"
#include "core/kernel/task_mounts.h"
#include "core/kernel/text.h"

#include <algorithm>
#include <cerrno>

namespace bulkhead::kernel {

using model::Fact;
using model::Snapshot;
using model::Unreadable;

namespace {

/// What several facets are made from, read once.
struct Inputs {
    const os::ProcRoot& root;
    const Task& process;
    const Task& task; ///< of that process, the one to describe
    std::int64_t id;  ///< its number
    const HostReference& host;
    Reading<TaskStatus> status;
    Reading<MountTree> tree;
    Reading<HostMounts> hostMounts;
    Reading<std::vector<CgroupPlace>> places;
};

Inputs readInputs(const os::ProcRoot& root, const SubjectTasks& subject, const HostReference& host) {
    const Task& task = subject.task();
    auto hostMounts = readHostMounts(root, host);
    auto tree = readMountTree(task, host, hostMounts);
    return {
        root,
        subject.process,
        task,
        subject.id,
        host,
        parsed(task.read("status"), parseStatus),
        std::move(tree),
        std::move(hostMounts),
        parsed(task.read("cgroup"), parseCgroupFile)};
}

void fillMounts(const Inputs& in, Snapshot& snapshot) {
    const std::string source = in.task.source("mountinfo");
    const KernelHas kernelHas = [&](std::string_view path) { return machineHas(in.root, path); };
    snapshot.paths.states = judgeSensitivePaths(in.tree, kernelHas, source, in.hostMounts);
    snapshot.rootfs = buildRootfs(in.tree, source);
    if (!in.tree) {
        const Unreadable& why = in.tree.error().why;
        snapshot.mounts = why;
        snapshot.devices = why;
        snapshot.sockets = why;
        snapshot.kernel.writableKnobs = why;
        snapshot.kernel.instances = why;
        snapshot.kernel.hostProcesses = why;
        return;
    }
    auto mounts = buildMounts(*in.tree, in.hostMounts, source);
    addIdMappings(in.task, *in.tree, mounts);
    snapshot.mounts = {std::move(mounts), observed(source)};
    auto devices = readDevices(in.task, *in.tree, in.hostMounts);
    if (devices) {
        judgeByMachine(in.root, *devices);
    }
    snapshot.devices =
        factOf(std::move(devices), in.task.source("root/dev") + ", other mounts of nodes, /sys/dev/block");
    const auto listeners = readHostSockets(in.root, in.host, in.hostMounts);
    snapshot.sockets = factOf(
        readRuntimeSockets(
            {in.root, in.task, *in.tree, snapshot.mounts.value(), in.status, snapshot.identity, listeners}),
        source + " against the listeners of the host's net/unix");
    snapshot.kernel.writableKnobs = {writableKnobs(*in.tree, snapshot.paths.states), observed(source)};
    snapshot.kernel.instances = {kernelInstances(*in.tree), observed(source)};
    snapshot.kernel.hostProcesses = showsHostProcesses(in.root, in.task, *in.tree, in.hostMounts, in.host);
}

/// Some mount that a path walk reaches runs programs and honours their setuid bits (mount(2), MS_NOSUID).
bool honoursFiles(const MountTree& tree) {
    return std::ranges::any_of(tree.mounts, [](const PlacedMount& mount) {
        return mount.visible && !mount.entry.has("nosuid") && !mount.entry.has("noexec");
    });
}

void fillCgroup(const Inputs& in, Snapshot& snapshot) {
    model::Cgroup& cgroup = snapshot.cgroup;
    cgroup.version = snapshot.host.cgroup;
    const bool readable = in.places && in.hostMounts;
    if (!readable) {
        const Unreadable why = in.places ? in.hostMounts.error().why : in.places.error().why;
        cgroup.path = why;
        cgroup.devicePolicy = {why, why, why, why};
        for (const char* name : {"pids", "memory", "swap", "cpu", "io", "cpus"}) {
            cgroup.limits.emplace(name, why);
        }
        return;
    }
    cgroup.path = {base::textFromBytes(pathOf(*in.places)), observed(in.task.source("cgroup"))};
    cgroup.limits = collectCgroupLimits(in.root, *in.places, in.hostMounts->tree);
    cgroup.devicePolicy = collectDevicePolicy(in.root, *in.places, in.hostMounts->tree);
}

/// Facets that other sources will tell: gaps until then, never blanks.
void fillGaps(Snapshot& snapshot) {
    const Unreadable image{"the image was not inspected", ""};
    snapshot.image.findings = image;
    snapshot.image.layers = image;
    snapshot.image.secretEnv = image;
}

Snapshot fillSnapshot(const Inputs& in) {
    Snapshot snapshot;
    snapshot.vantage = model::Vantage::enforced;
    snapshot.host = readHost(in.root);
    snapshot.host.reference = {in.host.known ? "known" : "unknown", observed(in.host.evidence)};
    const NamespaceReadings namespaces = collectNamespaces(in.task, in.host);
    snapshot.namespaces = namespaces.facts;
    const Fact<bool> inHostUserNamespace = userNamespaceIsHost(snapshot.namespaces, in.task);
    const std::string status = in.task.source("status");
    snapshot.identity =
        collectIdentity(in.task, in.status, inHostUserNamespace, readIdView(in.root, namespaces));
    snapshot.capabilities = buildCapabilities(
        {in.status, snapshot.host.capLastCap, namespaces, in.host, inHostUserNamespace, snapshot.identity.uid,
         !in.tree || honoursFiles(*in.tree), status});
    const auto held = isHeldByOldFreezer(in.root, in.places, in.hostMounts);
    const auto filters = readFilters(in.root, in.process, in.id, held);
    const auto abis = readAbis(in.root, snapshot.host.arch.valueOr(""));
    snapshot.seccomp = buildSeccomp({in.status, snapshot.host.arch, status, filters, abis});
    snapshot.lsm = collectLsm(in.root, in.task);
    fillMounts(in, snapshot);
    fillCgroup(in, snapshot);
    snapshot.network =
        collectNetwork(in.task, snapshot.namespaces.at(model::NamespaceType::net).sharedWithHost);
    snapshot.kernel.modulesLoadable = modulesLoadable(snapshot);
    snapshot.audit = collectAudit(in.root);
    snapshot.subject.sandbox = detectSandbox(in.root, in.task, in.hostMounts, snapshot.namespaces);
    fillGaps(snapshot);
    return snapshot;
}

} // namespace

namespace {

/// The main process and the one that was described: both must have stayed what they were.
base::Result<model::Stability>
judgeStability(const os::ProcRoot& root, std::int64_t pid, const SubjectTasks& subject) {
    const auto after = takeFingerprint(subject.task(), subject.id, Takes::threads);
    if (!after) {
        return std::unexpected(after.error().in("exited while it was read"));
    }
    model::Stability stability;
    stability.changed = changedParts(subject.before, *after);
    if (subject.id != pid && !Task::open(root, pid)) {
        return base::fail(base::ErrorKind::notFound, "exited while it was read: pid " + std::to_string(pid));
    }
    if (!subject.settled) {
        stability.changed.emplace_back("tasks");
    }
    stability.stable = stability.changed.empty();
    return stability;
}

} // namespace

base::Result<Snapshot>
collectSnapshot(const os::ProcRoot& root, std::int64_t pid, const HostReference& host, ProcessTable* table) {
    const auto subject = pinSubject(root, pid, host, table);
    if (!subject) {
        return std::unexpected(subject.error());
    }
    Snapshot snapshot = fillSnapshot(readInputs(root, *subject, host));
    auto stability = judgeStability(root, pid, *subject);
    if (!stability) {
        return std::unexpected(stability.error());
    }
    snapshot.stability = std::move(*stability);
    snapshot.members = subject->members;
    snapshot.tasks = subject->classes;
    snapshot.subject.pid = pid;
    return snapshot;
}

} // namespace bulkhead::kernel
