#pragma once

#include "core/kernel/mount_tree.h"
#include "core/kernel/reading.h"
#include "core/os/proc_root.h"

#include <string_view>

namespace bulkhead::kernel {

/// Whether the control group of a process is frozen: freezer.state of version 1, or "frozen 1" in
/// cgroup.events of version 2. `cgroupFile` is the text of /proc/PID/cgroup.
[[nodiscard]] Reading<bool>
readFrozen(const os::ProcRoot& root, std::string_view cgroupFile, const MountTree& hostMounts);

} // namespace bulkhead::kernel
