#pragma once

#include "core/kernel/cgroup_file.h"
#include "core/kernel/reading.h"
#include "core/model/cgroup.h"
#include "core/os/proc_root.h"

#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// Who may open which device: the version 1 list, the count of version 2 programs, and both together.
[[nodiscard]] model::DevicePolicy collectDevicePolicy(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts);

/// Both together; programs are counted and not yet read, so that any leaves the result unknown.
[[nodiscard]] model::Fact<model::DeviceRules>
conjunctionOf(const model::Fact<model::DeviceRules>& v1, const model::Fact<std::int64_t>& programs);

/// devices.list. Malformed names the line.
[[nodiscard]] base::Result<model::DeviceRules> parseDeviceList(std::string_view text);

} // namespace bulkhead::kernel
