#pragma once

#include "core/kernel/cgroup_file.h"
#include "core/kernel/host_mounts.h"
#include "core/kernel/reading.h"
#include "core/os/proc_root.h"

#include <vector>

namespace bulkhead::kernel {

/// The version 1 freezer holds the process (cgroup-v1/freezer-subsystem.rst, freezer.state, which speaks for
/// the ancestors too): such a task does not stop for a tracer. False where the freezer is version 2's, whose
/// tasks do. A gap where the group lies outside what we see.
[[nodiscard]] Reading<bool> isHeldByOldFreezer(
    const os::ProcRoot& root, const Reading<std::vector<CgroupPlace>>& places,
    const Reading<HostMounts>& hostMounts);

} // namespace bulkhead::kernel
