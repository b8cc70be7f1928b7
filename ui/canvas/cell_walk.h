#pragma once

#include "core/diagram/diagram.h"
#include "core/diagram/layout.h"

#include <optional>
#include <string>

namespace bulkhead::canvas {

/// Where the keyboard is on the canvas. Row -1 is the column's head; column -1 is nowhere.
struct Cursor {
    int row = -1;
    int column = -1;

    bool operator==(const Cursor&) const = default;
};

/// The cursor one step to the right and down (negative: left and up); stays at the edge of the grid.
[[nodiscard]] Cursor stepped(const diagram::Diagram& diagram, const Cursor& from, int columns, int rows);

/// The next cell that is changed or contradicts itself, row by row; nullopt behind the last (before the
/// first).
[[nodiscard]] std::optional<Cursor>
nextDifference(const diagram::Diagram& diagram, const Cursor& from, bool backwards);

/// The item that stands for a cursor's cell or head; -1 where none is drawn.
[[nodiscard]] int itemOf(const diagram::Layout& layout, const Cursor& cursor);

/// The cell or head under a point of the layout; nowhere for labels and empty canvas.
[[nodiscard]] Cursor cursorAt(const diagram::Layout& layout, double x, double y);

/// The column whose head is nearest to `x`; -1 without columns.
[[nodiscard]] int columnNear(const diagram::Layout& layout, double x);

/// What a cursor is on, in words, for tooltips and screen readers: "capabilities, privileged: weaker: 40 of
/// 41 ...".
[[nodiscard]] std::string
describe(const diagram::Diagram& diagram, const diagram::Layout& layout, const Cursor& cursor);

} // namespace bulkhead::canvas
