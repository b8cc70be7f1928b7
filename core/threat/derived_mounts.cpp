#include "core/claims/engine_ids.h"
#include "core/threat/authority_facts.h"
#include "core/threat/derived_facts.h"
#include "core/threat/host_paths.h"

#include <algorithm>
#include <iterator>

namespace bulkhead::threat {

using model::Mount;
using model::MountKind;
using model::Snapshot;
using model::Truth;

namespace {

std::string mountPath(const Mount& mount, std::string_view field) {
    return "mounts[\"" + mount.target + "\"]" + std::string(field);
}

const std::vector<std::string>& hostPathsOf(const Mount& mount) {
    static const std::vector<std::string> kNone;
    return mount.hostPaths.known() ? mount.hostPaths.value() : kNone;
}

/// A kind of mount that may be of a directory of the host.
bool mayShowHost(const Mount& mount) {
    return mount.kind == MountKind::bind || mount.kind == MountKind::volume ||
           mount.kind == MountKind::socket || mount.kind == MountKind::other;
}

/// The first of the paths that nobody knows to be there.
std::string lackedBelow(const std::string& shown, const std::vector<HostPathPattern>& wanted) {
    const auto found = std::ranges::find_if(
        wanted, [&](const HostPathPattern& one) { return showsHostPath(shown, {one}) == Truth::unknown; });
    return found == wanted.end() ? "" : found->text.substr(1);
}

Truth shows(const std::vector<HostPathPattern>& wanted, const Scope& scope, Explanation* why) {
    const Mount& mount = *scope.mount;
    const auto& paths = mount.hostPaths;
    if (!mount.visible) {
        if (why != nullptr) {
            why->use(mountPath(mount, ".visible"), "false", Truth::no, nullptr);
        }
        return Truth::no;
    }
    if (!paths.known()) {
        const bool open = paths.unreadable() && mayShowHost(mount);
        if (open && why != nullptr) {
            account(why, *scope.snapshot, mountPath(mount, ".hostPaths"), paths, "", Truth::unknown);
        } else if (why != nullptr) {
            why->use(mountPath(mount, ".kind"), std::string(model::nameOf(mount.kind)), Truth::no, nullptr);
        }
        return open ? Truth::unknown : Truth::no;
    }
    Truth truth = Truth::no;
    std::string shown = paths.value().empty() ? "none" : paths.value().front();
    for (const std::string& path : paths.value()) {
        if (const Truth one = showsHostPath(path, wanted); one > truth) {
            truth = one;
            shown = path;
        }
    }
    if (why != nullptr && truth == Truth::unknown) {
        why->miss(
            mountPath(mount, ".hostPaths"),
            {"whether " + lackedBelow(shown, wanted) + " is there, below " + shown,
             "a look at it on the host"});
    } else if (why != nullptr) {
        account(why, *scope.snapshot, mountPath(mount, ".hostPaths"), paths, shown, truth);
    }
    return truth;
}

/// The mount and the user namespace have one map, which an engine chose: whoever is root inside is root of
/// the mount's files.
bool mapsAsUsers(const Mount& mount, const Snapshot& snapshot) {
    return mount.idmap && claims::areOfEngine(mount.idmapUids) &&
           claims::areOfEngine(snapshot.identity.uidMap);
}

Truth actsAsRoot(const Scope& scope, Explanation* why) {
    const Mount& mount = *scope.mount;
    const Snapshot& snapshot = *scope.snapshot;
    const auto uid = hostUid(snapshot);
    if (mapsAsUsers(mount, snapshot)) {
        const auto& inside = snapshot.identity.uid;
        const Truth root = truthOf(inside, [](const model::Ids& ids) { return ids.effective == 0; });
        if (root != Truth::no) {
            account(
                why, snapshot, "identity.uid.effective", inside,
                "0, and the mount maps ids back as the user namespace maps them", root);
            return root;
        }
    }
    if (uid && mount.idmap && mount.idmapUids.known()) {
        const bool root = mount.idmapUids.value().fromHost(*uid) == std::optional<std::uint32_t>(0);
        if (root) {
            account(
                why, snapshot, mountPath(mount, ".idmapUids"), mount.idmapUids,
                mount.idmapUids.value().toText(), Truth::yes);
            return Truth::yes;
        }
    } else if (
        (!uid && !claims::areOfEngine(snapshot.identity.uidMap)) || (uid && !mount.idmap && *uid == 0)) {
        return rootOnHost(snapshot, why);
    }
    const auto override = *model::capabilityNamed("CAP_DAC_OVERRIDE");
    if (!mount.idmap && capabilityOverHost(snapshot, override, nullptr) == Truth::yes) {
        return capabilityOverHost(snapshot, override, why);
    }
    if (why != nullptr) {
        why->miss(
            mountPath(mount, ""),
            {"what the permissions of the host's files give to this id is not collected",
             "a look at the files' owners and modes on the host"});
    }
    return Truth::unknown;
}

/// A procfs or sysfs in reach: what of it the mount shows.
struct Instance {
    const Mount* mount = nullptr;
    std::string root; ///< path within the file system, "" for all of it
};

std::optional<Instance> instanceOf(const Mount& mount, std::string_view top) {
    const std::string_view type = top == "/proc" ? "proc" : "sysfs";
    if (mount.fsType == type) {
        return Instance{&mount, mount.root == "/" ? "" : mount.root};
    }
    for (const std::string& path : hostPathsOf(mount)) {
        if (isWithin(path, top)) {
            return Instance{&mount, path.substr(top.size())};
        }
    }
    return std::nullopt;
}

/// A second instance elsewhere, which no mask of the engine covers.
const Mount* writableElsewhere(const Snapshot& snapshot, std::string_view top, std::string_view rest) {
    for (const Mount& mount : snapshot.mounts.value()) {
        const auto instance = isWithin(mount.target, top) ? std::nullopt : instanceOf(mount, top);
        if (!instance || !mount.visible || !(instance->root.empty() || isWithin(rest, instance->root))) {
            continue;
        }
        const std::string path = mount.target + std::string(rest.substr(instance->root.size()));
        const Mount* decides = mountAbove(snapshot, path);
        if (decides != nullptr && !decides->readOnly && decides->kind != MountKind::masked) {
            return decides;
        }
    }
    return nullptr;
}

/// The sensitive path that is the file or the nearest above it.
const std::pair<const std::string, model::Fact<model::PathState>>*
nearestState(const Snapshot& snapshot, std::string_view path) {
    const std::pair<const std::string, model::Fact<model::PathState>>* nearest = nullptr;
    for (const auto& entry : snapshot.paths.states) {
        if (isWithin(path, entry.first) &&
            (nearest == nullptr || entry.first.size() > nearest->first.size())) {
            nearest = &entry;
        }
    }
    return nearest;
}

/// At its usual place: by the state of the nearest sensitive path, and by the mount that lies deepest.
Truth writableInPlace(const Snapshot& snapshot, const std::string& path, Explanation* why) {
    const auto* state = nearestState(snapshot, path);
    const Mount* decides = mountAbove(snapshot, path);
    if (state != nullptr && !state->second.unstated()) {
        const auto& fact = state->second;
        const std::string at = "paths[\"" + state->first + "\"]";
        if (!fact.known() || !fact.value().writable) {
            const std::string text = fact.known() ? std::string(model::nameOf(fact.value().state)) : "";
            account(why, snapshot, at, fact, text, Truth::no);
            return fact.known() ? Truth::no : Truth::unknown;
        }
        if (decides == nullptr || decides->target.size() <= state->first.size() || !decides->readOnly) {
            account(why, snapshot, at + ".writable", fact, "true", Truth::yes);
            return Truth::yes;
        }
    }
    if (decides == nullptr) {
        account(why, snapshot, "mounts", snapshot.mounts, "none above " + path, Truth::no);
        return snapshot.mounts.known() ? Truth::no : Truth::unknown;
    }
    const bool kernels = decides->fsType == "proc" || decides->fsType == "sysfs" ||
                         decides->kind == MountKind::proc || decides->kind == MountKind::sys;
    const Truth truth = kernels && !decides->readOnly ? Truth::yes : Truth::no;
    if (why != nullptr) {
        why->use(
            mountPath(*decides, ".readOnly"), decides->readOnly ? "true" : "false", truth,
            &snapshot.mounts.evidence());
    }
    return truth;
}

Truth kernelFileWritable(const std::string& path, const Scope& scope, Explanation* why) {
    const Snapshot& snapshot = *scope.snapshot;
    const std::string_view top = path.starts_with("/proc") ? "/proc" : "/sys";
    const std::string_view rest = std::string_view(path).substr(top.size());
    const Mount* elsewhere = snapshot.mounts.known() ? writableElsewhere(snapshot, top, rest) : nullptr;
    if (elsewhere == nullptr || writableInPlace(snapshot, path, nullptr) == Truth::yes) {
        return writableInPlace(snapshot, path, why);
    }
    if (why != nullptr) {
        why->use(mountPath(*elsewhere, ".readOnly"), "false", Truth::yes, &snapshot.mounts.evidence());
    }
    return Truth::yes;
}

bool isHostWritable(const Mount& mount) {
    return mount.visible && !mount.readOnly && mayShowHost(mount) && !hostPathsOf(mount).empty();
}

/// A plain pattern names a file in the mount namespace of what crashed (core(5)).
Truth dumpLandsOnHost(const Snapshot& snapshot, const std::string& pattern, Explanation* why) {
    const auto limit = snapshot.identity.rlimits.find("RLIMIT_CORE");
    if (limit != snapshot.identity.rlimits.end() && limit->second.known() &&
        limit->second.value().soft == std::optional<std::uint64_t>(0)) {
        account(why, snapshot, "identity.rlimits.RLIMIT_CORE", limit->second, "0", Truth::no);
        return Truth::no;
    }
    if (!snapshot.mounts.known()) {
        account(why, snapshot, "mounts", snapshot.mounts, "", Truth::unknown);
        return Truth::unknown;
    }
    const Mount* place = pattern.starts_with('/') ? mountAbove(snapshot, pattern) : nullptr;
    const auto& mounts = snapshot.mounts.value();
    const bool may = pattern.starts_with('/') ? place != nullptr && isHostWritable(*place)
                                              : std::ranges::any_of(mounts, isHostWritable);
    if (!may) {
        account(why, snapshot, "mounts", snapshot.mounts, "no writable directory of the host", Truth::no);
        return Truth::no;
    }
    if (place != nullptr) {
        account(why, snapshot, mountPath(*place, ".hostPaths"), place->hostPaths, pattern, Truth::yes);
        return Truth::yes;
    }
    if (why != nullptr) {
        why->miss(
            "identity", {"the working directory of the process is not collected", "readlink /proc/PID/cwd"});
    }
    return Truth::unknown;
}

Truth coreDumpsLeave(const Scope& scope, Explanation* why) {
    const Snapshot& snapshot = *scope.snapshot;
    const auto knob = snapshot.host.knobs.find("kernel.core_pattern");
    const std::string path = "host.knobs[\"kernel.core_pattern\"]";
    if (knob == snapshot.host.knobs.end() || !knob->second.known()) {
        const model::Fact<std::string> nothing;
        account(
            why, snapshot, path, knob == snapshot.host.knobs.end() ? nothing : knob->second, "",
            Truth::unknown);
        return Truth::unknown;
    }
    if (knob->second.value().starts_with('|')) {
        account(why, snapshot, path, knob->second, knob->second.value(), Truth::yes);
        return Truth::yes;
    }
    return dumpLandsOnHost(snapshot, knob->second.value(), why);
}

} // namespace

bool isWithin(std::string_view path, std::string_view folder) {
    return folder == "/" ||
           (path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/'));
}

const Mount* mountAbove(const Snapshot& snapshot, std::string_view path) {
    const Mount* deepest = nullptr;
    if (!snapshot.mounts.known()) {
        return nullptr;
    }
    for (const Mount& mount : snapshot.mounts.value()) {
        const bool closer = deepest == nullptr || mount.target.size() >= deepest->target.size();
        if (mount.visible && closer && isWithin(path, mount.target)) {
            deepest = &mount;
        }
    }
    return deepest;
}

base::Result<Evaluator> compileShows(const DerivedRequest& request) {
    const auto& wanted = request.arguments;
    const bool absolute = std::ranges::all_of(
        wanted, [](const std::string& path) { return path.starts_with('/') || path.starts_with("?/"); });
    if (wanted.empty() || !absolute) {
        return base::fail(base::ErrorKind::malformed, "absolute paths of the host are expected");
    }
    std::vector<HostPathPattern> patterns;
    std::ranges::transform(wanted, std::back_inserter(patterns), parseHostPathPattern);
    return [wanted = std::move(patterns)](const Scope& scope, Explanation* why) {
        return shows(wanted, scope, why);
    };
}

base::Result<Evaluator> compileActsAsRoot(const DerivedRequest& request) {
    if (!request.arguments.empty()) {
        return base::fail(base::ErrorKind::malformed, "takes no arguments");
    }
    return actsAsRoot;
}

base::Result<Evaluator> compileKernelFile(const DerivedRequest& request) {
    const auto& wanted = request.arguments;
    if (wanted.size() != 1 || !(isWithin(wanted.front(), "/proc") || isWithin(wanted.front(), "/sys"))) {
        return base::fail(base::ErrorKind::malformed, "one path of /proc or /sys is expected");
    }
    return [path = wanted.front()](const Scope& scope, Explanation* why) {
        return kernelFileWritable(path, scope, why);
    };
}

base::Result<Evaluator> compileCoreDumps(const DerivedRequest& request) {
    if (!request.arguments.empty()) {
        return base::fail(base::ErrorKind::malformed, "takes no arguments");
    }
    return coreDumpsLeave;
}

} // namespace bulkhead::threat
