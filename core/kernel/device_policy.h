#pragma once

#include "core/kernel/cgroup_file.h"
#include "core/kernel/device_program_read.h"
#include "core/kernel/reading.h"
#include "core/model/cgroup.h"
#include "core/os/proc_root.h"

#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// Who may open which device: the version 1 list, the version 2 programs of all groups up the tree, and both
/// together.
[[nodiscard]] model::DevicePolicy collectDevicePolicy(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts);

/// What all programs permit; a gap where one could not be read, or does not tell.
[[nodiscard]] model::Fact<model::DeviceRules>
permittedBy(const DevicePrograms& programs, const std::string& source);

/// An access passes where both versions let it pass. A version that decides nothing is unstated.
[[nodiscard]] model::Fact<model::DeviceRules>
conjunctionOf(const model::Fact<model::DeviceRules>& v1, const model::Fact<model::DeviceRules>& programs);

/// devices.list. Malformed names the line.
[[nodiscard]] base::Result<model::DeviceRules> parseDeviceList(std::string_view text);

} // namespace bulkhead::kernel
