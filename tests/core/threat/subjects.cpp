#include "tests/core/threat/subjects.h"

#include "core/os/file.h"
#include "core/wire/snapshot_json.h"

#include <algorithm>
#include <stdexcept>

namespace bulkhead::threat {

using model::Snapshot;

namespace {

/// A list of the snapshot that a test writes to.
template <class T>
std::vector<T> listOf(const model::Fact<std::vector<T>>& fact) {
    return fact.valueOr({});
}

} // namespace

Snapshot recorded(const std::string& name, model::Vantage vantage) {
    const std::string file = "resources/recordings/" + name + ".json";
    const auto text = os::readFile(file);
    const auto snapshots = text ? wire::parseSnapshots(*text, file) : std::unexpected(text.error());
    if (!snapshots) {
        throw std::runtime_error(snapshots.error().message);
    }
    return *std::ranges::find(*snapshots, vantage, &Snapshot::vantage);
}

void give(Snapshot& snapshot, const char* capability) {
    model::Capabilities& all = snapshot.capabilities;
    const auto bit = *model::capabilityNamed(capability);
    for (auto* fact :
         {&all.effective, &all.permitted, &all.bounding, &all.obtainable,
          &all.over[model::NamespaceType::user], &all.within[model::NamespaceType::user],
          &all.within[model::NamespaceType::net]}) {
        model::CapabilitySet value = fact->valueOr({});
        value.add(bit);
        set(*fact, value);
    }
}

void takeOverHost(Snapshot& snapshot, const char* capability) {
    auto& fact = snapshot.capabilities.over[model::NamespaceType::user];
    model::CapabilitySet value = fact.valueOr({});
    value.remove(*model::capabilityNamed(capability));
    set(fact, value);
}

void answer(Snapshot& snapshot, const char* call, model::SeccompAction action) {
    auto verdicts = snapshot.seccomp.verdicts.value();
    for (auto& [name, arch] : verdicts) {
        model::SeccompVerdict verdict;
        verdict.action = action;
        verdict.data = action == model::SeccompAction::errorNumber ? 1 : 0;
        arch.calls[call] = verdict;
    }
    set(snapshot.seccomp.verdicts, verdicts);
}

void allow(Snapshot& snapshot, const char* call) {
    answer(snapshot, call, model::SeccompAction::allow);
}
void refuse(Snapshot& snapshot, const char* call) {
    answer(snapshot, call, model::SeccompAction::errorNumber);
}

void setKnob(Snapshot& snapshot, const char* name, const char* value) {
    set(snapshot.host.knobs[name], std::string(value));
}

namespace {

// Kept beside the fact, because a fact's value cannot be written to.
model::Mount& edited(Snapshot& snapshot, std::vector<model::Mount> mounts, std::size_t which) {
    set(snapshot.mounts, std::move(mounts));
    return const_cast<model::Mount&>(snapshot.mounts.value()[which]); // NOLINT: the test owns the snapshot
}

} // namespace

model::Mount& addMount(Snapshot& snapshot, const char* target, const char* hostPath, bool readOnly) {
    auto mounts = listOf(snapshot.mounts);
    model::Mount mount;
    mount.target = target;
    mount.fsType = "ext4";
    mount.kind = model::MountKind::bind;
    mount.readOnly = readOnly;
    set(mount.hostPaths, Texts{hostPath});
    set(mount.sharedWithHostPeer, false);
    mounts.push_back(mount);
    return edited(snapshot, std::move(mounts), snapshot.mounts.value().size());
}

model::Mount& mountAt(Snapshot& snapshot, const char* target) {
    auto mounts = listOf(snapshot.mounts);
    const auto found = std::ranges::find(mounts, std::string(target), &model::Mount::target);
    const auto which = static_cast<std::size_t>(found - mounts.begin());
    return edited(snapshot, std::move(mounts), which);
}

void addDevice(
    Snapshot& snapshot, const char* path, bool block, std::uint32_t major, std::uint32_t minor,
    model::DeviceClass deviceClass) {
    auto devices = listOf(snapshot.devices);
    model::Device device;
    device.path = path;
    device.type = block ? "block" : "char";
    device.major = major;
    device.minor = minor;
    device.mode = 0660;
    device.deviceClass = deviceClass;
    device.hostDisk = block;
    devices.push_back(device);
    set(snapshot.devices, devices);
}

void addSocket(Snapshot& snapshot, const char* kind, std::uint32_t owner) {
    set(snapshot.sockets,
        std::vector{model::RuntimeSocket{kind, "/run/engine.sock", "/run/engine.sock", owner, 0660, true}});
}

void setPolicy(Snapshot& snapshot, const std::vector<const char*>& rules) {
    model::DeviceRules out;
    for (const char* rule : rules) {
        out.allowed.push_back(*model::parseDeviceRule(rule));
    }
    set(snapshot.cgroup.devicePolicy.effective, out);
}

void mapRoot(Snapshot& snapshot, std::uint32_t outside) {
    set(snapshot.identity.userNamespaceIsHost, false);
    set(snapshot.identity.uidMap, model::IdMap{{{0, outside, 65536}}});
}

model::Namespace& space(Snapshot& snapshot, model::NamespaceType type) {
    return snapshot.namespaces[type];
}

void openPath(Snapshot& snapshot, const char* path, bool writable) {
    const auto state = writable ? model::Exposure::exposed : model::Exposure::readonly;
    set(snapshot.paths.states[path], model::PathState{state, writable});
}

} // namespace bulkhead::threat
