#pragma once

#include "core/base/error.h"
#include "core/kernel/cgroup_file.h"
#include "core/kernel/status.h"
#include "core/kernel/task.h"
#include "core/model/id_map.h"
#include "core/model/identity.h"
#include "core/os/fd.h"
#include "core/os/proc_root.h"
#include "core/twin/label.h"
#include "core/wire/probe_plan.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bulkhead::twin {

/// One filter of the target, as bytes of its array of struct sock_filter.
struct Filter {
    std::string program;
    bool log = false;
};

/// The process to copy, pinned, and everything of it that a copy needs. Ids of status are the host's.
struct Target {
    kernel::Task task;
    std::int64_t pid = 0; ///< of the task, which may be a thread that leads no process
    os::Fd handle;        ///< pidfd
    os::Fd root;          ///< its root directory, O_PATH: nothing in it is looked at
    kernel::TaskStatus status;
    model::IdMap uidMap;
    model::IdMap gidMap;
    std::map<std::string, model::ResourceLimit> limits;
    std::vector<kernel::CgroupPlace> places;
    LabelCopy label;             ///< of its security module
    int namespaces = 0;          ///< mask of CLONE_NEW* that are not ours
    std::vector<Filter> filters; ///< oldest first; filled by whoever may read them
};

/// Reads it: a process or a thread by its number. Denied names the right that is missing; Unsupported what
/// cannot be copied at all.
[[nodiscard]] base::Result<Target> readTarget(const os::ProcRoot& machine, std::int64_t pid);

/// RLIMIT_ names in the order of their numbers (include/uapi/asm-generic/resource.h).
[[nodiscard]] const std::array<std::string_view, wire::kPlanLimits>& limitNames();

} // namespace bulkhead::twin
