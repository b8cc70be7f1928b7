#pragma once

#include "core/kernel/host_reference.h"
#include "core/lab/doctor.h"
#include "core/lab/machine.h"
#include "core/os/proc_root.h"

#include <vector>

namespace bulkhead::lab {

/// What this user can see of the machine's processes, by trying: every process is looked at once, and what
/// the kernel refuses is told with the reason.
[[nodiscard]] std::vector<Finding>
examineSight(const os::ProcRoot& root, const Machine& machine, const kernel::HostReference& reference);

} // namespace bulkhead::lab
