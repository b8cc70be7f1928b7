#pragma once

#include "core/engines/oci_config.h"
#include "core/model/device_rule.h"

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

/// What Docker's rules amount to once the runtime has added the accesses it always gives (runc
/// libcontainer/specconv AllowedDevices, crun default_devices): any node may be made, the standard ones
/// opened. runc 1.2.0 to 1.2.3 do not give /dev/net/tun (10:200).
[[nodiscard]] model::DeviceRules
enforcedDockerRules(const std::string& runtimeName, const std::string& runtimeVersion);

/// The nodes that a container always has; whatever else is in /dev is beyond them.
[[nodiscard]] bool isStandardDevice(const std::string& path);

} // namespace bulkhead::engines
