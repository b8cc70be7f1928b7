#pragma once

#include "core/kernel/reading.h"
#include "core/os/proc_root.h"
#include "core/seccomp/evaluate.h"

#include <string>

namespace bulkhead::kernel {

/// Which system call ABIs this kernel runs beside its native one, asked of the kernel by a child of ours that
/// makes one harmless call in each and ends. Once per process: it does not change while the machine is up.
/// A gap on captured trees, and where the child does not answer.
[[nodiscard]] Reading<seccomp::Machine> readAbis(const os::ProcRoot& root, const std::string& arch);

} // namespace bulkhead::kernel
