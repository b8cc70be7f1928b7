#include "core/threat/hardening_rows.h"

#include <algorithm>

namespace bulkhead::threat {

using model::Exposure;
using model::Mount;
using model::MountKind;
using model::Snapshot;

namespace {

template <class Wanted>
Objects targetsOf(const Snapshot& snapshot, Wanted wanted) {
    Objects out;
    for (const Mount& mount : listIn(snapshot.mounts)) {
        const bool twice = std::ranges::find(out, mount.target) != out.end();
        if (!twice && isBrought(mount) && wanted(mount)) {
            out.push_back(mount.target);
        }
    }
    return out;
}

bool isBelow(const std::string& path, const std::string& folder) {
    return path == folder || path.starts_with(folder.ends_with('/') ? folder : folder + "/");
}

/// The path is one of these, or lies below one.
bool isBelowAny(std::string_view path, const Targets& folders) {
    for (; !path.empty(); path = path.substr(0, path.rfind('/'))) {
        if (folders.contains(path)) {
            return true;
        }
    }
    return folders.contains("/");
}

template <class Edit>
void eachMountAt(Snapshot& snapshot, const std::string& target, Edit edit) {
    if (std::ranges::find(listIn(snapshot.mounts), target, &Mount::target) == listIn(snapshot.mounts).end()) {
        return;
    }
    adjust(snapshot.mounts, [&](std::vector<Mount>& mounts) {
        for (Mount& mount : mounts) {
            if (mount.target == target) {
                edit(mount);
            }
        }
    });
}

/// Instances of the kernel's file systems that mounts of the host showed are gone with them.
void forgetKernelFiles(Snapshot& snapshot, const Targets& targets) {
    const auto gone = [&](const std::string& path) { return isBelowAny(path, targets); };
    for (model::Fact<std::vector<std::string>>* list :
         {&snapshot.kernel.writableKnobs, &snapshot.kernel.instances}) {
        removeFrom(*list, gone);
    }
    const bool ownProcesses = snapshot.namespaces.contains(model::NamespaceType::pid) &&
                              !snapshot.namespaces.at(model::NamespaceType::pid).sharedWithHost.valueOr(true);
    const bool otherProc = std::ranges::any_of(listIn(snapshot.mounts), [](const Mount& mount) {
        return mount.fsType == "proc" && mount.target != "/proc" && !mount.target.starts_with("/proc/");
    });
    if (ownProcesses && !otherProc) {
        assume(snapshot.kernel.hostProcesses, false);
    }
}

/// Whether engines ask for the path itself to be protected, and not for the file system it is part of.
bool isListed(const std::string& path, const Snapshot& ordinary) {
    for (const auto* list : {&ordinary.paths.maskedPaths, &ordinary.paths.readonlyPaths}) {
        const auto& paths = listIn(*list);
        if (std::ranges::any_of(paths, [&](const std::string& listed) { return isBelow(path, listed); })) {
            return true;
        }
    }
    return false;
}

/// The engine's paths behind those that the configuration has.
void addPaths(
    model::Fact<std::vector<std::string>>& list, const model::Fact<std::vector<std::string>>& usual) {
    adjust(list, [&](std::vector<std::string>& paths) {
        for (const std::string& path : listIn(usual)) {
            if (std::ranges::find(paths, path) == paths.end()) {
                paths.push_back(path);
            }
        }
    });
}

bool isKernelFiles(const Mount& mount) {
    return mount.fsType == "sysfs" || mount.fsType == "cgroup" || mount.fsType == "cgroup2";
}

void markReadOnly(Mount& mount) {
    mount.readOnly = true;
    std::erase(mount.options, "rw");
    if (std::ranges::find(mount.options, "ro") == mount.options.end()) {
        mount.options.emplace_back("ro");
    }
}

} // namespace

bool isBrought(const Mount& mount) {
    const bool kind =
        mount.kind == MountKind::bind || mount.kind == MountKind::socket || mount.kind == MountKind::volume;
    const bool node =
        mount.target.starts_with("/dev/") && mount.fsType == "devtmpfs" && mount.target != "/dev";
    const bool ofIpc = mount.target == "/dev/shm" || mount.target == "/dev/console";
    return kind && mount.visible && !node && !ofIpc && mount.target != "/";
}

Objects mountsFromHost(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    return targetsOf(snapshot, [](const Mount&) { return true; });
}

void removeMounts(Snapshot& snapshot, const Targets& targets) {
    removeFrom(snapshot.mounts, [&](const Mount& mount) { return isBelowAny(mount.target, targets); });
    removeFrom(snapshot.sockets, [&](const model::RuntimeSocket& socket) {
        return isBelowAny(socket.viaMount, targets) || isBelowAny(socket.path, targets);
    });
    removeFrom(
        snapshot.devices, [&](const model::Device& device) { return isBelowAny(device.path, targets); });
    forgetKernelFiles(snapshot, targets);
}

void removeMount(Snapshot& snapshot, const std::string& object, const Ordinary& /*ordinary*/) {
    removeMounts(snapshot, {object});
}

Objects writableMountsFromHost(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    return targetsOf(snapshot, [](const Mount& mount) { return !mount.readOnly; });
}

void makeMountReadOnly(Snapshot& snapshot, const std::string& object, const Ordinary& /*ordinary*/) {
    eachMountAt(snapshot, object, markReadOnly);
    removeFrom(snapshot.kernel.writableKnobs, [&](const std::string& path) { return isBelow(path, object); });
}

Objects sharedMounts(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    return targetsOf(snapshot, [](const Mount& mount) {
        return mount.sharedWithHostPeer.valueOr(false) || mount.propagation == "shared" ||
               mount.propagation == "rshared";
    });
}

void makeMountPrivate(Snapshot& snapshot, const std::string& object, const Ordinary& /*ordinary*/) {
    eachMountAt(snapshot, object, [](Mount& mount) {
        mount.propagation = "private";
        mount.peerGroup.reset();
        assume(mount.sharedWithHostPeer, false);
    });
}

Objects whenRootIsWritable(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    return snapshot.rootfs.writable.valueOr(false) ? Objects{""} : Objects{};
}

void makeRootReadOnly(Snapshot& snapshot, const std::string& /*object*/, const Ordinary& /*ordinary*/) {
    assume(snapshot.rootfs.writable, false);
    eachMountAt(snapshot, "/", markReadOnly);
}

Objects whenPathsAreOpen(const Snapshot& snapshot, const Ordinary& ordinary) {
    if (ordinary.container == nullptr) {
        return {};
    }
    for (const auto& [path, usual] : ordinary.container->paths.states) {
        const auto own = snapshot.paths.states.find(path);
        const bool open = own != snapshot.paths.states.end() && own->second.known() &&
                          own->second.value().state == Exposure::exposed;
        if (open && isListed(path, *ordinary.container) && usual.known() &&
            usual.value().state != Exposure::exposed && usual.value().state != Exposure::absent) {
            return {""};
        }
    }
    return {};
}

void protectPaths(Snapshot& snapshot, const std::string& /*object*/, const Ordinary& ordinary) {
    if (ordinary.container == nullptr) {
        return;
    }
    for (auto& [path, own] : snapshot.paths.states) {
        const auto usual = ordinary.container->paths.states.find(path);
        const bool known = usual != ordinary.container->paths.states.end() && usual->second.known() &&
                           isListed(path, *ordinary.container);
        if (known && own.known() && own.value().state == Exposure::exposed &&
            usual->second.value().state != Exposure::absent) {
            assume(own, usual->second.value());
        }
    }
    addPaths(snapshot.paths.maskedPaths, ordinary.container->paths.maskedPaths);
    addPaths(snapshot.paths.readonlyPaths, ordinary.container->paths.readonlyPaths);
    removeFrom(snapshot.kernel.writableKnobs, [&](const std::string& path) {
        const auto state = snapshot.paths.states.find(path);
        return state != snapshot.paths.states.end() && state->second.known() &&
               !state->second.value().writable;
    });
}

Objects whenKernelFilesAreWritable(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    const bool writable = std::ranges::any_of(listIn(snapshot.mounts), [](const Mount& mount) {
        return isKernelFiles(mount) && !isBrought(mount) && !mount.readOnly && mount.visible;
    });
    return writable ? Objects{""} : Objects{};
}

void makeKernelFilesReadOnly(
    Snapshot& snapshot, const std::string& /*object*/, const Ordinary& /*ordinary*/) {
    const auto isMeant = [](const Mount& mount) { return isKernelFiles(mount) && !isBrought(mount); };
    std::vector<std::string> targets;
    bool writable = false;
    for (const Mount& mount : listIn(snapshot.mounts)) {
        if (isMeant(mount)) {
            targets.push_back(mount.target);
            writable = writable || !mount.readOnly;
        }
    }
    if (writable) {
        adjust(snapshot.mounts, [&](std::vector<Mount>& mounts) {
            std::ranges::for_each(mounts, [&](Mount& mount) {
                if (isMeant(mount)) {
                    markReadOnly(mount);
                }
            });
        });
    }
    const auto within = [&](const std::string& path) {
        return std::ranges::any_of(targets, [&](const std::string& target) { return isBelow(path, target); });
    };
    removeFrom(snapshot.kernel.writableKnobs, within);
    for (auto& [path, state] : snapshot.paths.states) {
        const auto* known = state.get();
        const bool changes = known != nullptr && (known->writable || known->state == Exposure::exposed);
        if (changes && within(path)) {
            adjust(state, [](model::PathState& value) {
                value.writable = false;
                value.state = value.state == Exposure::exposed ? Exposure::readonly : value.state;
            });
        }
    }
}

Objects extraDevices(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    constexpr std::size_t kOneByOne = 12; // more are removed together
    Objects out;
    for (const model::Device& device : listIn(snapshot.devices)) {
        out.push_back(device.path);
    }
    return out.size() > kOneByOne ? Objects{} : out;
}

void removeDevice(Snapshot& snapshot, const std::string& object, const Ordinary& ordinary) {
    const bool byDevice = nodesBringRules(ordinary) && whenDevicePolicyIsOpen(snapshot, ordinary).empty();
    adjust(snapshot.devices, [&](std::vector<model::Device>& devices) {
        std::erase_if(devices, [&](const model::Device& device) { return device.path == object; });
    });
    if (byDevice) {
        setDevicePolicy(snapshot, object, ordinary);
    }
}

Objects whenSeveralDevices(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    return listIn(snapshot.devices).size() > 1 ? Objects{""} : Objects{};
}

void keepStandardDevices(Snapshot& snapshot, const std::string& object, const Ordinary& ordinary) {
    const bool byDevice = nodesBringRules(ordinary) && whenDevicePolicyIsOpen(snapshot, ordinary).empty();
    if (snapshot.devices.known()) {
        assume(snapshot.devices, std::vector<model::Device>());
    }
    if (byDevice) {
        setDevicePolicy(snapshot, object, ordinary);
    }
}

} // namespace bulkhead::threat
