#include "core/twin/predict.h"

#include "core/kernel/mount_tree.h"
#include "core/wire/probe_calls.h"

#include <algorithm>
#include <cerrno>

namespace bulkhead::twin {

using model::Fact;
using model::NamespaceType;
using model::ProbeResult;
using model::Snapshot;
using wire::Try;
using Predicted = std::optional<ProbeResult>;

namespace {

Predicted yesOrNo(const std::optional<bool>& yes) {
    return yes ? Predicted(*yes ? ProbeResult::allowed : ProbeResult::denied) : std::nullopt;
}

std::optional<bool> valueOf(const Fact<bool>& fact) {
    return fact.known() ? std::optional(fact.value()) : std::nullopt;
}

bool holds(const Snapshot& enforced, const char* capability) {
    return enforced.capabilities.effective.known() &&
           enforced.capabilities.effective.value().has(*model::capabilityNamed(capability));
}

/// Held over a namespace: of the machine, or one that our own user namespace owns.
std::optional<bool> holdsOver(const Snapshot& enforced, NamespaceType type, const char* capability) {
    const auto hosts = valueOf(enforced.identity.userNamespaceIsHost);
    if (!holds(enforced, capability) || (hosts && *hosts)) {
        return holds(enforced, capability);
    }
    const auto space = enforced.namespaces.find(type);
    const auto own = enforced.namespaces.find(NamespaceType::user);
    if (space == enforced.namespaces.end() || own == enforced.namespaces.end() ||
        !space->second.ownerUserNamespace.known() || !own->second.inode.known()) {
        return std::nullopt;
    }
    return space->second.ownerUserNamespace.value() == own->second.inode.value();
}

/// Held over the machine itself.
std::optional<bool> holdsOverHost(const Snapshot& enforced, const char* capability) {
    const auto hosts = valueOf(enforced.identity.userNamespaceIsHost);
    return holds(enforced, capability) ? hosts : std::optional(false);
}

const model::Mount* mountAt(const Snapshot& enforced, const std::string& path) {
    if (!enforced.mounts.known()) {
        return nullptr;
    }
    const model::Mount* found = nullptr;
    for (const model::Mount& mount : enforced.mounts.value()) {
        const bool holdsIt = mount.visible && kernel::isWithin(path, mount.target);
        if (holdsIt && (found == nullptr || found->target.size() <= mount.target.size())) {
            found = &mount;
        }
    }
    return found;
}

std::string knobValue(const Snapshot& enforced, const char* name) {
    const auto found = enforced.host.knobs.find(name);
    return found == enforced.host.knobs.end() ? "" : found->second.valueOr("");
}

/// Settings obey the machine's root alone, whatever capabilities others hold (fs/proc/proc_sysctl.c).
std::optional<bool> isHostRoot(const Snapshot& enforced) {
    if (!enforced.identity.uid.known() || !enforced.identity.uidMap.known()) {
        return std::nullopt;
    }
    return enforced.identity.uidMap.value().toHost(enforced.identity.uid.value().effective) == 0U;
}

Predicted predictKnob(const Snapshot& enforced, const std::string& path) {
    const model::Mount* mount = mountAt(enforced, path);
    if (mount == nullptr) {
        return std::nullopt;
    }
    if (mount->kind == model::MountKind::masked || path.starts_with("/proc/") != (mount->fsType == "proc")) {
        return ProbeResult::absent;
    }
    const auto root = isHostRoot(enforced);
    return mount->readOnly ? ProbeResult::denied : yesOrNo(root);
}

Predicted predictSocket(const Snapshot& enforced, const std::string& path) {
    const auto sockets = enforced.sockets.valueOr({});
    const auto found = std::ranges::find(sockets, path, &model::RuntimeSocket::path);
    // files of the image are not looked at from outside
    return found == sockets.end() ? std::nullopt : yesOrNo(found->connectable);
}

Predicted predictWrite(const Snapshot& enforced, const std::string& path) {
    const model::Mount* mount = mountAt(enforced, path);
    const bool isMount = mount != nullptr && mount->target == path;
    return isMount ? yesOrNo(!mount->readOnly) : std::nullopt;
}

/// io_uring_disabled: 0 all, 1 CAP_SYS_ADMIN of the machine or a group, 2 nobody (sysctl/kernel.rst).
Predicted predictIoUring(const Snapshot& enforced) {
    const std::string value = knobValue(enforced, "kernel.io_uring_disabled");
    if (value.empty() || value == "1") {
        return value.empty() ? std::nullopt : yesOrNo(holdsOverHost(enforced, "CAP_SYS_ADMIN"));
    }
    return yesOrNo(value == "0");
}

Predicted predictKernelLog(const Snapshot& enforced) {
    const std::string value = knobValue(enforced, "kernel.dmesg_restrict");
    return value == "0"    ? Predicted(ProbeResult::allowed)
           : value.empty() ? std::nullopt
                           : yesOrNo(holdsOverHost(enforced, "CAP_SYSLOG"));
}

Predicted predictUnshare(const Snapshot& enforced) {
    const auto& policy = enforced.host.userns;
    if (policy.max.known() && policy.max.value() == 0) {
        return ProbeResult::denied;
    }
    const auto open = valueOf(policy.unprivileged);
    return open && !*open ? yesOrNo(holdsOverHost(enforced, "CAP_SYS_ADMIN")) : yesOrNo(open);
}

} // namespace

Predicted predictTry(const Snapshot& enforced, Try what, const std::string& path) {
    switch (what) {
    case Try::knob:
        return predictKnob(enforced, path);
    case Try::connect:
    case Try::askVersion:
        return predictSocket(enforced, path);
    case Try::write:
        return predictWrite(enforced, path);
    case Try::rawSocket:
    case Try::packetSocket:
        return yesOrNo(holdsOver(enforced, NamespaceType::net, "CAP_NET_RAW"));
    case Try::newMount:
        return yesOrNo(holdsOver(enforced, NamespaceType::mnt, "CAP_SYS_ADMIN"));
    case Try::bpf:
        return yesOrNo(holdsOverHost(enforced, "CAP_SYS_ADMIN"));
    case Try::keyring:
    case Try::ptrace:
        return ProbeResult::allowed;
    case Try::ioUring:
        return predictIoUring(enforced);
    case Try::kernelLog:
        return predictKernelLog(enforced);
    case Try::loadModule:
        if (!enforced.host.knobs.contains("kernel.modules_disabled")) {
            return ProbeResult::absent; // this kernel takes no modules
        }
        return yesOrNo(valueOf(enforced.kernel.modulesLoadable));
    case Try::unshareUser:
        return predictUnshare(enforced);
    default:
        return std::nullopt;
    }
}

std::string causeOf(const model::Probe& probe) {
    const bool denied = probe.result == ProbeResult::denied;
    if (denied && (probe.test == "write" || probe.test == "open-knob") && probe.errorNumber == EACCES) {
        return "the mount lets writes pass, the file's permissions do not";
    }
    if (probe.test == "open-knob" && probe.result == ProbeResult::absent) {
        return "this kernel has no such file";
    }
    if (probe.test == "open-knob" && denied && probe.errorNumber == EPERM) {
        return "the kernel is locked down, or a security module forbids it";
    }
    if (probe.test == "connect" || probe.test == "ask-version") {
        return probe.result == ProbeResult::absent ? "nobody listens on the socket"
                                                   : "a directory on the way forbids it";
    }
    if (probe.test == "load-module" && probe.result == ProbeResult::absent) {
        return "the kernel takes no modules";
    }
    if (probe.test == "unshare-user" && denied) {
        return probe.errorNumber == ENOSPC ? "the number of user namespaces is used up at some level"
               : probe.errorNumber == EACCES
                   ? "a security module forbids it"
                   : "a process whose root directory is not its mount namespace's may not make one";
    }
    return "";
}

} // namespace bulkhead::twin
