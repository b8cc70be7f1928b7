#pragma once

#include "core/model/snapshot.h"
#include "core/wire/probe_plan.h"

#include <optional>
#include <string>

namespace bulkhead::twin {

/// What the enforced facts say a try without filters will give; nullopt where they do not say.
[[nodiscard]] std::optional<model::ProbeResult>
predictTry(const model::Snapshot& enforced, wire::Try what, const std::string& path);

/// The known cause why a try came out otherwise; empty where none is known.
[[nodiscard]] std::string causeOf(const model::Probe& probe);

} // namespace bulkhead::twin
