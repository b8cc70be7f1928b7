#pragma once

#include "core/kernel/host_mounts.h"
#include "core/kernel/mount_tree.h"
#include "core/kernel/reading.h"
#include "core/model/protected_paths.h"
#include "core/model/surroundings.h"
#include "core/os/proc_root.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// Answers whether this kernel has a path of procfs or sysfs at all.
using KernelHas = std::function<bool(std::string_view)>;

/// What the process finds at each sensitive path, judged by the mounts over it. A gap where one covers it
/// that is not known to be empty.
[[nodiscard]] std::map<std::string, model::Fact<model::PathState>> judgeSensitivePaths(
    const Reading<MountTree>& tree, const KernelHas& kernelHas, const std::string& source,
    const Reading<HostMounts>& hostMounts);

/// Trees of settings of the whole machine whose mount lets writes pass, sorted: sensitive paths, "/sys",
/// control groups, further instances of the kernel's file systems.
[[nodiscard]] std::vector<std::string>
writableKnobs(const MountTree& tree, const std::map<std::string, model::Fact<model::PathState>>& states);

/// Mount points of procfs, sysfs, cgroupfs, devtmpfs and the kernel's other control file systems that a path
/// walk reaches, wherever they are, sorted.
[[nodiscard]] std::vector<std::string> kernelInstances(const MountTree& tree);

} // namespace bulkhead::kernel
