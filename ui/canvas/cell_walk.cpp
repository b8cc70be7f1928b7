#include "ui/canvas/cell_walk.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bulkhead::canvas {

namespace {

using diagram::Item;
using diagram::ItemKind;

bool isCell(ItemKind kind) {
    return kind == ItemKind::value || kind == ItemKind::dash || kind == ItemKind::chip ||
           kind == ItemKind::gapCell;
}

bool differs(const diagram::Diagram& diagram, int row, int column) {
    const auto& cells = diagram.columns[static_cast<std::size_t>(column)].cells;
    if (static_cast<std::size_t>(row) >= cells.size()) {
        return false;
    }
    const diagram::Cell& cell = cells[static_cast<std::size_t>(row)];
    return cell.changed() || !cell.contradictions.empty();
}

} // namespace

Cursor stepped(const diagram::Diagram& diagram, const Cursor& from, int columns, int rows) {
    const int lastColumn = static_cast<int>(diagram.columns.size()) - 1;
    const int lastRow = static_cast<int>(diagram.rows.size()) - 1;
    if (lastColumn < 0) {
        return {};
    }
    if (from.column < 0) {
        return {-1, 0};
    }
    return {std::clamp(from.row + rows, -1, lastRow), std::clamp(from.column + columns, 0, lastColumn)};
}

std::optional<Cursor> nextDifference(const diagram::Diagram& diagram, const Cursor& from, bool backwards) {
    const int columns = static_cast<int>(diagram.columns.size());
    const int cells = static_cast<int>(diagram.rows.size()) * columns;
    int start = backwards ? cells : -1;
    if (from.column >= 0 && from.row >= 0) {
        start = from.row * columns + from.column;
    } else if (from.column >= 0) {
        start = -1; // on a head: in front of every cell
    }
    for (int at = start + (backwards ? -1 : 1); at >= 0 && at < cells; at += backwards ? -1 : 1) {
        if (differs(diagram, at / columns, at % columns)) {
            return Cursor{at / columns, at % columns};
        }
    }
    return std::nullopt;
}

int itemOf(const diagram::Layout& layout, const Cursor& cursor) {
    int error = -1;
    for (std::size_t i = 0; cursor.column >= 0 && i < layout.items.size(); ++i) {
        const Item& item = layout.items[i];
        const bool head = cursor.row < 0 && item.kind == ItemKind::columnHead && item.column == cursor.column;
        const bool cell =
            cursor.row >= 0 && item.row == cursor.row && isCell(item.kind) && item.column == cursor.column;
        const bool strip = cursor.row >= 0 && item.row == cursor.row && item.kind == ItemKind::gapStrip;
        if (head || cell || strip) {
            return static_cast<int>(i);
        }
        if (item.kind == ItemKind::columnError && item.column == cursor.column) {
            error = static_cast<int>(i);
        }
    }
    return error;
}

Cursor cursorAt(const diagram::Layout& layout, double x, double y) {
    const int index = diagram::itemAt(layout, x, y);
    if (index < 0) {
        return {};
    }
    const Item& item = layout.items[static_cast<std::size_t>(index)];
    return {item.row, item.kind == ItemKind::gapStrip ? columnNear(layout, x) : item.column};
}

int columnNear(const diagram::Layout& layout, double x) {
    int best = -1;
    double distance = std::numeric_limits<double>::max();
    for (const Item& item : layout.items) {
        const double away = std::abs(item.rect.x + item.rect.width / 2 - x);
        if (item.kind == ItemKind::columnHead && away < distance) {
            best = item.column;
            distance = away;
        }
    }
    return best;
}

std::string describe(const diagram::Diagram& diagram, const diagram::Layout& layout, const Cursor& cursor) {
    const int index = itemOf(layout, cursor);
    if (index < 0) {
        return {};
    }
    const Item& item = layout.items[static_cast<std::size_t>(index)];
    const diagram::Column& column = diagram.columns[static_cast<std::size_t>(cursor.column)];
    if (item.kind == ItemKind::columnError) {
        return column.name + ": " + item.fullText;
    }
    if (cursor.row < 0) {
        return column.name + ": " + column.headText();
    }
    const auto row = static_cast<std::size_t>(cursor.row);
    const std::string what = std::string(diagram.rows[row].slot->label) + ", " + column.name + ": ";
    if (item.kind == ItemKind::dash) {
        return what + "as the baseline, " + column.cells[row].text.sentence;
    }
    return what + (item.fullText.empty() ? column.cells[row].text.sentence : item.fullText);
}

} // namespace bulkhead::canvas
