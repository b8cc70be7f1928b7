#pragma once

#include "core/diagram/diagram.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::report {

/// The cell of a row in a column; an empty one where the column has no cells (it could not be read).
[[nodiscard]] const diagram::Cell& cellAt(const diagram::Column& column, std::size_t row);

/// The glyph in front of a cell's text: that of its direction, "?" for what could not be read, else empty.
[[nodiscard]] std::string_view glyphOf(const diagram::Cell& cell);

/// Whether a cell is drawn as a gap: it says nothing because it could not be read.
[[nodiscard]] bool isGap(const diagram::Cell& cell);

/// Indices of the rows of one stage, in order.
[[nodiscard]] std::vector<std::size_t> rowsOf(const diagram::Diagram& diagram, model::Stage stage);

/// What was asked and what was got, in one line: "asked for SYS_RESOURCE, not given", "asked for 41, got 40".
[[nodiscard]] std::string contradictionText(const std::vector<compare::Contradiction>& contradictions);

/// A value in few words: lists of more than three entries become their number.
[[nodiscard]] std::string briefValue(const compare::Value& value);

} // namespace bulkhead::report
