#pragma once

#include "core/claims/boundary.h"
#include "core/claims/import.h"

#include <optional>

namespace bulkhead::claims {

/// A configuration of the OCI runtime specification as a boundary.
[[nodiscard]] base::Result<Boundary> readOciBoundary(const Node& document, Reading& reading);

/// linux.resources: limits and device rules; what else it sets is listed with what was asked.
void readResources(Fields& linux, Boundary& out);

/// A seccomp profile that stands in the document.
[[nodiscard]] std::optional<seccomp::Profile>
profileIn(const Node& node, Reading& reading, const std::string& path);

} // namespace bulkhead::claims
