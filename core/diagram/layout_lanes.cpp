#include "core/diagram/grid.h"
#include "core/diagram/sharing.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace bulkhead::diagram {

namespace {

constexpr double kSharedHeight = 22;
constexpr double kLaneWidth = 8; ///< the gap between two columns

/// The middle of a row, in a column or where all columns are one strip; nothing where it is not shown.
std::optional<double>
middleOf(const Diagram& diagram, const std::vector<Item>& items, std::string_view slot, int column) {
    for (const Item& item : items) {
        const bool ofRow = item.row >= 0 && diagram.rows[static_cast<std::size_t>(item.row)].slot->id == slot;
        if (ofRow && (item.column == column || item.kind == ItemKind::gapStrip)) {
            return item.rect.y + item.rect.height / 2;
        }
    }
    return std::nullopt;
}

const Item* wallOf(const std::vector<Item>& items, int column) {
    const auto found = std::ranges::find_if(
        items, [&](const Item& item) { return item.kind == ItemKind::wall && item.column == column; });
    return found == items.end() ? nullptr : &*found;
}

} // namespace

double layoutShared(
    const std::vector<SharedSpan>& spans, const Grid& grid, const TextFitter& fitter, double y,
    std::vector<Item>& items) {
    const std::vector<std::size_t> lines = linesOf(spans);
    std::size_t most = 0;
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const SharedSpan& span = spans[i];
        most = std::max(most, lines[i] + 1);
        const double top = y + static_cast<double>(lines[i]) * kSharedHeight * grid.scale;
        const double left = grid.columnX(span.first);
        const double width = grid.columnX(span.last) + grid.column - left;
        Item box;
        box.kind = ItemKind::sharedBox;
        box.rect = {left, top + grid.scale, width, (kSharedHeight - 2) * grid.scale};
        box.textRect = {left + 8 * grid.scale, box.rect.y, width - 16 * grid.scale, box.rect.height};
        box.style = TextStyle::note;
        box.fullText = span.fullText;
        box.text = fitter.fit("shared: " + span.text, box.style, box.textRect.width);
        items.push_back(std::move(box));
    }
    return y + static_cast<double>(most) * kSharedHeight * grid.scale;
}

void layoutAttackNotes(
    const std::vector<AttackLane>& lanes, const Grid& grid, const TextFitter& fitter, double y,
    std::vector<Item>& items) {
    for (const AttackLane& lane : lanes) {
        Item note;
        note.kind = ItemKind::attackNote;
        note.rect = {
            grid.columnX(lane.column) + 4 * grid.scale, y, grid.column - 8 * grid.scale, 20 * grid.scale};
        note.textRect = note.rect;
        note.style = TextStyle::columnCount;
        note.mark = lane.blocked ? Mark::stronger : Mark::weaker;
        note.column = static_cast<int>(lane.column);
        note.blocked = lane.blocked;
        note.possible = lane.possible;
        note.fullText = lane.fullText;
        note.text = fitter.fitOneOf(lane.texts, note.style, note.textRect.width);
        items.push_back(std::move(note));
    }
}

void layoutAttackLines(
    const Diagram& diagram, const std::vector<AttackLane>& lanes, const Grid& grid,
    std::vector<Item>& items) {
    std::vector<Item> lines;
    for (const AttackLane& lane : lanes) {
        const int column = static_cast<int>(lane.column);
        const Item* wall = wallOf(items, column);
        if (wall == nullptr || !diagram.columns[lane.column].error.empty()) {
            continue;
        }
        // Without the row that it enters at or ends in, only differences are shown: from the heads, below
        // the wall.
        const double first = wall->rect.y - 60 * grid.scale;
        const double top = middleOf(diagram, items, "asksFor", column).value_or(first);
        const double wallAt = wall->rect.y + wall->rect.height / 2;
        const double below = wall->rect.bottom() + 20 * grid.scale;
        const double bottom =
            lane.blocked ? wallAt : middleOf(diagram, items, lane.end, column).value_or(below);
        Item line;
        line.kind = ItemKind::attackLine;
        line.rect = {
            grid.columnX(lane.column) - kLaneWidth * grid.scale, top, kLaneWidth * grid.scale,
            std::max(bottom - top, 0.0)};
        line.textRect = line.rect;
        line.mark = lane.blocked ? Mark::stronger : Mark::weaker;
        line.blocked = lane.blocked;
        line.possible = lane.possible;
        line.fullText = lane.fullText;
        lines.push_back(std::move(line));
    }
    // Beneath everything: what is said of all columns at once stays readable where a line passes.
    items.insert(items.begin(), std::move_iterator(lines.begin()), std::move_iterator(lines.end()));
}

} // namespace bulkhead::diagram
