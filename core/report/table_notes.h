#pragma once

#include "core/diagram/diagram.h"
#include "core/report/terminal_style.h"

#include <cstddef>
#include <string>

namespace bulkhead::report {

/// Below the grid: by column, each changed slot in a sentence, contradictions, errors; wrapped to `width`
/// cells.
[[nodiscard]] std::string
changeNotes(const diagram::Diagram& diagram, std::size_t width, const TerminalStyle& style);

} // namespace bulkhead::report
