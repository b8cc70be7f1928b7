#pragma once

#include "core/base/error.h"
#include "core/model/seccomp.h"
#include "core/twin/target.h"

#include <string>
#include <vector>

namespace bulkhead::twin {

/// Reads the filters of the main thread into the target; it stands still for a moment. Not of a frozen
/// process (checkHeadroom comes first). An error says who holds it, or what we lack.
[[nodiscard]] base::Status readTargetFilters(Target& target);

/// What the stack answers to the calls of an architecture. Malformed for a program that no kernel would take.
[[nodiscard]] base::Result<model::ArchVerdicts>
verdictsOf(const std::vector<Filter>& filters, const std::string& arch);

} // namespace bulkhead::twin
