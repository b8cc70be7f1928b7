#pragma once

#include "core/diagram/diagram.h"

#include <string>

namespace bulkhead::report {

/// "### Changes": by column, one row per changed slot, every changed fact folded below.
[[nodiscard]] std::string changesSection(const diagram::Diagram& diagram);

/// "### Asked and got": what the kernel enforces otherwise than it was declared.
[[nodiscard]] std::string contradictionsSection(const diagram::Diagram& diagram);

} // namespace bulkhead::report
