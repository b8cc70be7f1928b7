#pragma once

#include "core/diagram/diagram.h"
#include "core/model/snapshot.h"

#include <string>
#include <vector>

namespace bulkhead::samples {

// Enforced snapshots written by hand after the documented effects of each configuration (engine
// documentation, not our own output): 14 capabilities, 41 known to the kernel, one launcher without
// CAP_SYS_RESOURCE.

[[nodiscard]] model::Snapshot dockerDefault(const std::string& name = "default");
[[nodiscard]] model::Snapshot readOnly();
[[nodiscard]] model::Snapshot rootless();
[[nodiscard]] model::Snapshot privileged();

/// The same subject as it was asked for: privileged asks for all 41 capabilities.
[[nodiscard]] model::Snapshot declared(model::Snapshot enforced);

/// default, read-only, rootless, privileged, each declared and enforced.
[[nodiscard]] std::vector<diagram::SubjectView> four();

/// The four and four more: web-1, web-2, api, ci-runner.
[[nodiscard]] std::vector<diagram::SubjectView> eight();

} // namespace bulkhead::samples
