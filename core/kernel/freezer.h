#pragma once

#include "core/kernel/cgroup_file.h"
#include "core/kernel/host_mounts.h"
#include "core/kernel/mount_tree.h"
#include "core/kernel/reading.h"
#include "core/os/proc_root.h"

#include <vector>

namespace bulkhead::kernel {

/// Whether the control group of a process is frozen, by either version: freezer.state of version 1, or
/// "frozen 1" in cgroup.events of version 2. A gap where neither can be read.
[[nodiscard]] Reading<bool>
isFrozen(const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts);

/// The version 1 freezer holds the process (cgroup-v1/freezer-subsystem.rst, freezer.state, which speaks for
/// the ancestors too): such a task does not stop for a tracer. False where the freezer is version 2's, whose
/// tasks do. A gap where the group lies outside what we see.
[[nodiscard]] Reading<bool> isHeldByOldFreezer(
    const os::ProcRoot& root, const Reading<std::vector<CgroupPlace>>& places,
    const Reading<HostMounts>& hostMounts);

} // namespace bulkhead::kernel
