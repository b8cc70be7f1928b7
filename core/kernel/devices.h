#pragma once

#include "core/kernel/host_mounts.h"
#include "core/kernel/mount_tree.h"
#include "core/kernel/task.h"
#include "core/model/device.h"

#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// Device nodes of the process beyond the standard set, by path: in /dev however deep, on every devtmpfs and
/// bind of the host's /dev wherever it is mounted, and nodes bound one by one. Directories are listed, nodes
/// are looked at by statx(2) and never opened, and no file system is asked that was not judged before: what
/// may stall is never entered, even where it is mounted meanwhile. Nodes elsewhere in the root file system
/// are not searched for.
[[nodiscard]] Reading<std::vector<model::Device>>
readDevices(const Task& task, const MountTree& mounts, const Reading<HostMounts>& hostMounts);

/// A block node is a disk of the host where the kernel has a device of its numbers (/sys/dev/block). Numbers
/// that are handed out at boot get the class of the driver that has them (/proc/devices, /proc/misc).
void judgeByMachine(const os::ProcRoot& root, std::vector<model::Device>& devices);

/// The nodes of a captured tree, one a line: "/dev/sda b 8 0 0660 0 6" (path, type, numbers, octal mode,
/// owner, group). Malformed names the line.
[[nodiscard]] base::Result<std::vector<model::Device>> parseCapturedDevices(std::string_view text);

/// Fills class and hostDisk, drops the standard set, sorts by path.
[[nodiscard]] std::vector<model::Device> beyondStandard(std::vector<model::Device> nodes);

} // namespace bulkhead::kernel
