#pragma once

#include "core/diagram/diagram.h"

#include <cstddef>
#include <string>

namespace bulkhead::report {

/// Where a table is read.
struct TableOptions {
    std::size_t columns = 80; ///< terminal cells; less than 60 is taken as 60
    bool colour = false;      ///< ANSI: weaker orange, stronger green
};

/// The table form of `diff`: the canvas in text. Headline, column heads with counts, rows by stage with a
/// dash for what equals the baseline, the handoff with contradictions, the wall, gaps; then what changed and
/// why. Columns that do not fit stand in further blocks, each with the baseline. Foreign text is escaped for
/// a terminal.
[[nodiscard]] std::string writeTable(const diagram::Diagram& diagram, const TableOptions& options);

} // namespace bulkhead::report
