#pragma once

#include "core/base/error.h"
#include "core/kernel/host_reference.h"
#include "core/model/snapshot.h"
#include "core/os/proc_root.h"

#include <cstdint>

namespace bulkhead::kernel {

/// Everything the kernel holds about a live process, read from outside through one pinned /proc/PID: the
/// facets of a snapshot from host to audit, its stability, vantage and subject.pid. What could not be read is
/// a gap of the snapshot. NotFound for a pid that is gone or a zombie, Unsupported for a kernel thread.
[[nodiscard]] base::Result<model::Snapshot>
collectSnapshot(const os::ProcRoot& root, std::int64_t pid, const HostReference& host);

/// The machine: kernel, distribution, settings that decide what a breach reaches.
[[nodiscard]] model::Host readHost(const os::ProcRoot& root);

} // namespace bulkhead::kernel
