#include "core/claims/boundary.h"
#include "core/claims/engine_ids.h"
#include "core/claims/visible_texts.h"
#include "core/model/device_grid.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace bulkhead::claims {

using model::CapabilitySet;
using model::Evidence;
using model::EvidenceKind;
using model::Exposure;
using model::Fact;
using model::NamespaceType;
using model::Snapshot;
using model::Unreadable;

namespace {

bool has(const std::vector<std::string>& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

Evidence inferredFrom(const Evidence& from) {
    Evidence out = from;
    out.kind = EvidenceKind::inferred;
    return out;
}

/// A fact made of another: known where that is, else its gap.
template <class T, class Make>
auto derived(const Fact<T>& from, Make make) -> Fact<decltype(make(from.value()))> {
    if (from.known()) {
        return {make(from.value()), from.evidence()};
    }
    if (from.unreadable()) {
        return from.gap();
    }
    return {};
}

bool isOwn(const Fact<std::string>& asked) {
    return asked.known() && asked.value() == "new";
}

/// Whether the ids are those of a user namespace below the host's; nullopt where that is not known.
std::optional<bool> hasOwnUsers(const Boundary& boundary) {
    const auto found = boundary.namespaces.find(NamespaceType::user);
    if (found == boundary.namespaces.end() || !found->second.known() ||
        found->second.value().starts_with("join")) {
        return std::nullopt;
    }
    return isOwn(found->second);
}

Unreadable unknownUsers(const Boundary& boundary) {
    const auto found = boundary.namespaces.find(NamespaceType::user);
    if (found != boundary.namespaces.end() && found->second.unreadable()) {
        return found->second.gap();
    }
    return {"which user namespace the container is in is not said", ""};
}

void declareIdentity(const Boundary& boundary, Snapshot& out) {
    const model::IdMap whole{{{0, 0, 4294967295U}}};
    model::Identity& identity = out.identity;
    const auto all = [](std::uint32_t id) { return model::Ids{id, id, id, id}; };
    identity.uid = derived(boundary.uid, all);
    identity.gid = derived(boundary.gid, all);
    identity.groups = boundary.groups;
    const auto own = hasOwnUsers(boundary);
    if (own == std::optional(false)) {
        identity.groupsOnHost = boundary.groups;
        const Evidence from = boundary.namespaces.at(NamespaceType::user).evidence();
        identity.uidMap = {whole, from};
        identity.gidMap = {whole, from};
    } else if (own) {
        identity.uidMap = boundary.uidMap;
        identity.gidMap = boundary.gidMap;
    } else {
        identity.uidMap = unknownUsers(boundary);
        identity.gidMap = unknownUsers(boundary);
    }
    identity.noNewPrivileges = boundary.noNewPrivileges;
    identity.userNamespaceIsHost =
        own ? Fact<bool>(!*own, boundary.namespaces.at(NamespaceType::user).evidence())
            : Fact<bool>(unknownUsers(boundary));
    identity.rlimits = boundary.rlimits;
    identity.oomScoreAdj = boundary.oomScoreAdj;
}

/// Host groups of a container with a map of its own.
void declareGroupsOnHost(const Boundary& boundary, Snapshot& out) {
    if (hasOwnUsers(boundary) != std::optional(true)) {
        return;
    }
    if (areOfEngine(boundary.gidMap)) {
        const Evidence& from = boundary.namespaces.at(NamespaceType::user).evidence();
        out.identity.groupsOnHost = {{}, inferredFrom(from)};
        return;
    }
    if (!boundary.groups.known() || !boundary.gidMap.known()) {
        return;
    }
    std::vector<std::uint32_t> onHost;
    for (const std::uint32_t group : boundary.groups.value()) {
        if (const auto host = boundary.gidMap.value().toHost(group)) {
            onHost.push_back(*host);
        }
    }
    out.identity.groupsOnHost = {std::move(onHost), inferredFrom(boundary.groups.evidence())};
}

void declareNamespaces(const Boundary& boundary, Snapshot& out) {
    for (const auto& [type, asked] : boundary.namespaces) {
        model::Namespace& entry = out.namespaces[type];
        entry.declared = asked;
        if (asked.known() && asked.value().starts_with("join")) {
            entry.sharedWithHost =
                Unreadable{asked.value() + ": whose namespace that is, the file does not say", ""};
        } else {
            entry.sharedWithHost = derived(asked, [](const std::string& word) { return word == "host"; });
        }
    }
    if (const auto net = out.namespaces.find(NamespaceType::net); net != out.namespaces.end()) {
        out.network.hostNetwork = net->second.sharedWithHost;
    }
    out.network.publishedPorts = boundary.publishedPorts;
}

bool isReadOnly(const AskedMount& mount) {
    return mount.superReadOnly || has(mount.options, "ro") || has(mount.options, "rro");
}

/// A path as the configuration leaves it: masked, read-only by itself or with the file system it is part of.
model::PathState stateOf(const Boundary& boundary, const std::string& path) {
    const auto within = [&](const std::vector<std::string>& list) {
        return std::ranges::any_of(list, [&](const std::string& folder) {
            return path == folder || path.starts_with(folder + "/");
        });
    };
    if (within(boundary.maskedPaths.value())) {
        return {Exposure::masked, false};
    }
    const auto tree = std::ranges::find_if(boundary.mounts, [&](const AskedMount& mount) {
        const bool ofHost = mount.type == "bind" && (mount.source == "/proc" || mount.source == "/sys");
        return (mount.type == "proc" || mount.type == "sysfs" || ofHost) &&
               path.starts_with(mount.target + "/");
    });
    const bool readOnlyTree = tree != boundary.mounts.end() && isReadOnly(*tree);
    if (readOnlyTree || within(boundary.readonlyPaths.value())) {
        return {Exposure::readonly, false};
    }
    return {Exposure::exposed, true};
}

/// Of a mount: its own file system, or a second sight of the host's.
bool isOfKernel(const AskedMount& mount, const Ground& ground) {
    return mount.type == "sysfs" || mount.type == "cgroup" ||
           (mount.type == "bind" && kindOfKernelTree(mount.source, ground));
}

void declarePaths(const Boundary& boundary, const Ground& ground, Snapshot& out) {
    out.paths.maskedPaths = boundary.maskedPaths;
    out.paths.readonlyPaths = boundary.readonlyPaths;
    if (!boundary.maskedPaths.known() || !boundary.readonlyPaths.known()) {
        return;
    }
    std::vector<std::string> knobs;
    for (const model::SensitivePath& sensitive : model::sensitivePaths()) {
        const std::string path(sensitive.path);
        const model::PathState state = stateOf(boundary, path);
        const Evidence& from = state.state == Exposure::masked ? boundary.maskedPaths.evidence()
                                                               : boundary.readonlyPaths.evidence();
        out.paths.states[path] = {state, from};
        std::error_code error;
        if (sensitive.globalKnob && state.writable && std::filesystem::exists(path, error)) {
            knobs.push_back(path);
        }
    }
    for (const AskedMount& mount : boundary.mounts) {
        if (isOfKernel(mount, ground) && !isReadOnly(mount)) {
            knobs.push_back(mount.target);
        }
    }
    std::ranges::sort(knobs);
    out.kernel.writableKnobs = {std::move(knobs), boundary.readonlyPaths.evidence()};
}

/// The sets once the container's program runs: execve(2) recomputes them (capabilities(7), "Transformation of
/// capabilities during execve()"; no_new_privs keeps root from gaining what it lacked).
struct AfterExecve {
    CapabilitySet permitted;
    CapabilitySet effective;
    CapabilitySet ambient;
};

AfterExecve afterExecve(const Boundary& boundary) {
    const CapabilitySet permitted = boundary.permitted.value();
    const CapabilitySet bounding = boundary.bounding.value();
    const CapabilitySet inheritable = boundary.inheritable.value();
    const CapabilitySet ambient = boundary.ambient.value().intersected(permitted).intersected(inheritable);
    if (boundary.uid.value() != 0) {
        return {ambient, ambient, ambient};
    }
    CapabilitySet gained(bounding.mask() | inheritable.mask());
    if (boundary.noNewPrivileges.valueOr(false)) {
        gained = gained.intersected(permitted);
    }
    const CapabilitySet all(gained.mask() | ambient.mask());
    return {all, all, ambient};
}

std::optional<Unreadable> missingForExecve(const Boundary& boundary) {
    for (const auto* set :
         {&boundary.permitted, &boundary.bounding, &boundary.inheritable, &boundary.ambient}) {
        if (!set->known()) {
            return set->unreadable() ? set->gap() : Unreadable{"the capability sets are not said", ""};
        }
    }
    if (!boundary.uid.known()) {
        return boundary.uid.unreadable() ? boundary.uid.gap() : Unreadable{"the user is not said", ""};
    }
    return std::nullopt;
}

void declareOver(const Boundary& boundary, Snapshot& out) {
    const auto own = hasOwnUsers(boundary);
    const auto& effective = out.capabilities.effective;
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        if (!own) {
            out.capabilities.over[type] = unknownUsers(boundary);
        } else if (*own) {
            out.capabilities.over[type] = {
                CapabilitySet(), inferredFrom(boundary.namespaces.at(NamespaceType::user).evidence())};
        } else if (effective.known()) {
            out.capabilities.over[type] = {effective.value(), inferredFrom(effective.evidence())};
        } else if (effective.unreadable()) {
            out.capabilities.over[type] = effective.gap();
        }
    }
}

void declareCapabilities(const Boundary& boundary, Snapshot& out) {
    model::Capabilities& sets = out.capabilities;
    sets.bounding = boundary.bounding;
    sets.inheritable = boundary.inheritable;
    if (const auto missing = missingForExecve(boundary)) {
        sets.effective = *missing;
        sets.permitted = *missing;
        sets.obtainable = *missing;
        sets.ambient = boundary.ambient;
        declareOver(boundary, out);
        return;
    }
    const AfterExecve after = afterExecve(boundary);
    const bool asAsked = after.permitted == boundary.permitted.value();
    const Evidence& from = boundary.permitted.evidence();
    sets.permitted = {after.permitted, asAsked ? from : inferredFrom(boundary.uid.evidence())};
    sets.effective = {
        after.effective, asAsked ? boundary.effective.evidence() : inferredFrom(boundary.uid.evidence())};
    sets.ambient = {after.ambient, boundary.ambient.evidence()};
    const CapabilitySet reachable(after.permitted.mask() | boundary.bounding.value().mask());
    if (boundary.noNewPrivileges.known()) {
        sets.obtainable = {
            boundary.noNewPrivileges.value() ? after.permitted : reachable, inferredFrom(from)};
    } else if (boundary.noNewPrivileges.unreadable()) {
        sets.obtainable = boundary.noNewPrivileges.gap();
    }
    declareOver(boundary, out);
}

void declareCgroup(const Boundary& boundary, const Builder& builder, const Ground& ground, Snapshot& out) {
    out.cgroup.version = {
        ground.cgroupUnified ? "v2" : "v1",
        {EvidenceKind::inferred, "the machine it is resolved for", "", 0}};
    out.cgroup.limits = boundary.limits;
    if (!boundary.deviceRules.known()) {
        if (boundary.deviceRules.unreadable()) {
            out.cgroup.devicePolicy.effective = boundary.deviceRules.gap();
        }
        return;
    }
    auto rules = followRules(boundary.deviceRules.value(), devicesOfRuntime(builder.runtime));
    if (rules) {
        Evidence from = boundary.deviceRules.evidence();
        from.source += ", and what " + builder.runtime.name + " adds";
        out.cgroup.devicePolicy.effective = {std::move(*rules), std::move(from)};
    } else {
        out.cgroup.devicePolicy.effective =
            Unreadable{"the device rules overlap in a way that no list of rules says", ""};
    }
}

void declareDevices(const Boundary& boundary, Snapshot& out) {
    out.devices = derived(boundary.devices, [](const std::vector<AskedDevice>& asked) {
        std::vector<model::Device> devices;
        for (const AskedDevice& device : asked) {
            if (!isStandardNode(device.path)) {
                const bool block = device.type == 'b';
                devices.push_back(
                    {device.path, block ? "block" : "char", device.major, device.minor, device.mode,
                     device.uid, device.gid, block ? model::DeviceClass::disk : model::DeviceClass::other,
                     block});
            }
        }
        std::ranges::sort(devices, {}, &model::Device::path);
        return devices;
    });
}

void declareConfig(const Boundary& boundary, Snapshot& out) {
    out.rootfs.writable = derived(boundary.readOnlyRoot, [](bool readOnly) { return !readOnly; });
    out.lsm.apparmor = boundary.apparmor;
    out.lsm.selinux = boundary.selinux;
    out.image = boundary.imageFacts;
    if (boundary.imageUser.known()) {
        out.image.user = boundary.imageUser;
    }
    if (out.image.findings.known()) { // else it is of no interest how engines mount what they unpack
        out.rootfs.nosuid = {
            false, {EvidenceKind::defaulted, "engines mount their storage without nosuid", "", 0}};
    }
    out.config.privileged = boundary.privileged;
    out.config.asks = boundary.asks;
    out.config.sysctls = boundary.sysctls;
    out.config.hooks = boundary.hooks;
    out.config.notUnderstood = boundary.notUnderstood;
    out.config.assumed = boundary.assumed;
}

void declareSubject(const Boundary& boundary, const Builder& builder, const Ground& ground, Snapshot& out) {
    out.vantage = model::Vantage::declared;
    out.subject.name = boundary.name;
    out.subject.id = boundary.id;
    out.subject.image = boundary.image;
    if (boundary.sandbox) {
        out.subject.sandbox = *boundary.sandbox;
    }
    out.subject.engine = builder.engine;
    out.subject.runtime = builder.runtime;
    out.group.kind = boundary.groupKind;
    out.group.id = boundary.group;
    out.group.role = boundary.role;
    const Evidence here{EvidenceKind::inferred, "the machine it is resolved for", "", 0};
    out.host.kernel = {ground.kernelRelease, here};
    out.host.arch = {ground.architecture, here};
    out.host.capLastCap = {ground.lastCapability, here};
}

} // namespace

Snapshot declareSnapshot(const Boundary& boundary, const Builder& builder, const Ground& ground) {
    Snapshot out;
    declareSubject(boundary, builder, ground, out);
    declareIdentity(boundary, out);
    declareGroupsOnHost(boundary, out);
    declareNamespaces(boundary, out);
    auto mounts = declareMounts(boundary, ground);
    out.sockets = declareSockets(mounts, boundary.mountsFrom);
    out.mounts = {std::move(mounts), boundary.mountsFrom};
    declarePaths(boundary, ground, out);
    declareCapabilities(boundary, out);
    declareFilter(boundary, builder, ground, out.seccomp);
    declareCgroup(boundary, builder, ground, out);
    declareDevices(boundary, out);
    declareConfig(boundary, out);
    makeTextsVisible(out);
    return out;
}

} // namespace bulkhead::claims
