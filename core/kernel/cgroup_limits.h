#pragma once

#include "core/kernel/cgroup_file.h"
#include "core/kernel/reading.h"
#include "core/model/cgroup.h"
#include "core/os/proc_root.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// pids, memory, swap, cpu, io and cpus (processors that may be used): the smallest over the process's group
/// and its ancestors, from version 1 or version 2 files (Documentation/admin-guide/cgroup-v1, cgroup-v2.rst).
[[nodiscard]] std::map<std::string, model::Fact<model::Limit>> collectCgroupLimits(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts);

/// A limit as its file writes it; nullopt for "max", -1 and the version 1 value for none (the largest
/// multiple of a page). Malformed otherwise.
using Bound = std::optional<std::uint64_t>;
[[nodiscard]] base::Result<Bound> parseBound(std::string_view text);

/// cpu.max "QUOTA PERIOD" in thousandths of a core.
[[nodiscard]] base::Result<Bound> parseCpuMax(std::string_view text);

/// How many processors a list like "0-3,8" holds (cpuset(7), List format).
[[nodiscard]] base::Result<Bound> parseProcessors(std::string_view text);

/// io.max: the smallest of rbps and wbps over its devices, bytes a second.
[[nodiscard]] base::Result<Bound> parseIoMax(std::string_view text);

/// blkio.throttle.*_bps_device: "MAJOR:MINOR BYTES" lines.
[[nodiscard]] base::Result<Bound> parseThrottle(std::string_view text);

} // namespace bulkhead::kernel
