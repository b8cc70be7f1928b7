#include "core/threat/hardening.h"

#include "core/threat/hardening_rows.h"

#include <algorithm>

namespace bulkhead::threat {

namespace {

using enum claims::ChangeKind;

template <int Loss>
int always(std::string_view /*object*/) {
    return Loss;
}

/// Capabilities that images commonly rely on cost more than those that only administrators' programs use.
int lossOfCapability(std::string_view name) {
    constexpr auto kCommon = std::to_array<std::string_view>(
        {"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE",
         "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID"});
    return std::ranges::find(kCommon, name) != kCommon.end() ? 2 : 1;
}

int lossOfNamespace(std::string_view type) {
    return type == "net" || type == "user" ? 5 : type == "pid" ? 4 : type == "ipc" ? 3 : 2;
}

constexpr auto kRows = std::to_array<Hardening>({
    {notPrivileged,
     "not-privileged",
     "leave privileged mode and what it brings",
     always<4>,
     whenPrivileged,
     leavePrivileged,
     "config.privileged",
     {"without --privileged", "without --privileged", "privileged: false",
      "securityContext.privileged: false", "", "privileged: false"}},
    {defaultCapabilities,
     "default-capabilities",
     "add no capability to the engine's own",
     always<3>,
     whenBeyondDefault,
     keepDefaultCapabilities,
     "capabilities.bounding",
     {"without --cap-add", "without --cap-add", "without cap_add", "securityContext.capabilities.add: []",
      "process.capabilities: the 14 of Docker in every set", "capabilities: docker-default"}},
    {dropCapability,
     "drop-capability",
     "drop {}",
     lossOfCapability,
     heldCapabilities,
     threat::dropCapability,
     "capabilities.effective.{}",
     {"--cap-drop {short}", "--cap-drop {short}", "cap_drop: [{short}]",
      "securityContext.capabilities.drop: [{short}]", "process.capabilities: {} in no set",
      "capabilities: without {}"}},
    {noNewPrivileges,
     "no-new-privileges",
     "let no execve raise privileges",
     always<1>,
     whenPrivilegesCanGrow,
     setNoNewPrivileges,
     "identity.noNewPrivileges",
     {"--security-opt no-new-privileges", "--security-opt no-new-privileges",
      "security_opt: [\"no-new-privileges:true\"]", "securityContext.allowPrivilegeEscalation: false",
      "process.noNewPrivileges: true", "noNewPrivileges: true"}},
    {runAsUser,
     "run-as-user",
     "run as user {}, not as root",
     always<4>,
     whenRootOrUnknown,
     runAsPlainUser,
     "identity.uid",
     {"--user {}:{}", "--user {}:{}", "user: \"{}:{}\"",
      "securityContext.runAsUser: {}, runAsGroup: {}, runAsNonRoot: true", "process.user: {uid {}, gid {}}",
      "user: {uid {}, gid {}}"}},
    {claims::ChangeKind::dropGroups,
     "drop-groups",
     "give no supplementary groups",
     always<2>,
     whenGroupsAreGiven,
     threat::dropGroups,
     "identity.groups",
     {"without --group-add", "without --group-add", "without group_add",
      "spec.securityContext: without supplementalGroups and fsGroup", "process.user.additionalGids: []", ""}},
    {ownNamespace,
     "own-namespace",
     "a {} namespace of its own",
     lossOfNamespace,
     foreignNamespaces,
     makeOwnNamespace,
     "namespaces.{}.sharedWithHost",
     {}}, // by type: kWords
    {claims::ChangeKind::removeMount,
     "remove-mount",
     "mount nothing at {}",
     always<6>,
     mountsFromHost,
     threat::removeMount,
     "mounts[\"{}\"]",
     {"without the volume at {}", "without the volume at {}", "volumes: without {}",
      "volumeMounts: without {}", "mounts: without {}", "directories: without {}"}},
    {readOnlyMount,
     "read-only-mount",
     "mount {} read-only",
     always<3>,
     writableMountsFromHost,
     makeMountReadOnly,
     "mounts[\"{}\"].readOnly",
     {"-v SOURCE:{}:ro", "-v SOURCE:{}:ro", "volumes: {} with :ro", "volumeMounts: {} with readOnly: true",
      "mounts: {} with the option ro", "directories: {} with access: read-only"}},
    {privateMount,
     "private-mount",
     "keep mounts made below {} from the host",
     always<2>,
     sharedMounts,
     makeMountPrivate,
     "mounts[\"{}\"].sharedWithHostPeer",
     {"-v SOURCE:{}:rprivate", "-v SOURCE:{}:rprivate", "volumes: {} with bind propagation rprivate",
      "volumeMounts: {} with mountPropagation: None", "mounts: {} with the option rprivate", ""}},
    {readOnlyRoot,
     "read-only-root",
     "a read-only root file system",
     always<3>,
     whenRootIsWritable,
     makeRootReadOnly,
     "rootfs.writable",
     {"--read-only", "--read-only", "read_only: true", "securityContext.readOnlyRootFilesystem: true",
      "root.readonly: true", "rootFilesystem: read-only"}},
    {claims::ChangeKind::protectPaths,
     "protect-paths",
     "mask the kernel's paths as engines do",
     always<1>,
     whenPathsAreOpen,
     threat::protectPaths,
     "paths.maskedPaths",
     {"without --security-opt systempaths=unconfined", "without --security-opt unmask",
      "security_opt: without systempaths=unconfined", "securityContext.procMount: Default",
      "linux.maskedPaths and linux.readonlyPaths as Docker's", "protectedPaths: docker-default"}},
    {readOnlyKernelFiles,
     "read-only-kernel-files",
     "mount /sys and cgroups read-only",
     always<2>,
     whenKernelFilesAreWritable,
     makeKernelFilesReadOnly,
     "mounts[\"/sys\"].readOnly",
     {"without --security-opt writable-cgroups", "without --security-opt unmask",
      "security_opt: without writable-cgroups", "", "mounts: sysfs and cgroup with the option ro",
      "kernelFilesystems: read-only"}},
    {claims::ChangeKind::removeDevice,
     "remove-device",
     "hand over no device {}",
     always<5>,
     extraDevices,
     threat::removeDevice,
     "devices[\"{}\"]",
     {"without --device for {}", "without --device for {}", "devices: without {}", "",
      "linux.devices: without {}", ""}},
    {standardDevices,
     "standard-devices",
     "hand over no device beyond the standard ones",
     always<5>,
     whenSeveralDevices,
     keepStandardDevices,
     "devices",
     {"without --device", "without --device", "without devices", "", "linux.devices: []",
      "devices: standard"}},
    {defaultDevicePolicy,
     "default-device-policy",
     "let only the standard devices be opened",
     always<3>,
     whenDevicePolicyIsOpen,
     setDevicePolicy,
     "cgroup.devicePolicy.effective",
     {"without --device-cgroup-rule", "without --device-cgroup-rule", "without device_cgroup_rules", "",
      "linux.resources.devices: deny all, allow the standard ones", "devicePolicy: docker-default"}},
    {claims::ChangeKind::enforceAppArmor,
     "enforce-apparmor",
     "confine it by the engine's AppArmor profile",
     always<2>,
     whenNotConfinedByAppArmor,
     threat::enforceAppArmor,
     "lsm.apparmor",
     {"without --security-opt apparmor=unconfined", "without --security-opt apparmor=unconfined",
      "security_opt: without apparmor=unconfined", "securityContext.appArmorProfile: {type: RuntimeDefault}",
      "process.apparmorProfile: docker-default", ""}},
    {defaultSeccomp,
     "default-seccomp",
     "filter system calls by the engine's profile",
     always<2>,
     whenNotFiltered,
     setDefaultFilter,
     "seccomp.mode",
     {"without --security-opt seccomp=unconfined", "without --security-opt seccomp=unconfined",
      "security_opt: without seccomp=unconfined", "securityContext.seccompProfile: {type: RuntimeDefault}",
      "linux.seccomp: Docker's default profile for the capabilities that it holds",
      "seccomp: docker-default"}},
    {limit,
     "limit",
     "limit its {}",
     always<1>,
     missingLimits,
     setLimit,
     "cgroup.limits.{}",
     {}}, // by resource: kWords
});

/// Privileged mode of an engine overrules these: only leaving it changes anything.
bool isOverruledByPrivileged(const Hardening& row, claims::ConfigForm form) {
    using enum claims::ConfigForm;
    constexpr auto kKinds = std::to_array(
        {defaultCapabilities, claims::ChangeKind::dropCapability, claims::ChangeKind::protectPaths,
         claims::ChangeKind::removeDevice, standardDevices, defaultDevicePolicy,
         claims::ChangeKind::enforceAppArmor, defaultSeccomp});
    const bool refused = row.kind == noNewPrivileges && form == kubernetes; // by the API server
    return form != oci && form != scenario &&
           (refused || std::ranges::find(kKinds, row.kind) != kKinds.end());
}

/// What is left to change once a container is no longer privileged: its ordinary capabilities.
bool isOrdinaryCapability(const Hardening& row, const std::string& object, const Ordinary& ordinary) {
    const auto* usual =
        ordinary.container == nullptr ? nullptr : ordinary.container->capabilities.bounding.get();
    const auto capability = model::capabilityNamed(object);
    return row.kind == claims::ChangeKind::dropCapability && usual != nullptr && capability &&
           usual->has(*capability);
}

/// A fresh proc, sysfs or mqueue is mounted only where the user namespace owns the namespace that it shows
/// (user_namespaces(7)), so that runtimes fail with one of its own beside those of the host; the API server
/// and Docker refuse it at once, Docker beside privileged mode as well.
bool isRefusedBeside(const Change& change, const model::Snapshot& snapshot, claims::ConfigForm form) {
    using enum claims::ConfigForm;
    using enum model::NamespaceType;
    if (change.row->kind != ownNamespace || change.object != "user") {
        return false;
    }
    const bool byDocker = form == docker || form == compose;
    const auto isShared = [&](model::NamespaceType type) {
        const auto found = snapshot.namespaces.find(type);
        return found != snapshot.namespaces.end() && found->second.sharedWithHost.valueOr(false);
    };
    return (byDocker && snapshot.config.privileged.valueOr(false)) ||
           std::ranges::any_of(std::array{pid, net, ipc}, isShared);
}

/// What a form has words for, and what it says only in some places.
bool canSay(const Change& change, const model::Snapshot& snapshot, claims::ConfigForm form) {
    using enum claims::ConfigForm;
    const bool remapped = snapshot.subject.engine.usernsRemap.value_or(false);
    if (wordsOf(change, form).empty()) {
        return false;
    }
    if (change.row->kind == ownNamespace && change.object == "user" && (form == docker || form == compose)) {
        return remapped;
    }
    if (change.row->kind == readOnlyKernelFiles && form != oci && form != scenario) {
        // else they are writable because it is privileged, or because its ids are mapped
        return !snapshot.config.privileged.valueOr(false) && !remapped;
    }
    return true;
}

} // namespace

std::span<const Hardening> hardenings() {
    return kRows;
}

std::vector<Change> changesFor(
    const model::Snapshot& snapshot, const Ordinary& ordinary, std::optional<claims::ConfigForm> form) {
    std::vector<Change> out;
    const bool privileged = snapshot.config.privileged.valueOr(false);
    for (const Hardening& row : kRows) {
        for (std::string& object : row.objects(snapshot, ordinary)) {
            const bool overruled = form && privileged && isOverruledByPrivileged(row, *form) &&
                                   !isOrdinaryCapability(row, object, ordinary);
            Change change{&row, std::move(object)};
            if (!overruled && (!form || canSay(change, snapshot, *form))) {
                out.push_back(std::move(change));
            }
        }
    }
    return out;
}

namespace {

/// The mounts that are taken away next, one after the other: no form overrules that.
Targets removalsAt(std::span<const Change>& changes) {
    Targets out;
    while (!changes.empty() && changes.front().row->kind == claims::ChangeKind::removeMount) {
        out.insert(changes.front().object);
        changes = changes.subspan(1);
    }
    return out;
}

} // namespace

void harden(
    model::Snapshot& snapshot, std::span<const Change> changes, const Ordinary& ordinary,
    std::optional<claims::ConfigForm> form) {
    Ordinary written = ordinary;
    written.form = form;
    const auto apply = [&](const Change& change) {
        const bool privileged = snapshot.config.privileged.valueOr(false);
        const bool idle = form && ((privileged && isOverruledByPrivileged(*change.row, *form)) ||
                                   isRefusedBeside(change, snapshot, *form));
        if (!idle) {
            change.row->apply(snapshot, change.object, written);
        }
    };
    while (!changes.empty()) {
        if (const Targets gone = removalsAt(changes); !gone.empty()) {
            removeMounts(snapshot, gone);
        } else {
            apply(changes.front());
            changes = changes.subspan(1);
        }
    }
}

void restoreChanged(model::Snapshot& changed, const model::Snapshot& before) {
    changed.identity = before.identity;
    changed.namespaces = before.namespaces;
    changed.mounts = before.mounts;
    changed.paths = before.paths;
    changed.rootfs = before.rootfs;
    changed.capabilities = before.capabilities;
    changed.seccomp = before.seccomp;
    changed.lsm = before.lsm;
    changed.cgroup = before.cgroup;
    changed.devices = before.devices;
    changed.sockets = before.sockets;
    changed.network = before.network;
    changed.kernel = before.kernel;
    changed.config = before.config;
}

model::Snapshot hardened(
    model::Snapshot snapshot, std::span<const Change> changes, const Ordinary& ordinary,
    std::optional<claims::ConfigForm> form) {
    harden(snapshot, changes, ordinary, form);
    return snapshot;
}

claims::ChangeAsk askOf(const Change& change) {
    return {change.row->kind, change.object};
}

} // namespace bulkhead::threat
