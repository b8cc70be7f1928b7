#pragma once

#include "core/kernel/task.h"
#include "core/model/surroundings.h"

namespace bulkhead::kernel {

/// The network namespace of a task as /proc/PID/net shows it, which needs no right over the task; nobody's
/// namespace is entered. Lists are cut at 4096 entries, and the last entry says so.
[[nodiscard]] model::Network collectNetwork(const Task& task, const model::Fact<bool>& hostNetwork);

} // namespace bulkhead::kernel
