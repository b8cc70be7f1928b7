#include "core/compare/causes.h"

#include "core/model/capability.h"
#include "core/model/gaps.h"
#include "core/model/walk.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bulkhead::compare {

namespace {

using model::Snapshot;

/// A contradiction in its surroundings.
struct Case {
    const Change& change;
    const Snapshot& declared;
    const Snapshot& enforced;

    [[nodiscard]] bool under(std::string_view facet) const { return change.path.starts_with(facet); }
};

/// The facets describe tasks that entered later: `docker exec --privileged` holds more than the main process
/// (moby daemon/exec_linux.go).
bool execSessionIsWider(const Case& it) {
    const auto& tasks = it.enforced.tasks;
    const bool ofTask =
        it.under("capabilities.") || it.under("seccomp.") || it.under("identity.") || it.under("lsm.");
    return ofTask && it.change.direction == Direction::weaker && tasks.known() && !tasks.value().empty() &&
           tasks.value().front().session == "exec";
}

/// A runtime intersects what is asked with its own bounding set (runc libcontainer/capabilities): the
/// capability is missing there, and not only among the effective ones.
bool launcherLacksIt(const Case& it) {
    const auto capability = model::capabilityNamed(it.change.path.substr(it.change.path.rfind('.') + 1));
    const auto& bounding = it.enforced.capabilities.bounding;
    return it.under("capabilities.") && it.change.direction == Direction::stronger && capability &&
           bounding.known() && !bounding.value().has(*capability);
}

bool unprivilegedLaunch(const Case& it) {
    return it.under("cgroup.") && it.change.direction == Direction::weaker &&
           it.enforced.subject.engine.rootless;
}

/// Without the module an engine drops the profile in silence (moby daemon/apparmor_default.go).
bool moduleIsNotActive(const Case& it) {
    const auto& active = it.enforced.host.lsms;
    const std::string_view module = it.under("lsm.apparmor") ? "apparmor" : "selinux";
    const auto& label = it.under("lsm.apparmor") ? it.enforced.lsm.apparmor : it.enforced.lsm.selinux;
    const bool unlabelled = label.known() && label.value().label.empty();
    return it.under("lsm.") && unlabelled &&
           !(active.known() && std::ranges::find(active.value(), module) != active.value().end());
}

bool isBelow(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) &&
           (path.size() == folder.size() || folder == "/" || path[folder.size()] == '/');
}

/// A mount that was asked for lies over a protected path, or over a folder above it, and hides the
/// protection: runtimes make masks last, but a mount can also be made later, from inside.
bool mountCoversTheProtection(const Case& it) {
    if (!it.under("paths") || it.change.direction != Direction::weaker || !it.enforced.mounts.known()) {
        return false;
    }
    using model::MountKind;
    return std::ranges::any_of(it.enforced.mounts.value(), [&](const model::Mount& mount) {
        const bool brought = mount.kind == MountKind::bind || mount.kind == MountKind::volume ||
                             mount.kind == MountKind::proc || mount.kind == MountKind::sys;
        const bool itsOwn = mount.target == "/proc" || mount.target == "/sys" || mount.target == "/";
        if (!mount.visible || !brought || itsOwn) {
            return false;
        }
        return std::ranges::any_of(it.enforced.paths.states, [&](const auto& state) {
            return it.change.path.starts_with(model::pathToKey("paths", state.first)) &&
                   isBelow(state.first, mount.target);
        });
    });
}

/// sysfs is one file system for each network namespace (fs/sysfs/mount.c): a container that joins one gets it
/// as the first mounter there left it, though its own mount is writable.
bool sysfsOfAnother(const Case& it) {
    const bool ofSysfs = it.change.path.contains("[\"/sys\"]") || it.change.path.contains("[\"/sys/");
    if (!ofSysfs || it.change.direction != Direction::stronger || !it.enforced.mounts.known()) {
        return false;
    }
    const auto has = [](const std::vector<std::string>& options, std::string_view option) {
        return std::ranges::find(options, option) != options.end();
    };
    return std::ranges::any_of(it.enforced.mounts.value(), [&](const model::Mount& mount) {
        return mount.target == "/sys" && mount.visible && mount.fsType == "sysfs" &&
               has(mount.options, "rw") && has(mount.superOptions, "ro");
    });
}

