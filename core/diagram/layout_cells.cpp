#include "core/diagram/grid.h"
#include "core/diagram/words.h"

#include <algorithm>

namespace bulkhead::diagram {

namespace {

/// One row of cells on its way into the picture.
class CellRow {
public:
    CellRow(
        const Diagram& diagram, std::size_t row, const Grid& grid, const TextFitter& fitter, double y,
        std::vector<Item>& items)
        : m_diagram(diagram), m_row(row), m_grid(grid), m_fitter(fitter), m_y(y), m_items(items) {}

    void addAll() {
        const Row& row = m_diagram.rows[m_row];
        if (row.sharedGap) {
            addStrip(row);
            return;
        }
        for (std::size_t i = 0; i < m_diagram.columns.size(); ++i) {
            if (m_diagram.columns[i].error.empty()) {
                addCell(i);
            }
        }
        if (m_grid.reason > 0) {
            addReason();
        }
    }

private:
    [[nodiscard]] double inset() const { return m_grid.scale; }
    [[nodiscard]] double ringSize() const { return (m_grid.compact ? 15 : 18) * m_grid.scale; }
    [[nodiscard]] Rect cellRect(std::size_t column) const {
        return {m_grid.columnX(column), m_y + inset(), m_grid.column, m_grid.row - 2 * inset()};
    }

    Item make(ItemKind kind, const Rect& rect, double before, double after) const {
        Item item;
        item.kind = kind;
        item.rect = rect;
        item.textRect = {rect.x + before, rect.y, rect.width - before - after, rect.height};
        item.row = static_cast<int>(m_row);
        return item;
    }

    void addStrip(const Row& row) {
        const Rect rect{
            m_grid.left(), m_y + inset(), m_grid.right() - m_grid.left(), m_grid.row - 2 * inset()};
        Item item = make(ItemKind::gapStrip, rect, 24 * m_grid.scale, 8 * m_grid.scale);
        item.text = m_fitter.fit(row.sharedGapText, item.style, item.textRect.width);
        item.fullText = m_diagram.columns.front().cells[m_row].text.sentence;
        item.mark = Mark::gap;
        item.column = 0;
        m_items.push_back(std::move(item));
    }

    void addCell(std::size_t column) {
        const Cell& cell = m_diagram.columns[column].cells[m_row];
        const double ring = cell.contradictions.empty() ? 0 : ringSize() + 3 * m_grid.scale;
        const double edge = (m_grid.compact ? 4 : 6) * m_grid.scale;
        Item item = make(kindOf(cell), cellRect(column), beforeText(cell), edge + ring);
        item.style = item.kind == ItemKind::chip ? TextStyle::chip : TextStyle::cellValue;
        item.mark = cell.mark;
        item.column = static_cast<int>(column);
        item.fullText = cell.detail;
        item.text = textOf(cell, item);
        m_items.push_back(std::move(item));
        if (ring > 0) {
            addContradiction(column, cell);
        }
    }

    /// Nothing is known of it: hatched. A dash would say that it is as the baseline.
    static bool isHatched(const Cell& cell) { return cell.text.gap || cell.mark == Mark::missing; }

    static ItemKind kindOf(const Cell& cell) {
        if (isHatched(cell)) {
            return ItemKind::gapCell;
        }
        if (cell.changed()) {
            return ItemKind::chip;
        }
        return cell.mark == Mark::value ? ItemKind::value : ItemKind::dash;
    }

    [[nodiscard]] double beforeText(const Cell& cell) const {
        const bool boxed = cell.changed() || isHatched(cell);
        if (!boxed) {
            return 4 * m_grid.scale;
        }
        return (m_grid.compact ? 24 : 30) * m_grid.scale;
    }

    [[nodiscard]] std::string textOf(const Cell& cell, const Item& item) const {
        if (item.kind == ItemKind::dash) {
            return "—";
        }
        std::vector<std::string> candidates{cell.text.normal, cell.text.brief};
        if (m_grid.compact) {
            candidates.erase(candidates.begin());
        }
        return m_fitter.fitOneOf(candidates, item.style, item.textRect.width);
    }

    void addContradiction(std::size_t column, const Cell& cell) {
        const Rect at = cellRect(column);
        const double size = ringSize();
        Item item = make(
            ItemKind::contradiction,
            {at.right() - size - 3 * m_grid.scale, at.y + (at.height - size) / 2, size, size}, 0, 0);
        item.column = static_cast<int>(column);
        const auto more = std::ranges::find(
            cell.contradictions, compare::Direction::weaker, &compare::Contradiction::direction);
        item.gotMore = more != cell.contradictions.end();
        const compare::Contradiction& first = item.gotMore ? *more : cell.contradictions.front();
        item.fullText = std::string(contradictionWord(first.direction)) + ": " + first.path + ": asked " +
                        toText(first.declared) + ", got " + toText(first.enforced);
        if (!first.cause.empty()) {
            item.fullText += " (" + first.cause + ")";
        }
        m_items.push_back(std::move(item));
    }

    void addReason() {
        const Column& candidate = m_diagram.columns[m_diagram.columns[0].baseline ? 1 : 0];
        const Cell& cell = candidate.cells[m_row];
        if (!cell.changed() || cell.why.empty()) {
            return;
        }
        const double x = m_grid.columnX(0) + m_grid.column + m_grid.gap;
        Item item = make(ItemKind::reason, {x, m_y, m_grid.reason, m_grid.row}, 0, 12 * m_grid.scale);
        item.style = TextStyle::note;
        item.mark = cell.mark;
        item.column = m_diagram.columns[0].baseline ? 1 : 0;
        item.fullText = cell.detail;
        const std::string head = std::string(glyphOf(cell.mark)) + " ";
        item.text = m_fitter.fit(head + cell.why, item.style, item.textRect.width);
        m_items.push_back(std::move(item));
    }

    const Diagram& m_diagram;
    std::size_t m_row;
    const Grid& m_grid;
    const TextFitter& m_fitter;
    double m_y;
    std::vector<Item>& m_items;
};

} // namespace

void layoutCells(
    const Diagram& diagram, std::size_t row, const Grid& grid, const TextFitter& fitter, double y,
    std::vector<Item>& items) {
    CellRow(diagram, row, grid, fitter, y, items).addAll();
}

} // namespace bulkhead::diagram
