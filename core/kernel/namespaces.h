#pragma once

#include "core/kernel/host_reference.h"
#include "core/kernel/task.h"
#include "core/model/namespaces.h"

namespace bulkhead::kernel {

/// All eight namespaces of a process against the host's: identity, owner, parent, depth.
[[nodiscard]] model::Namespaces collectNamespaces(const Task& task, const HostReference& host);

/// The process lives in the host's user namespace; by its ns link, or else by a uid_map that is not full.
[[nodiscard]] model::Fact<bool> userNamespaceIsHost(const model::Namespaces& namespaces, const Task& task);

} // namespace bulkhead::kernel
