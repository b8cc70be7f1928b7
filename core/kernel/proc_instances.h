#pragma once

#include "core/kernel/host_mounts.h"
#include "core/kernel/mount_tree.h"
#include "core/kernel/task.h"
#include "core/model/fact.h"

namespace bulkhead::kernel {

/// Some procfs that a path walk reaches shows the host's processes, whatever the process's own pid namespace:
/// the same instance as one of the host's, or one in which we, who are in the host's pid namespace, see
/// ourselves (proc(5), /proc/self). A pid namespace is that of whoever mounted, and a bind takes it along.
[[nodiscard]] model::Fact<bool> showsHostProcesses(
    const os::ProcRoot& root, const Task& task, const MountTree& tree, const Reading<HostMounts>& hostMounts,
    const HostReference& host);

} // namespace bulkhead::kernel
