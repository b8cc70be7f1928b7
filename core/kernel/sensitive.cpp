#include "core/kernel/sensitive.h"

#include "core/base/bytes.h"
#include "core/kernel/mount_kind.h"

#include <algorithm>
#include <set>

namespace bulkhead::kernel {

using base::textFromBytes;
using model::Exposure;
using model::Fact;
using model::PathState;

namespace {

bool isOfTheKernel(std::string_view fsType) {
    return isProcFileSystem(fsType) || isSysFileSystem(fsType);
}

/// "/proc" for "/proc/sys".
std::string_view topOf(std::string_view path) {
    return path.substr(0, path.find('/', 1));
}

/// proc(5), mount option subset=pid: only the directories of processes are there.
bool showsProcessesOnly(const MountEntry& mount) {
    return mount.fsType == "proc" &&
           std::ranges::find(mount.superOptions, "subset=pid") != mount.superOptions.end();
}

Fact<PathState> judge(
    std::string_view path, const MountTree& tree, const KernelHas& kernelHas, const std::string& source,
    const Reading<HostMounts>& hostMounts) {
    if (!kernelHas(path)) {
        return {{Exposure::absent, false}, observed(std::string(path) + ": not on this kernel")};
    }
    const MountEntry* mount = tree.at(path);
    const std::string_view top = topOf(path);
    if (mount == nullptr || !isWithin(mount->target, top)) {
        const std::string name = top == "/proc" ? "procfs" : "sysfs";
        return {
            {Exposure::absent, false}, observed(source + ": no " + name + " mounted at " + std::string(top))};
    }
    const auto evidence = observed(source + " id " + std::to_string(mount->id));
    if (!isOfTheKernel(mount->fsType)) {
        const auto hostPaths = hostMounts ? std::optional(hostMounts->pathsOf(*mount)) : std::nullopt;
        if (!showsNothing(*mount, hostPaths, hostMounts && hostMounts->holds(*mount))) {
            return model::Unreadable{
                evidence.source +
                    ": covered by a mount that is not known to be empty; what it shows is not judged",
                ""};
        }
        return {{Exposure::masked, false}, evidence};
    }
    if (showsProcessesOnly(*mount)) {
        return {{Exposure::absent, false}, observed(evidence.source + " subset=pid")};
    }
    const bool readOnly = mount->readOnly();
    return {{readOnly ? Exposure::readonly : Exposure::exposed, !readOnly}, evidence};
}

} // namespace

std::map<std::string, Fact<PathState>> judgeSensitivePaths(
    const Reading<MountTree>& tree, const KernelHas& kernelHas, const std::string& source,
    const Reading<HostMounts>& hostMounts) {
    std::map<std::string, Fact<PathState>> states;
    for (const model::SensitivePath& one : model::sensitivePaths()) {
        states.emplace(
            one.path,
            tree ? judge(one.path, *tree, kernelHas, source, hostMounts) : Fact<PathState>(tree.error().why));
    }
    return states;
}

std::vector<std::string>
writableKnobs(const MountTree& tree, const std::map<std::string, Fact<PathState>>& states) {
    std::set<std::string> knobs;
    for (const model::SensitivePath& one : model::sensitivePaths()) {
        const auto state = states.find(std::string(one.path));
        const bool writable =
            state != states.end() && state->second.valueOr({Exposure::absent, false}).writable;
        if (one.globalKnob && writable) {
            knobs.emplace(one.path);
        }
    }
    const std::set<std::string> judged = knobs;
    const auto isJudged = [&](const MountEntry& entry) {
        return entry.target == "/proc" || std::ranges::any_of(judged, [&](const std::string& knob) {
                   return isWithin(entry.target, knob);
               });
    };
    for (const auto& [entry, visible] : tree.mounts) {
        if (!visible || entry.readOnly()) {
            continue;
        }
        if (isCgroupFileSystem(entry.fsType)) {
            knobs.insert(
                isWithin(entry.target, "/sys/fs/cgroup") ? "/sys/fs/cgroup" : textFromBytes(entry.target));
        } else if (isOfTheKernel(entry.fsType) && !isJudged(entry)) {
            knobs.insert(textFromBytes(entry.target));
        }
    }
    return {knobs.begin(), knobs.end()};
}

std::vector<std::string> kernelInstances(const MountTree& tree) {
    std::set<std::string> targets;
    for (const auto& [entry, visible] : tree.mounts) {
        const bool cgroup = isCgroupFileSystem(entry.fsType);
        const bool instance = cgroup || isOfTheKernel(entry.fsType) || entry.fsType == "devtmpfs";
        if (visible && instance && (entry.root == "/" || cgroup)) {
            targets.insert(textFromBytes(entry.target));
        }
    }
    return {targets.begin(), targets.end()};
}

} // namespace bulkhead::kernel
