#include "core/report/table_notes.h"

#include "core/base/escaped.h"
#include "core/diagram/words.h"
#include "core/report/cell_words.h"
#include "core/report/line_wrap.h"

#include <fmt/format.h>

namespace bulkhead::report {

namespace {

using diagram::Cell;
using diagram::Column;

constexpr std::size_t kIndent = 4;

/// A note under its column: the first line behind a glyph, the others below its text.
std::string note(
    std::string_view glyph, const std::string& raw, diagram::Mark mark, std::size_t width,
    const TerminalStyle& style) {
    std::string text;
    for (const std::string& line : wrapText(base::terminalText(raw).str(), fitsCells(width - kIndent))) {
        const std::string head = text.empty() ? fmt::format("  {} ", glyph) : std::string(kIndent, ' ');
        text += style.marked(mark, head) + line + "\n";
    }
    return text;
}

/// "capabilities, weaker: 40 of 41 capabilities over the host, was 14".
std::string sentenceOf(const diagram::Row& row, const Cell& cell) {
    return fmt::format("{}, {}", row.slot->label, cell.detail.empty() ? cell.text.sentence : cell.detail);
}

/// Why a column shows nothing of the vantage; empty where it shows something.
std::string missingVantage(const Column& column) {
    for (const Cell& cell : column.cells) {
        if (cell.mark != diagram::Mark::missing) {
            return {};
        }
    }
    return column.cells.empty() ? "" : column.cells.back().text.sentence;
}

std::string columnNotes(
    const diagram::Diagram& diagram, const Column& column, std::size_t width, const TerminalStyle& style) {
    std::string text;
    for (std::size_t row = 0; row < diagram.rows.size(); ++row) {
        const Cell& cell = cellAt(column, row);
        if (cell.changed()) {
            text += note(
                diagram::glyphOf(cell.mark), sentenceOf(diagram.rows[row], cell), cell.mark, width, style);
        }
        if (!cell.contradictions.empty()) {
            const std::string what =
                fmt::format("{}: {}", diagram.rows[row].slot->label, contradictionText(cell.contradictions));
            text += note("⇄", what, diagram::Mark::value, width, style);
        }
    }
    const std::string missing =
        column.error.empty() && !diagram.oneSubject ? missingVantage(column) : column.error;
    if (!missing.empty()) {
        text += note("!", missing, diagram::Mark::value, width, style);
    }
    return text;
}

} // namespace

std::string changeNotes(const diagram::Diagram& diagram, std::size_t width, const TerminalStyle& style) {
    std::string text;
    for (const Column& column : diagram.columns) {
        const std::string notes = columnNotes(diagram, column, width, style);
        if (!notes.empty()) {
            const std::string head =
                fmt::format("{}: {}", base::terminalText(column.name).str(), column.headText());
            text += "\n" + style.bold(head) + "\n" + notes;
        }
    }
    for (const diagram::SharedSpan& span : diagram.shared) {
        text += (&span == &diagram.shared.front() ? "\n" + style.bold("shared namespaces") + "\n" : "") +
                note("=", span.fullText, diagram::Mark::value, width, style);
    }
    return text;
}

} // namespace bulkhead::report
