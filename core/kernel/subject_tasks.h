#pragma once

#include "core/kernel/fingerprint.h"
#include "core/kernel/process_table.h"
#include "core/kernel/task.h"
#include "core/model/surroundings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::kernel {

/// The task that a snapshot describes, pinned, and what stands of all the others.
struct SubjectTasks {
    Task process;               ///< that the described task belongs to
    std::optional<Task> thread; ///< the described task, where it does not lead that process
    std::int64_t id;            ///< number of the described task
    Fingerprint before;         ///< taken before anything else was read of it
    model::Membership members;
    model::Fact<std::vector<model::TaskClass>> classes;
    bool settled = true; ///< false: tasks came and went faster than they could be read

    /// Of the widest class: the main process if it is one of them.
    [[nodiscard]] const Task& task() const { return thread ? *thread : process; }
};

/// Finds the subject of `pid` in the table and pins the task that decides its authority. Errors are those of
/// takeFingerprint for `pid` itself; another task that ends meanwhile makes the table be read anew.
[[nodiscard]] base::Result<SubjectTasks>
pinSubject(const os::ProcRoot& root, std::int64_t pid, const HostReference& host, ProcessTable* table);

} // namespace bulkhead::kernel
