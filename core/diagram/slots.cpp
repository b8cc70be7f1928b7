#include "core/diagram/describe.h"
#include "core/diagram/headline.h"
#include "core/diagram/slot.h"
#include "core/model/walk.h"

#include <algorithm>
#include <array>

namespace bulkhead::diagram {

using model::Mount;
using model::MountKind;
using model::Snapshot;
using model::Stage;

namespace {

constexpr std::array<std::string_view, 3> kImage = {"image.digest", "image.tagMutable", "image.user"};
constexpr std::array<std::string_view, 4> kRunsAs = {
    "identity.uid.", "identity.gid.", "identity.groups", "identity.groupsOnHost"};
constexpr std::array<std::string_view, 2> kLayers = {"image.findings", "image.secretEnv"};
constexpr std::array<std::string_view, 1> kAsks = {"config"};
constexpr std::array<std::string_view, 1> kHostMounts = {"mounts:host"};
constexpr std::array<std::string_view, 3> kRoot = {
    "identity.uidMap", "identity.gidMap", "identity.userNamespaceIsHost"};
constexpr std::array<std::string_view, 1> kNamespaces = {"namespaces"};
constexpr std::array<std::string_view, 1> kCapabilities = {"capabilities"};
constexpr std::array<std::string_view, 1> kNoNewPrivs = {"identity.noNewPrivileges"};
constexpr std::array<std::string_view, 2> kSeccomp = {"seccomp.mode", "seccomp.filterCount"};
constexpr std::array<std::string_view, 1> kLsm = {"lsm"};
constexpr std::array<std::string_view, 1> kPaths = {"paths"};
constexpr std::array<std::string_view, 2> kRootfs = {"rootfs", "mounts:own"};
constexpr std::array<std::string_view, 6> kCalls = {"seccomp.verdicts", "seccomp.x86_64",  "seccomp.i386",
                                                    "seccomp.x32",      "seccomp.aarch64", "seccomp.arm"};
constexpr std::array<std::string_view, 4> kKnobs = {
    "kernel.writableKnobs", "kernel.modulesLoadable", "kernel.instances", "mounts:kernel"};
constexpr std::array<std::string_view, 1> kNodes = {"devices"};
constexpr std::array<std::string_view, 1> kPolicy = {"cgroup.devicePolicy"};
constexpr std::array<std::string_view, 3> kLimits = {
    "cgroup.limits", "identity.rlimits", "identity.oomScoreAdj"};
constexpr std::array<std::string_view, 2> kHostFiles = {"mounts:host", "namespaces.mnt.sharedWithHost"};
constexpr std::array<std::string_view, 1> kSockets = {"sockets"};
constexpr std::array<std::string_view, 1> kDisks = {"devices:disk"};
constexpr std::array<std::string_view, 2> kProcesses = {
    "namespaces.pid.sharedWithHost", "kernel.hostProcesses"};
constexpr std::array<std::string_view, 1> kNetwork = {"network"};
constexpr std::array<std::string_view, 1> kAudit = {"audit"};

constexpr std::array kSlots = {
    Slot{"image", Stage::image, "image", "who made this?", false, kImage, describeImage, headlineOfImage},
    Slot{
        "runsAs", Stage::image, "runs as", "as whom does it start?", false, kRunsAs, describeRunsAs,
        headlineOfRunsAs},
    Slot{
        "leftInLayers", Stage::image, "left in layers", "what did they leave in it?", false, kLayers,
        describeLeftInLayers, headlineOfText},
    Slot{
        "asksFor", Stage::runtimeConfig, "asks for", "what was asked for, and by whom?", true, kAsks,
        describeAsksFor, headlineOfText},
    Slot{
        "hostMounts", Stage::runtimeConfig, "host mounts", "which part of the host was asked for?", true,
        kHostMounts, describeHostMounts, headlineOfText},
    Slot{
        "root", Stage::checkpoint, "root in here is", "who is root on the host?", false, kRoot, describeRoot,
        headlineOfRoot},
    Slot{
        "namespaces", Stage::checkpoint, "namespaces", "what does it see of the host?", false, kNamespaces,
        describeNamespaces, headlineOfNamespaces},
    Slot{
        "capabilities", Stage::checkpoint, "capabilities", "which parts of root does it hold, and over what?",
        false, kCapabilities, describeCapabilities, headlineOfCapabilities},
    Slot{
        "noNewPrivs", Stage::checkpoint, "no_new_privs", "can a program raise its privileges?", false,
        kNoNewPrivs, describeNoNewPrivs, headlineOfNoNewPrivs},
    Slot{
        "seccomp", Stage::checkpoint, "seccomp", "are system calls filtered?", false, kSeccomp,
        describeSeccomp, headlineOfSeccomp},
    Slot{
        "lsm", Stage::checkpoint, "LSM", "does a policy confine it?", false, kLsm, describeLsm,
        headlineOfText},
    Slot{
        "protectedPaths", Stage::checkpoint, "protected paths", "are the kernel's files out of reach?", false,
        kPaths, describeProtectedPaths, headlineOfProtectedPaths},
    Slot{
        "rootFilesystem", Stage::checkpoint, "root filesystem", "can it change its own programs?", false,
        kRootfs, describeRootFilesystem, headlineOfRootFilesystem},
    Slot{
        "systemCalls", Stage::hostKernel, "system calls left", "what can be asked of the shared kernel?",
        false, kCalls, describeSystemCalls, headlineOfSystemCalls},
    Slot{
        "kernelKnobs", Stage::hostKernel, "kernel knobs", "can it set what the whole machine obeys?", false,
        kKnobs, describeKernelKnobs, headlineOfKernelKnobs},
    Slot{
        "deviceNodes", Stage::hostKernel, "device nodes", "which drivers are in sight?", false, kNodes,
        describeDeviceNodes, headlineOfDeviceNodes},
    Slot{
        "devicePolicy", Stage::hostKernel, "device policy", "which devices may be opened?", false, kPolicy,
        describeDevicePolicy, headlineOfDevicePolicy},
    Slot{
        "limits", Stage::hostKernel, "limits", "can it starve the host?", false, kLimits, describeLimits,
        headlineOfLimits},
    Slot{
        "hostFiles", Stage::hostResource, "host files", "which files of the host are in reach?", false,
        kHostFiles, describeHostFiles, headlineOfHostFiles},
    Slot{
        "runtimeSockets", Stage::hostResource, "runtime socket", "can it command the runtime?", false,
        kSockets, describeRuntimeSockets, headlineOfText},
    Slot{
        "hostDisks", Stage::hostResource, "host disks", "are the host's disks in sight?", false, kDisks,
        describeHostDisks, headlineOfHostDisks},
    Slot{
        "hostProcesses", Stage::hostResource, "host processes", "are the host's processes in sight?", false,
        kProcesses, describeHostProcesses, headlineOfHostProcesses},
    Slot{
        "hostNetwork", Stage::hostResource, "host network", "does it share the host's network?", false,
        kNetwork, describeHostNetwork, headlineOfHostNetwork},
    Slot{
        "audit", Stage::evidence, "would anyone see it", "is a breach recorded anywhere?", false, kAudit,
        describeAudit, headlineOfText},
};

/// A mount by what it brings: something of the host, a window on the kernel, or the container's own.
std::string_view classOf(MountKind kind) {
    switch (kind) {
    case MountKind::bind:
    case MountKind::volume:
    case MountKind::socket:
        return "mounts:host";
    case MountKind::proc:
    case MountKind::sys:
    case MountKind::cgroup:
        return "mounts:kernel";
    default:
        return "mounts:own";
    }
}

/// The free-text key of a path: /proc of `mounts["/proc"].readOnly`.
std::string_view keyIn(std::string_view path) {
    const auto open = path.find("[\"");
    const auto close = path.find("\"]", open == std::string_view::npos ? 0 : open);
    return open == std::string_view::npos || close == std::string_view::npos
               ? std::string_view()
               : path.substr(open + 2, close - open - 2);
}

bool claims(const Slot& slot, std::string_view key) {
    return std::ranges::any_of(slot.facts, [&](std::string_view fact) { return key.starts_with(fact); });
}

} // namespace

std::span<const Slot> slots() {
    return kSlots;
}

SlotFinder::SlotFinder(const compare::Sides<const Snapshot&>& sides) {
    for (const Snapshot* snapshot : {&sides.baseline, &sides.candidate}) {
        for (const Mount& mount :
             snapshot->mounts.known() ? snapshot->mounts.value() : std::vector<Mount>{}) {
            if (mount.visible) { // the candidate's kind prevails
                const std::string path = model::pathToKey("mounts", mount.target);
                m_mountClasses.insert_or_assign(std::string(keyIn(path)), classOf(mount.kind));
            }
        }
        if (!snapshot->devices.known()) {
            continue;
        }
        for (const model::Device& device : snapshot->devices.value()) {
            if (device.hostDisk) {
                const std::string path = model::pathToKey("devices", device.path);
                m_hostDisks.insert(std::string(keyIn(path)));
            }
        }
    }
}

/// The key by which slots claim a path: the path itself, or its class where the path alone does not tell.
std::string SlotFinder::claimKey(std::string_view path) const {
    if (path.starts_with("mounts")) {
        const auto found = m_mountClasses.find(keyIn(path));
        return std::string(found != m_mountClasses.end() ? found->second : "mounts:own");
    }
    if (path.starts_with("devices") && m_hostDisks.contains(keyIn(path))) {
        return "devices:disk";
    }
    return std::string(path);
}

std::vector<const Slot*> SlotFinder::of(std::string_view path) const {
    const std::string key = claimKey(path);
    const bool disk = key == "devices:disk";
    std::vector<const Slot*> found;
    for (const Slot& slot : kSlots) {
        if (claims(slot, key) && (!disk || slot.id == "hostDisks")) {
            found.push_back(&slot);
        }
    }
    return found;
}

std::vector<const Slot*> slotsOf(std::string_view path, const compare::Sides<const Snapshot&>& sides) {
    return SlotFinder(sides).of(path);
}

const Slot& slotOf(const compare::Change& change, const compare::Sides<const Snapshot&>& sides) {
    const auto found = slotsOf(change.path, sides);
    const auto shown = std::ranges::find_if(found, [](const Slot* slot) { return !slot->declared; });
    if (shown != found.end()) {
        return **shown;
    }
    return found.empty() ? kSlots.back() : *found.front();
}

const Slot* findSlot(std::string_view id) {
    const auto found = std::ranges::find(kSlots, id, &Slot::id);
    return found == kSlots.end() ? nullptr : &*found;
}

} // namespace bulkhead::diagram
