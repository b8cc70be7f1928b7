#pragma once

#include "core/claims/boundary.h"
#include "core/claims/import.h"

#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::claims {

/// A configuration of the OCI runtime specification as a boundary.
[[nodiscard]] base::Result<Boundary> readOciBoundary(const Node& document, Reading& reading);

/// The declared snapshot of a configuration in JSON, as this builder makes it on this ground.
[[nodiscard]] base::Result<model::Snapshot>
declareOci(std::string_view json, const std::string& file, const Builder& builder, const Ground& ground);

/// linux.resources: limits and device rules; what else it sets is listed with what was asked.
void readResources(Fields& linux, Boundary& out);

/// A seccomp profile that stands in the document.
[[nodiscard]] std::optional<seccomp::Profile>
profileIn(const Node& node, Reading& reading, const std::string& path);

} // namespace bulkhead::claims
