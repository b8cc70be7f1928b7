#pragma once

#include "core/kernel/host_reference.h"
#include "core/kernel/namespace_files.h"
#include "core/kernel/task.h"
#include "core/model/namespaces.h"

#include <map>
#include <optional>
#include <vector>

namespace bulkhead::kernel {

/// The namespaces of a process as facts, and what their worth is judged by.
struct NamespaceReadings {
    model::Namespaces facts;
    std::optional<NamespaceIdentity> user;
    std::map<model::NamespaceType, std::vector<UserNamespace>> owners; ///< of those that could be asked
};

/// All eight namespaces of a process against the host's: identity, owner, parent, depth.
[[nodiscard]] NamespaceReadings collectNamespaces(const Task& task, const HostReference& host);

/// The process lives in the host's user namespace; by its ns link, or else by a uid_map that is not full.
[[nodiscard]] model::Fact<bool> userNamespaceIsHost(const model::Namespaces& namespaces, const Task& task);

} // namespace bulkhead::kernel
