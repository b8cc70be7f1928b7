#pragma once

#include "core/base/error.h"
#include "core/kernel/mount_tree.h"
#include "core/os/fd.h"
#include "core/twin/target.h"
#include "core/wire/probe_plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bulkhead::twin {

/// A try that is asked for: on what, and whether the filters are predicted to let it pass.
struct WantedTry {
    wire::Try what = wire::Try::look;
    std::string path; ///< bytes as the target has them; empty where the try has no object
    bool skip = false;

    bool operator==(const WantedTry&) const = default;
};

/// Writes ids, sets, limits, filters and tries into the plan. Unsupported where one of them does not fit, or
/// an id of the target has no number in its own user namespace.
[[nodiscard]] base::Status fillPlan(
    wire::ProbePlan& plan, const Target& target, const std::vector<WantedTry>& tries,
    std::int64_t lastCapability);

/// cgroup.procs of every group of the target that is not ours, opened for writing.
[[nodiscard]] base::Result<std::vector<os::Fd>>
openGroups(const os::ProcRoot& machine, const Target& target, const kernel::MountTree& hostMounts);

} // namespace bulkhead::twin
