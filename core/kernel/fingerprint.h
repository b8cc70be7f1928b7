#pragma once

#include "core/kernel/status.h"
#include "core/kernel/task.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bulkhead::kernel {

/// What must not move while a process is read: taken first and last, and compared.
struct Fingerprint {
    TaskStat stat;
    std::map<std::string, std::string> parts; ///< by name: cgroup, credentials, exe, mounts, namespaces
};

/// Whether single threads may be read, or processes alone.
enum class Takes { processes, threads };

/// NotFound for a process that is gone or a zombie, Unsupported for kernel threads, and for single threads
/// where processes alone are taken.
[[nodiscard]] base::Result<Fingerprint>
takeFingerprint(const Task& task, std::int64_t pid, Takes takes = Takes::processes);

/// Names of the parts that differ, in alphabetical order.
[[nodiscard]] std::vector<std::string> changedParts(const Fingerprint& before, const Fingerprint& after);

} // namespace bulkhead::kernel
