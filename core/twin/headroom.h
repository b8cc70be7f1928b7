#pragma once

#include "core/base/error.h"
#include "core/kernel/cgroup_file.h"
#include "core/kernel/mount_tree.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace bulkhead::twin {

/// A twin counts against the limits of its target. Unsupported where fewer than 8 processes or 32 MiB are
/// left at any step up to the root, or where the group is frozen: it would starve the workload, or hang.
[[nodiscard]] base::Status
checkHeadroom(const std::vector<kernel::CgroupPlace>& places, const kernel::MountTree& hostMounts);

/// The judgement alone: what is left below a limit, without what the kernel would give back at once.
struct Usage {
    std::optional<std::uint64_t> limit;
    std::uint64_t used = 0;
    std::uint64_t reclaimable = 0;
};
[[nodiscard]] bool leaves(const Usage& usage, std::uint64_t least);

} // namespace bulkhead::twin
