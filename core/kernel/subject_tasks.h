#pragma once

#include "core/kernel/fingerprint.h"
#include "core/kernel/process_table.h"
#include "core/kernel/task.h"
#include "core/model/surroundings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bulkhead::kernel {

/// The task that a snapshot describes, pinned, and what stands of all the others.
struct SubjectTasks {
    Task task;          ///< of the widest class: the main process if it is one of them
    std::int64_t id;    ///< its number
    Fingerprint before; ///< taken before anything else was read of it
    model::Membership members;
    model::Fact<std::vector<model::TaskClass>> classes;
    bool settled = true; ///< false: tasks came and went faster than they could be read
};

/// Finds the subject of `pid` in the table and pins the task that decides its authority. Errors are those of
/// takeFingerprint for `pid` itself; another task that ends meanwhile makes the table be read anew.
[[nodiscard]] base::Result<SubjectTasks>
pinSubject(const os::ProcRoot& root, std::int64_t pid, const HostReference& host, ProcessTable* table);

} // namespace bulkhead::kernel
