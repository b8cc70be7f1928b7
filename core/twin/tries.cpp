#include "core/twin/tries.h"

#include "core/base/bytes.h"
#include "core/kernel/machine.h"
#include "core/kernel/mount_kind.h"
#include "core/model/protected_paths.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <set>

namespace bulkhead::twin {

using wire::Try;

namespace {

/// The list under construction.
struct List {
    const model::ArchVerdicts& verdicts;
    std::vector<WantedTry> tries;

    void add(Try what, std::string_view path = "") {
        const bool skip = !isAllowed(verdicts, what);
        if (tries.size() < kMaxPlannedTries || path.empty()) {
            tries.push_back({what, base::bytesFromText(path), skip});
        }
    }
};

bool isTried(const model::Mount& mount) {
    return mount.visible && !kernel::mayStall(mount.fsType) && mount.kind != model::MountKind::socket;
}

void addMounts(List& list, const std::vector<model::Mount>& mounts) {
    std::size_t count = 0;
    for (const model::Mount& mount : mounts) {
        if (!isTried(mount) || count == kMaxTriedMounts) {
            continue;
        }
        ++count;
        list.add(Try::look, mount.target);
        list.add(Try::write, mount.target);
        if (kernel::isCgroupFileSystem(mount.fsType)) {
            const std::string below = mount.target == "/" ? "" : mount.target;
            list.add(Try::knob, below + "/cgroup.procs");
            if (mount.fsType == "cgroup" && mount.root == "/") { // in the root of a hierarchy alone
                list.add(Try::knob, below + "/release_agent");
            }
        }
    }
}

void addSockets(List& list, const std::vector<model::RuntimeSocket>& sockets) {
    std::set<std::string> seen;
    const auto add = [&](const std::string& path, bool http) {
        if (seen.insert(path).second) {
            list.add(http ? Try::askVersion : Try::connect, path);
        }
    };
    for (const model::RuntimeSocket& socket : sockets) {
        add(socket.path, socket.kind == "docker" || socket.kind == "podman");
    }
    for (const wire::KnownSocket& known : wire::knownSockets()) {
        add(std::string(known.path), known.speaksHttp);
    }
}

} // namespace

std::size_t countMountsToTry(const model::Snapshot& enforced) {
    const auto mounts = enforced.mounts.valueOr({});
    return static_cast<std::size_t>(std::ranges::count_if(mounts, isTried));
}

std::size_t countMountsThatWait(const model::Snapshot& enforced) {
    const auto mounts = enforced.mounts.valueOr({});
    return static_cast<std::size_t>(std::ranges::count_if(mounts, [](const model::Mount& mount) {
        return mount.visible && kernel::mayStall(mount.fsType) && mount.kind != model::MountKind::socket;
    }));
}

std::vector<WantedTry> planTries(
    const os::ProcRoot& machine, const model::Snapshot& enforced, const model::ArchVerdicts& verdicts,
    bool packetFamilyThere) {
    List list{verdicts, {}};
    for (const model::SensitivePath& one : model::sensitivePaths()) {
        list.add(Try::look, one.path);
    }
    for (const wire::Knob& knob : wire::knobs()) {
        if (kernel::machineHas(machine, knob.path)) {
            list.add(Try::knob, knob.path);
        }
    }
    for (const std::string_view device : wire::harmlessDevices()) {
        list.add(Try::device, device);
    }
    addSockets(list, enforced.sockets.valueOr({}));
    const auto devices = enforced.devices.valueOr({});
    for (const model::Device& device : devices | std::views::take(kMaxTriedDevices)) {
        list.add(Try::read, device.path);
        list.add(Try::write, device.path);
    }
    addMounts(list, enforced.mounts.valueOr({}));
    for (const Try what :
         {Try::rawSocket, Try::packetSocket, Try::newMount, Try::bpf, Try::keyring, Try::ptrace, Try::ioUring,
          Try::kernelLog, Try::loadModule, Try::unshareUser}) {
        if (what != Try::packetSocket || packetFamilyThere) {
            list.add(what);
        }
    }
    return std::move(list.tries);
}

} // namespace bulkhead::twin
