#pragma once

#include "core/base/error.h"
#include "core/kernel/mount_tree.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// One line of /proc/PID/cgroup (cgroups(7)): a hierarchy and the process's place in it.
struct CgroupPlace {
    int hierarchy = 0; ///< 0: version 2
    std::vector<std::string> controllers;
    std::string path; ///< without the " (deleted)" of a group that is gone
    bool deleted = false;

    [[nodiscard]] bool has(std::string_view controller) const;
    bool operator==(const CgroupPlace&) const = default;
};

/// Malformed names the line: "cgroup line 2: expected ID:CONTROLLERS:PATH". Paths may hold colons.
[[nodiscard]] base::Result<std::vector<CgroupPlace>> parseCgroupFile(std::string_view text);

/// The path to show: of the unified hierarchy on version 2, else of the devices or pids controller.
[[nodiscard]] std::string pathOf(const std::vector<CgroupPlace>& places);

/// "v1", "v2" or "hybrid", by what the machine has mounted; nullopt where it mounts no control groups.
[[nodiscard]] std::optional<std::string> cgroupVersionOf(const MountTree& hostMounts);

/// One directory of the machine for each step from the process's group up to the hierarchy's root.
struct CgroupDirectories {
    std::vector<std::string> leafFirst; ///< "/sys/fs/cgroup/pids/a/b", ".../a", "/sys/fs/cgroup/pids"
    bool unified = false;
    bool fromTheRoot = true; ///< false: the mount shows a part of the hierarchy, more may lie above
};

/// The directories of the hierarchy that has a controller ("" for version 2 alone): the version 1 one where
/// the controller is bound there, else the unified one. Unsupported where the machine mounts neither, and
/// where the group lies outside what our control group namespace shows.
[[nodiscard]] base::Result<CgroupDirectories> findCgroupDirectories(
    const std::vector<CgroupPlace>& places, const MountTree& hostMounts, std::string_view controller);

} // namespace bulkhead::kernel
