#include "core/report/table_text.h"

#include "core/base/bytes.h"
#include "core/base/escaped.h"
#include "core/diagram/words.h"
#include "core/report/cell_words.h"
#include "core/report/line_wrap.h"
#include "core/report/table_notes.h"
#include "core/report/terminal_style.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace bulkhead::report {

namespace {

using diagram::Cell;
using diagram::Column;
using diagram::Diagram;
using model::Stage;

constexpr std::size_t kNarrowest = 60;
constexpr std::size_t kLabel = 22; ///< "  would anyone see it" and a space
constexpr std::size_t kLeastColumn = 14;
constexpr std::size_t kMostColumn = 30;

std::string safe(std::string_view raw) {
    return base::terminalText(raw).str();
}

/// One block of columns: what fits beside the labels, the baseline first.
class Block {
public:
    Block(
        const Diagram& diagram, std::vector<std::size_t> columns, std::size_t width,
        const TerminalStyle& style)
        : m_diagram(diagram), m_columns(std::move(columns)), m_style(style),
          m_cell(std::min(kMostColumn, (width - kLabel) / std::max<std::size_t>(m_columns.size(), 1))) {}

    std::string write() {
        writeHeads();
        for (const auto& [stage, name] : model::Names<Stage>::names) {
            writeStage(stage, name);
        }
        return std::move(m_text);
    }

private:
    [[nodiscard]] const Column& column(std::size_t at) const { return m_diagram.columns[m_columns[at]]; }
    [[nodiscard]] std::size_t room() const { return m_cell - 1; }

    void line(std::string_view text) {
        m_text += text.substr(0, text.find_last_not_of(' ') + 1);
        m_text += '\n';
    }

    /// A line of one text per column; `write` gives the plain text and colours it when it has been padded.
    template <class Write>
    void cells(std::string_view label, Write&& write) {
        std::string text = padded(label, kLabel);
        for (std::size_t at = 0; at < m_columns.size(); ++at) {
            text += write(at);
        }
        line(text);
    }

    std::string fill(std::string_view text) const {
        return padded(base::shortenMiddle(text, room()), m_cell);
    }

    void writeHeads() {
        cells("", [&](std::size_t at) { return m_style.bold(fill(safe(column(at).name))); });
        std::vector<std::vector<std::string>> counts;
        std::size_t lines = 0;
        for (std::size_t at = 0; at < m_columns.size(); ++at) {
            counts.push_back(countLines(column(at)));
            lines = std::max(lines, counts.back().size());
        }
        for (std::size_t row = 0; row < lines; ++row) {
            cells("", [&](std::size_t at) {
                const std::string text = row < counts[at].size() ? counts[at][row] : "";
                return m_style.marked(markOf(text), fill(text));
            });
        }
    }

    /// "▼ 7 weaker, ▲ 1 stronger" by count, then where a recording comes from.
    static std::vector<std::string> countLines(const Column& column) {
        std::vector<std::string> lines;
        const std::string text = column.headText();
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t comma = std::min(text.find(", ", at), text.size());
            lines.push_back(text.substr(at, comma - at));
            at = comma + 2;
        }
        if (column.recorded) {
            lines.push_back("rec. " + safe(column.recorded->date.substr(0, 10)));
        }
        return lines;
    }

    static diagram::Mark markOf(std::string_view count) {
        for (const diagram::Mark mark : {diagram::Mark::weaker, diagram::Mark::stronger}) {
            if (count.starts_with(diagram::glyphOf(mark))) {
                return mark;
            }
        }
        return diagram::Mark::value;
    }

    void writeStage(Stage stage, std::string_view name) {
        const std::vector<std::size_t> rows = rowsOf(m_diagram, stage);
        if (rows.empty()) {
            return;
        }
        if (stage == Stage::checkpoint) {
            writeHandoff();
        }
        line("");
        line(m_style.bold(name));
        for (const std::size_t row : rows) {
            writeRow(row);
        }
        if (stage == Stage::checkpoint) {
            cells("THE WALL", [&](std::size_t at) { return wallText(column(at).wall); });
        }
    }

    void writeRow(std::size_t row) {
        const diagram::Row& of = m_diagram.rows[row];
        const std::string label = fmt::format("  {}", of.slot->label);
        if (of.sharedGap) {
            const std::size_t width = m_cell * m_columns.size();
            line(
                padded(label, kLabel) +
                m_style.marked(diagram::Mark::gap, padded("? " + safe(of.sharedGapText), width)));
            return;
        }
        cells(label, [&](std::size_t at) {
            const Cell& cell = cellAt(column(at), row);
            const diagram::Mark mark = isGap(cell) ? diagram::Mark::gap : cell.mark;
            return m_style.marked(mark, fill(cellText(cell)));
        });
    }

