#pragma once

#include "core/engines/oci_config.h"
#include "core/model/capability.h"
#include "core/seccomp/evaluate.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// What the launcher is and what its machine offers, as far as a configuration depends on it.
struct Machine {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    model::CapabilitySet permitted; ///< of this process
    int lastCapability = 40;
    std::string kernelRelease;
    std::string architecture;                        ///< uname -m
    bool cgroupUnified = false;                      ///< v2 alone
    std::vector<std::string> hierarchies;            ///< last names of the cgroup v1 mount points
    std::vector<std::string> controllers;            ///< "pids", "memory", "cpu" as far as they can limit
    std::vector<std::string> throttlePaths;          ///< /sys/devices/system/cpu/cpuN/thermal_throttle
    std::vector<engines::OciDevice> devices;         ///< every device node of /dev that an engine hands over
    std::map<std::string, std::uint64_t> hardLimits; ///< by RLIMIT_ name, those that are finite
    bool apparmor = false;
    std::optional<seccomp::Machine> abis; ///< whose system calls the kernel runs; absent: it did not say

    [[nodiscard]] bool isRoot() const { return uid == 0; }
};

[[nodiscard]] Machine readMachine();

/// Device nodes below a folder as Docker walks /dev: terminals' and shared-memory folders and the console are
/// left out, links are not followed.
[[nodiscard]] std::vector<engines::OciDevice> findDevices(const std::filesystem::path& folder);

/// A user id that nobody has: in no passwd entry, no subordinate range, owner of no process. `seed` spreads
/// the choices of runs that start together.
[[nodiscard]] std::uint32_t chooseUnusedId(std::uint32_t seed);

} // namespace bulkhead::lab