/// Read-only is a flag of one mount (mount(2), MS_RDONLY): a bind with all that lies below it (MS_REC) has it
/// alone, where the engine does not ask for it recursively (mount_setattr(2), AT_RECURSIVE).
bool belowReadOnly(const Case& it) {
    if (!it.under("mounts[") && !it.under("kernel.writableKnobs[")) {
        return false;
    }
    return std::ranges::any_of(it.declared.mounts.valueOr({}), [&](const model::Mount& mount) {
        const std::string key = it.under("mounts[") ? "mounts" : "kernel.writableKnobs";
        const std::string below = model::pathToKey(key, mount.target == "/" ? "" : mount.target);
        const std::string start = below.substr(0, below.size() - 2) + "/";
        return mount.visible && mount.readOnly && !mount.hostPaths.valueOr({}).empty() &&
               std::string_view(it.change.path).starts_with(start);
    });
}

/// No group of the controller carries the limit: the controller is off here, and the runtime went on.
bool limitWasNotSet(const Case& it) {
    return it.under("cgroup.limits") && it.change.after == Value(std::string("unlimited"));
}

/// The engine's defaults are those of a version that was assumed; the running engine has its own.
bool engineDefaultDrifted(const Case& it) {
    const auto stated = model::evidenceOf(it.declared);
    const model::Evidence* nearest = nullptr;
    std::size_t length = 0;
    for (const auto& [path, evidence] : stated) {
        if (it.change.path.starts_with(path) && path.size() >= length) {
            nearest = &evidence;
            length = path.size();
        }
    }
    return nearest != nullptr && nearest->kind == model::EvidenceKind::defaulted;
}

/// A setting outside the document, of the engine or the cluster, decides it: the document's gap says which.
bool assumedOtherwise(const Case& it) {
    if (!it.declared.config.assumed) {
        return false;
    }
    constexpr std::string_view kUsers = "identity.userNamespaceIsHost";
    constexpr std::array<std::string_view, 5> kOfUsers = {
        "identity.uidMap", "identity.gidMap", "identity.groupsOnHost", "namespaces.user",
        "capabilities.over"};
    return std::ranges::any_of(*it.declared.config.assumed, [&](const auto& entry) {
        const auto& [path, settled] = entry;
        const bool ofUsers = path == kUsers && std::ranges::any_of(kOfUsers, [&](std::string_view facet) {
                                 return it.under(facet);
                             });
        return settled.unreadable() && (it.under(path) || ofUsers);
    });
}

/// One known cause: its signs and its words.
struct Cause {
    bool (*holds)(const Case& it);
    std::string_view text;
};

/// The surer a sign, the earlier it stands.
constexpr std::array kCauses = {
    Cause{
        execSessionIsWider,
        "tasks that entered later hold more than the main process, as those of exec --privileged do"},
    Cause{launcherLacksIt, "the launcher does not hold the capability itself, so it could not give it"},
    Cause{unprivilegedLaunch, "an unprivileged launch may not set cgroup rules"},
    Cause{moduleIsNotActive, "this kernel does not run the security module, so no profile of it is enforced"},
    Cause{mountCoversTheProtection, "a mount lies over the protected path and hides its protection"},
    Cause{
        sysfsOfAnother,
        "sysfs is one file system for each network namespace, and the container that mounted it "
        "first there, a Pod's sandbox, left it read-only"},
    Cause{
        belowReadOnly,
        "the folder is asked for read-only, and a bind says so for one mount: what is mounted below it stays "
        "as it is on the host"},
    Cause{
        limitWasNotSet, "no control group above the container carries the limit: its controller is off here"},
    Cause{
        assumedOtherwise, "the file leaves it to a setting of the engine or the cluster, which its gap under "
                          "config.assumed names"},
    Cause{engineDefaultDrifted, "the file leaves it to the engine, and this engine's default is another one"},
};

} // namespace

std::string likelyCause(const Change& change, const Snapshot& declared, const Snapshot& enforced) {
    const Case it{change, declared, enforced};
    const auto found = std::ranges::find_if(kCauses, [&](const Cause& cause) { return cause.holds(it); });
    return found == kCauses.end() ? std::string() : std::string(found->text);
}

} // namespace bulkhead::compare
