#pragma once

#include "core/base/error.h"
#include "core/kernel/host_reference.h"
#include "core/kernel/process_table.h"
#include "core/model/snapshot.h"
#include "core/os/proc_root.h"

#include <cstdint>

namespace bulkhead::kernel {

/// Everything the kernel holds about the subject that a live process belongs to, read from outside through
/// one pinned /proc/PID: the facets of a snapshot from host to audit, its stability, vantage and subject.pid.
/// The facets are those of the widest class of the subject's tasks (core/kernel/task_classes.h), which
/// `members` names. What could not be read is a gap of the snapshot. NotFound for a pid that is gone or a
/// zombie, Unsupported for a kernel thread. A sweep gives its own table of processes, which is read once for
/// all.
[[nodiscard]] base::Result<model::Snapshot> collectSnapshot(
    const os::ProcRoot& root, std::int64_t pid, const HostReference& host, ProcessTable* table = nullptr);

/// The machine: kernel, distribution, settings that decide what a breach reaches.
[[nodiscard]] model::Host readHost(const os::ProcRoot& root);

} // namespace bulkhead::kernel
