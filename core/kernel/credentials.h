#pragma once

#include "core/kernel/namespaces.h"
#include "core/kernel/reading.h"
#include "core/kernel/status.h"
#include "core/kernel/task.h"
#include "core/model/capabilities.h"
#include "core/model/identity.h"
#include "core/model/namespaces.h"

#include <string>

namespace bulkhead::kernel {

/// How the ids of a status, which the kernel shows in our user namespace, relate to the container's.
enum class IdView { throughMaps, asTheyAre, unknown };

/// `reader` is our own user namespace with whether its map is full; nullopt where that is not known.
[[nodiscard]] IdView viewOfIds(
    const NamespaceReadings& namespaces, const std::optional<NamespaceIdentity>& reader, bool readerIsFull);

/// The same for ourselves and a live task; a captured tree is always seen through the maps.
[[nodiscard]] IdView readIdView(const os::ProcRoot& root, const NamespaceReadings& namespaces);

/// Who the process is. Ids of status are in our numbering; where our user namespace is above the container's
/// they are translated through its maps, 65534 (kernel.overflowuid) where unmapped; where it is the same one
/// they stand as they are; and elsewhere they are a gap.
[[nodiscard]] model::Identity collectIdentity(
    const Task& task, const Reading<TaskStatus>& status, const model::Fact<bool>& userNamespaceIsHost,
    IdView view);

/// What capabilities are judged by.
struct CapabilityInputs {
    const Reading<TaskStatus>& status;
    const model::Fact<std::int64_t>& lastCapability;
    const NamespaceReadings& namespaces;
    const HostReference& host;
    const model::Fact<bool>& userNamespaceIsHost;
    const model::Fact<model::Ids>& uid; ///< in the container's numbering
    bool honoursFiles = true;           ///< some mount honours setuid bits and file capabilities
    std::string source;
};

/// The five sets without numbers this kernel does not know, what an execve could give, and what they are
/// worth over the host and over the namespaces the process is in.
[[nodiscard]] model::Capabilities buildCapabilities(const CapabilityInputs& in);

} // namespace bulkhead::kernel
