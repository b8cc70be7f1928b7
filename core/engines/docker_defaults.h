#pragma once

#include "core/engines/oci_config.h"

#include <string>
#include <vector>

namespace bulkhead::engines {

/// Docker's default mounts (moby daemon/pkg/oci/defaults.go), without resolv.conf, hostname and hosts: the
/// lab gives no network. Kernel file systems are writable in privileged containers.
[[nodiscard]] std::vector<OciMount> dockerMounts(bool readOnlyKernelFiles);

/// linux.maskedPaths of Docker; it adds the thermal_throttle folder of each processor that has one.
[[nodiscard]] std::vector<std::string> dockerMaskedPaths(const std::vector<std::string>& throttlePaths);

[[nodiscard]] std::vector<std::string> dockerReadonlyPaths();

/// linux.resources.devices of Docker: nothing but the standard devices, and no FUSE.
[[nodiscard]] std::vector<OciDeviceRule> dockerDeviceRules();

} // namespace bulkhead::engines
