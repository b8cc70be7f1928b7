#pragma once

#include "core/kernel/host_mounts.h"
#include "core/kernel/mount_tree.h"
#include "core/kernel/task.h"

#include <optional>
#include <string_view>

namespace bulkhead::kernel {

/// The mounts of a process as it walks them. A process whose root is no mount point (chroot(2)) is shown what
/// lies below its root only; what the root itself lies on is added from the host's mountinfo where it is in
/// the host's mount namespace, and is a gap elsewhere.
[[nodiscard]] Reading<MountTree>
readMountTree(const Task& task, const HostReference& host, const Reading<HostMounts>& hostMounts);

/// The mount that a directory of the host lies on, as a process sees it whose root that directory is.
[[nodiscard]] std::optional<MountEntry> rootEntryAt(const MountTree& hostTree, std::string_view directory);

} // namespace bulkhead::kernel
