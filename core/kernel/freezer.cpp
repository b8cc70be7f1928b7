#include "core/kernel/freezer.h"

#include "core/kernel/cgroup_file.h"
#include "core/kernel/machine.h"

#include <cerrno>

namespace bulkhead::kernel {

Reading<bool> readFrozen(const os::ProcRoot& root, std::string_view cgroupFile, const MountTree& hostMounts) {
    const auto places = parseCgroupFile(cgroupFile);
    if (!places) {
        return std::unexpected(failureOf(places.error()));
    }
    bool read = false;
    // a hybrid machine can freeze by either version
    for (const std::string_view controller : {"freezer", ""}) {
        const auto directories = findCgroupDirectories(*places, hostMounts, controller);
        if (!directories || directories->leafFirst.empty()) {
            continue;
        }
        const std::string& leaf = directories->leafFirst.front();
        const auto text =
            readMachineValue(root, leaf + (directories->unified ? "/cgroup.events" : "/freezer.state"));
        if (!text) {
            continue; // the root group has no such file, and cannot be frozen
        }
        read = true;
        if (directories->unified ? text->contains("frozen 1") : *text == "FROZEN" || *text == "FREEZING") {
            return true;
        }
    }
    if (!read) {
        return std::unexpected(failureOf(ENOENT, "freezer.state and cgroup.events"));
    }
    return false;
}

} // namespace bulkhead::kernel
