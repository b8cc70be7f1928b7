#pragma once

#include "core/kernel/mount_tree.h"
#include "core/kernel/task.h"
#include "core/model/device.h"

#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// Device nodes in the process's /dev beyond the standard set, by path. Directories are listed and nodes
/// looked at by fstatat(2); none is opened, and no file system that may stall is entered.
[[nodiscard]] Reading<std::vector<model::Device>> readDevices(const Task& task, const MountTree& mounts);

/// The nodes of a captured tree, one a line: "/dev/sda b 8 0 0660 0 6" (path, type, numbers, octal mode,
/// owner, group). Malformed names the line.
[[nodiscard]] base::Result<std::vector<model::Device>> parseCapturedDevices(std::string_view text);

/// Fills class and hostDisk, drops the standard set, sorts by path.
[[nodiscard]] std::vector<model::Device> beyondStandard(std::vector<model::Device> nodes);

} // namespace bulkhead::kernel
