#pragma once

#include "core/kernel/reading.h"
#include "core/kernel/status.h"
#include "core/kernel/task.h"
#include "core/model/capabilities.h"
#include "core/model/identity.h"
#include "core/model/namespaces.h"
#include "core/model/seccomp.h"

#include <string>

namespace bulkhead::kernel {

/// Who the process is. Ids of status are in our numbering, the host's; they are translated into the
/// container's through its maps, 65534 (kernel.overflowuid) where unmapped.
[[nodiscard]] model::Identity collectIdentity(
    const Task& task, const Reading<TaskStatus>& status, const model::Fact<bool>& userNamespaceIsHost);

/// The five sets without numbers this kernel does not know, and what they are worth over the host.
[[nodiscard]] model::Capabilities buildCapabilities(
    const Reading<TaskStatus>& status, const model::Fact<std::int64_t>& lastCapability,
    const model::Namespaces& namespaces, const model::Fact<bool>& userNamespaceIsHost,
    const std::string& source);

/// Mode and count; what the mode alone decides of the verdicts. Filter programs stay a gap.
[[nodiscard]] model::Seccomp buildSeccomp(
    const Reading<TaskStatus>& status, const model::Fact<std::string>& arch, const std::string& source);

} // namespace bulkhead::kernel
