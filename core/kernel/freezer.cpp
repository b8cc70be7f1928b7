#include "core/kernel/freezer.h"

#include "core/kernel/machine.h"

#include <algorithm>
#include <cerrno>
#include <string>

namespace bulkhead::kernel {

namespace {

/// Freezing stops for nobody either.
Reading<bool> oldFreezerHolds(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts) {
    const bool firstVersion = std::ranges::any_of(
        places, [](const CgroupPlace& place) { return place.hierarchy != 0 && place.has("freezer"); });
    if (!firstVersion) {
        return false;
    }
    const auto directories = findCgroupDirectories(places, hostMounts, "freezer");
    if (!directories) {
        return std::unexpected(failureOf(directories.error()));
    }
    const auto state = readMachineValue(root, directories->leafFirst.front() + "/freezer.state");
    if (!state) {
        // The root of the hierarchy has no such file and is never frozen.
        return state.error().number == ENOENT && directories->leafFirst.size() == 1
                   ? Reading<bool>(false)
                   : std::unexpected(state.error());
    }
    return *state != "THAWED";
}

Reading<bool> newFreezerHolds(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts) {
    const auto directories = findCgroupDirectories(places, hostMounts, "");
    if (!directories) {
        return std::unexpected(failureOf(directories.error()));
    }
    const auto events = readMachineFile(root, directories->leafFirst.front() + "/cgroup.events");
    if (!events) {
        return events.error().number == ENOENT && directories->leafFirst.size() == 1
                   ? Reading<bool>(false)
                   : std::unexpected(events.error());
    }
    return ("\n" + *events).contains("\nfrozen 1\n");
}

} // namespace

Reading<bool>
isFrozen(const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts) {
    const auto held = oldFreezerHolds(root, places, hostMounts); // a hybrid machine can freeze by either
    if (held && *held) {
        return true;
    }
    const auto frozen = newFreezerHolds(root, places, hostMounts);
    return frozen || !held ? frozen : held;
}

Reading<bool> isHeldByOldFreezer(
    const os::ProcRoot& root, const Reading<std::vector<CgroupPlace>>& places,
    const Reading<HostMounts>& hostMounts) {
    if (!places) {
        return std::unexpected(places.error());
    }
    if (!hostMounts) {
        const auto without = oldFreezerHolds(root, *places, {});
        return without ? without : std::unexpected(hostMounts.error());
    }
    return oldFreezerHolds(root, *places, hostMounts->tree);
}

} // namespace bulkhead::kernel