    [[nodiscard]] std::string cellText(const Cell& cell) const {
        const std::string ring = cell.contradictions.empty() ? "" : " ⇄";
        if (cell.mark == diagram::Mark::same) {
            return "—" + ring;
        }
        const std::string_view glyph = glyphOf(cell);
        const std::string head = fmt::format("{}{}", glyph, glyph.empty() ? "" : " ");
        const std::size_t left = room() - base::cellWidth(head) - base::cellWidth(ring);
        const std::string normal = safe(cell.text.normal);
        const std::string brief = safe(cell.text.brief);
        const bool wordy = base::cellWidth(normal) <= left || brief.find("…") != std::string::npos;
        return head + base::shortenMiddle(wordy ? normal : brief, left) + ring;
    }

    /// Asked above, enforced below; the slots of a column that contradict each other are counted on the line.
    void writeHandoff() {
        line("");
        cells("asked → enforced", [&](std::size_t at) {
            const int found = column(at).contradictions;
            const std::string count = found == 0 ? "" : fmt::format(" ⇄ {}", found);
            std::string dashes;
            while (dashes.size() + 2 + base::cellWidth(count) <= room()) {
                dashes += "- ";
            }
            return fill(dashes + count);
        });
    }

    /// Hollow as the baseline, solid where only stronger, a notch per weaker slot, "?" where not comparable.
    [[nodiscard]] std::string wallText(const diagram::Wall& wall) const {
        const std::size_t inner = room() - 3;
        std::string bricks(inner, wall.kind == diagram::WallKind::hatched ? '?' : ' ');
        std::string text = wall.kind == diagram::WallKind::solid ? "" : bricks;
        for (std::size_t at = 0; wall.kind == diagram::WallKind::solid && at < inner; ++at) {
            text += "█";
        }
        if (wall.kind == diagram::WallKind::notched) {
            text = notches(static_cast<std::size_t>(wall.notches), inner);
        }
        const auto mark = wall.kind == diagram::WallKind::notched ? diagram::Mark::weaker
                          : wall.kind == diagram::WallKind::solid ? diagram::Mark::stronger
                                                                  : diagram::Mark::value;
        return m_style.marked(mark, fill("[" + text + "]"));
    }

    static std::string notches(std::size_t count, std::size_t width) {
        const std::size_t shown = std::min(count, width);
        std::string text;
        for (std::size_t at = 0, placed = 0; at < width; ++at) {
            const bool here = placed < shown && at >= (2 * placed + 1) * width / (2 * shown);
            placed += here ? 1 : 0;
            text += here ? "▼" : "=";
        }
        return text;
    }

    const Diagram& m_diagram;
    std::vector<std::size_t> m_columns;
    const TerminalStyle& m_style;
    std::size_t m_cell;
    std::string m_text;
};

/// The columns of each block: as many as fit, the baseline repeated in front.
std::vector<std::vector<std::size_t>> blocksOf(const Diagram& diagram, std::size_t width) {
    const std::size_t fitting = std::max<std::size_t>(2, (width - kLabel) / kLeastColumn);
    std::vector<std::size_t> all(diagram.columns.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    if (all.size() <= fitting) {
        return {all};
    }
    const auto found = std::ranges::find(diagram.columns, true, &Column::baseline);
    const auto baseline = static_cast<std::size_t>(found - diagram.columns.begin()) % all.size();
    std::vector<std::vector<std::size_t>> blocks;
    for (const std::size_t column : all) {
        if (column == baseline) {
            continue;
        }
        if (blocks.empty() || blocks.back().size() == fitting) {
            blocks.push_back({baseline});
        }
        blocks.back().push_back(column);
    }
    return blocks;
}

} // namespace

std::string writeTable(const Diagram& diagram, const TableOptions& options) {
    const std::size_t width = std::max(options.columns, kNarrowest);
    const TerminalStyle style{options.colour};
    std::string text;
    for (const std::string& line : wrapText(safe(diagram.headline), fitsCells(width))) {
        text += style.bold(line) + "\n";
    }
    if (diagram.columns.empty()) {
        return text;
    }
    for (std::vector<std::size_t>& block : blocksOf(diagram, width)) {
        text += "\n" + Block(diagram, std::move(block), width, style).write();
    }
    return text + changeNotes(diagram, width, style);
}

} // namespace bulkhead::report
