#pragma once

#include "core/claims/known_image.h"
#include "core/model/capability.h"
#include "core/seccomp/evaluate.h"
#include "core/seccomp/profile.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::claims {

/// A device node that a container is given.
struct AskedDevice {
    std::string path;
    char type = 'c'; ///< 'c' or 'b'
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t mode = 0;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;

    bool operator==(const AskedDevice&) const = default;
};

/// The machine a claim is resolved for: what engines decide by when they build a boundary.
struct Ground {
    std::string kernelRelease;
    std::string architecture;              ///< uname -m
    std::optional<seccomp::Machine> calls; ///< nullopt: which ABIs the kernel runs is not known
    bool cgroupUnified = false;            ///< v2 alone
    std::vector<std::string> hierarchies;  ///< last names of the cgroup v1 mount points
    model::CapabilitySet launcher;         ///< what an engine started here can give
    int lastCapability = 40;
    std::vector<std::string> throttlePaths; ///< /sys/devices/system/cpu/cpuN/thermal_throttle
    std::vector<AskedDevice> devices;       ///< every device node of /dev that an engine hands over
    bool apparmor = false;
    bool selinux = false;
    std::map<std::string, seccomp::Profile> profiles; ///< engines' own: "docker-default"
    std::vector<KnownImage> images;                   ///< those that are at hand
};

} // namespace bulkhead::claims
