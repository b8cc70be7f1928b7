#include "core/lab/declared.h"

#include "core/base/version.h"
#include "core/engines/docker_defaults.h"
#include "core/os/clock.h"

#include <algorithm>
#include <array>

namespace bulkhead::lab {

namespace {

using engines::OciConfig;
using model::CapabilitySet;
using model::Evidence;
using model::EvidenceKind;
using model::Exposure;
using model::Fact;
using model::NamespaceType;
using model::Snapshot;

Evidence from(const std::string& field) {
    return {EvidenceKind::declared, "config.json " + field, "", 0};
}

template <class T>
Fact<T> stated(T value, const std::string& field) {
    return {std::move(value), from(field)};
}

bool has(const std::vector<std::string>& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

bool hasOwnUsers(const Declaration& d) {
    return d.scenario.userNamespace.has_value();
}

void declareIdentity(const Declaration& d, Snapshot& out) {
    const OciConfig& asked = d.asked;
    const model::IdMap whole{{{0, 0, 4294967295U}}};
    model::Identity& identity = out.identity;
    identity.uid = stated(model::Ids{asked.uid, asked.uid, asked.uid, asked.uid}, "process.user.uid");
    identity.gid = stated(model::Ids{asked.gid, asked.gid, asked.gid, asked.gid}, "process.user.gid");
    identity.groups = stated(std::vector<std::uint32_t>(), "process.user.additionalGids");
    identity.groupsOnHost = stated(std::vector<std::uint32_t>(), "process.user.additionalGids");
    identity.uidMap = stated(hasOwnUsers(d) ? asked.uidMap : whole, "linux.uidMappings");
    identity.gidMap = stated(hasOwnUsers(d) ? asked.gidMap : whole, "linux.gidMappings");
    identity.noNewPrivileges = stated(asked.noNewPrivileges, "process.noNewPrivileges");
    identity.userNamespaceIsHost = stated(!hasOwnUsers(d), "linux.namespaces");
    for (const auto& [name, limit] : asked.rlimits) {
        identity.rlimits[name] = stated(limit, "process.rlimits " + name);
    }
}

void declareNamespaces(const Declaration& d, Snapshot& out) {
    constexpr std::array kOciNames = {
        std::pair{NamespaceType::user, std::string_view("user")},
        std::pair{NamespaceType::pid, std::string_view("pid")},
        std::pair{NamespaceType::mnt, std::string_view("mount")},
        std::pair{NamespaceType::net, std::string_view("network")},
        std::pair{NamespaceType::ipc, std::string_view("ipc")},
        std::pair{NamespaceType::uts, std::string_view("uts")},
        std::pair{NamespaceType::cgroup, std::string_view("cgroup")},
        std::pair{NamespaceType::time, std::string_view("time")},
    };
    for (const auto& [type, name] : kOciNames) {
        const bool own = has(d.asked.namespaces, name);
        const std::string field = "linux.namespaces " + std::string(name);
        model::Namespace& entry = out.namespaces[type];
        entry.sharedWithHost = stated(!own, field);
        entry.declared = stated(std::string(own ? "new" : "host"), field);
    }
    out.network.hostNetwork = stated(!has(d.asked.namespaces, "network"), "linux.namespaces network");
}

/// A path as the configuration leaves it: masked, read-only by itself or with the sysfs it is part of.
model::PathState stateOf(const OciConfig& asked, const std::string& path) {
    if (has(asked.maskedPaths, path)) {
        return {Exposure::masked, false};
    }
    const auto tree = std::ranges::find_if(asked.mounts, [&](const engines::OciMount& mount) {
        return (mount.type == "proc" || mount.type == "sysfs") && path.starts_with(mount.target + "/");
    });
    const bool readOnlyTree = tree != asked.mounts.end() && has(tree->options, "ro");
    if (readOnlyTree || has(asked.readonlyPaths, path)) {
        return {Exposure::readonly, false};
    }
    return {Exposure::exposed, true};
}

void declarePaths(const Declaration& d, Snapshot& out) {
    std::vector<std::string> knobs;
    for (const model::SensitivePath& sensitive : model::sensitivePaths()) {
        const std::string path(sensitive.path);
        const model::PathState state = stateOf(d.asked, path);
        const std::string field =
            state.state == Exposure::masked ? "linux.maskedPaths" : "linux.readonlyPaths";
        out.paths.states[path] = stated(state, field);
        std::error_code error;
        if (sensitive.globalKnob && state.writable && std::filesystem::exists(path, error)) {
            knobs.push_back(path);
        }
    }
    for (const engines::OciMount& mount : d.asked.mounts) {
        const bool ofTheKernel = mount.type == "sysfs" || mount.type == "cgroup";
        if (ofTheKernel && std::ranges::find(mount.options, "ro") == mount.options.end()) {
            knobs.push_back(mount.target);
        }
    }
    std::ranges::sort(knobs);
    out.paths.maskedPaths = stated(d.asked.maskedPaths, "linux.maskedPaths");
    out.paths.readonlyPaths = stated(d.asked.readonlyPaths, "linux.readonlyPaths");
    out.kernel.writableKnobs = stated(std::move(knobs), "linux.readonlyPaths");
    out.rootfs.writable = stated(!d.asked.readOnlyRoot, "root.readonly");
}

void declareCapabilities(const Declaration& d, Snapshot& out) {
    const OciConfig& asked = d.asked;
    model::Capabilities& sets = out.capabilities;
    sets.effective = stated(asked.effective, "process.capabilities.effective");
    sets.permitted = stated(asked.permitted, "process.capabilities.permitted");
    sets.bounding = stated(asked.bounding, "process.capabilities.bounding");
    sets.inheritable = stated(CapabilitySet(), "process.capabilities.inheritable");
    sets.ambient = stated(CapabilitySet(), "process.capabilities.ambient");
    const CapabilitySet reachable(asked.permitted.mask() | asked.bounding.mask());
    sets.obtainable = {
        asked.noNewPrivileges ? asked.permitted : reachable,
        {EvidenceKind::inferred, "config.json process.capabilities", "", 0}};
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        sets.over[type] = {
            hasOwnUsers(d) ? CapabilitySet() : asked.effective,
            {EvidenceKind::inferred, "config.json process.capabilities, linux.namespaces user", "", 0}};
    }
}

void declareCgroup(const Declaration& d, Snapshot& out) {
    const engines::OciLimits& limits = d.asked.limits;
    for (const auto& [name, limit] :
         {std::pair{"pids", limits.pids}, std::pair{"memory", limits.memory}, std::pair{"cpu", limits.cpu}}) {
        const std::string field = "linux.resources." + std::string(name);
        out.cgroup.limits[name] = stated(model::Limit{limit, limit ? "config.json " + field : ""}, field);
    }
    const auto rules = d.scenario.openDevicePolicy
                           ? model::DeviceRules::everything()
                           : engines::enforcedDockerRules(d.runtime.name, d.runtime.version);
    out.cgroup.devicePolicy.effective =
        stated(rules, "linux.resources.devices, and what " + d.runtime.name + " adds");
}

void declareDevices(const Declaration& d, Snapshot& out) {
    std::vector<model::Device> devices;
    for (const engines::OciDevice& asked : d.asked.devices) {
        if (engines::isStandardDevice(asked.path)) {
            continue;
        }
        const bool block = asked.type == 'b';
        devices.push_back(
            {asked.path, block ? "block" : "char", asked.major, asked.minor, asked.mode, asked.uid, asked.gid,
             block ? model::DeviceClass::disk : model::DeviceClass::other, block});
    }
    out.devices = stated(std::move(devices), "linux.devices");
    out.sockets = stated(std::vector<model::RuntimeSocket>(), "mounts");
}

void declareConfig(const Declaration& d, Snapshot& out) {
    out.image.user = stated(std::string("root"), "image");
    out.image.digest = stated(out.subject.image.digest, "image");
    out.config.privileged = stated(d.scenario.privileged, "scenario.yaml privileged");
    out.config.asks = stated(catalog::asksOf(d.scenario), "scenario.yaml");
    out.config.sysctls = stated(d.asked.sysctls, "linux.sysctl");
    out.config.hooks = stated(std::vector<std::string>(), "hooks");
}

} // namespace

Snapshot declareSnapshot(const Declaration& d, model::Subject subject) {
    Snapshot out;
    out.producer.version = std::string(base::kVersion);
    out.producer.privilege = d.machine.isRoot() ? "root" : "unprivileged";
    out.captureId = os::randomId();
    out.takenAt = os::nowUtc();
    out.subject = std::move(subject);
    out.vantage = model::Vantage::declared;
    declareIdentity(d, out);
    declareNamespaces(d, out);
    out.mounts = stated(declareMounts(d), "mounts");
    declarePaths(d, out);
    declareCapabilities(d, out);
    out.seccomp = declareSeccomp(d);
    declareCgroup(d, out);
    declareDevices(d, out);
    declareConfig(d, out);
    return out;
}

} // namespace bulkhead::lab
