#include "core/kernel/old_freezer.h"

#include "core/kernel/machine.h"

#include <algorithm>
#include <cerrno>

namespace bulkhead::kernel {

Reading<bool> isHeldByOldFreezer(
    const os::ProcRoot& root, const Reading<std::vector<CgroupPlace>>& places,
    const Reading<HostMounts>& hostMounts) {
    if (!places) {
        return std::unexpected(places.error());
    }
    const bool firstVersion = std::ranges::any_of(
        *places, [](const CgroupPlace& place) { return place.hierarchy != 0 && place.has("freezer"); });
    if (!firstVersion) {
        return false;
    }
    if (!hostMounts) {
        return std::unexpected(hostMounts.error());
    }
    const auto directories = findCgroupDirectories(*places, hostMounts->tree, "freezer");
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
    return *state != "THAWED"; // FREEZING stops for nobody either
}

} // namespace bulkhead::kernel
