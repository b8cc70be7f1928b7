#pragma once

#include "core/base/error.h"
#include "core/claims/ground.h"

#include <filesystem>
#include <vector>

namespace bulkhead::session {

/// This machine as the ground on which a claim is resolved, with the profiles of the engines on it: those
/// that ship with the program, and Podman's own file where it is installed.
[[nodiscard]] claims::Ground readGround();

/// The cgroup file systems of this machine as a container's mount of them depends on it.
void readCgroupMounts(claims::Ground& ground);

/// /sys/devices/system/cpu/cpuN/thermal_throttle, those that exist.
[[nodiscard]] std::vector<std::string> findThrottlePaths();

/// Device nodes below a folder as Docker walks /dev: terminals' and shared-memory folders and the console are
/// left out, links are not followed.
[[nodiscard]] std::vector<claims::AskedDevice> findDeviceNodes(const std::filesystem::path& folder);

} // namespace bulkhead::session
