#pragma once

#include "core/kernel/mount_tree.h"
#include "core/kernel/task.h"
#include "core/model/mount.h"

#include <string>
#include <vector>

namespace bulkhead::kernel {

/// Fills the mappings of idmapped mounts, which mountinfo only says are there: asked of the kernel by
/// statmount(2) in the process's mount namespace, without a walk through its files (Linux 6.15; a gap before,
/// and without CAP_SYS_ADMIN over that namespace). Does nothing where no mount is idmapped.
void addIdMappings(const Task& task, const MountTree& tree, std::vector<model::Mount>& mounts);

/// "0 1000 1" of one extent, as statmount prints it; a gap for anything else.
[[nodiscard]] Reading<model::IdMap> parseIdMappings(const std::vector<std::string>& extents);

} // namespace bulkhead::kernel
