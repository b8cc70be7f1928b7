#include "core/report/markdown_changes.h"

#include "core/diagram/words.h"
#include "core/report/cell_words.h"
#include "core/report/markdown_table.h"

#include <algorithm>
#include <fmt/format.h>

namespace bulkhead::report {

namespace {

using base::MarkdownText;
using diagram::Cell;
using diagram::Column;
using diagram::Diagram;

constexpr std::size_t kMostFacts = 400;
constexpr std::size_t kMostReasons = 2;

MarkdownText trusted(std::string_view text) {
    return MarkdownText::trusted(text);
}

/// Glyph and word, which a narrow table must not part.
MarkdownText directionText(diagram::Mark mark) {
    return trusted(fmt::format("{}&nbsp;{}", diagram::glyphOf(mark), diagram::wordOf(mark)));
}

const Cell* baselineCell(const Diagram& diagram, std::size_t row) {
    const auto column = std::ranges::find(diagram.columns, true, &Column::baseline);
    return column == diagram.columns.end() ? nullptr : &cellAt(*column, row);
}

/// "40 of 41 capabilities over the host, was 14; adds SYS_ADMIN": the chip's sentence without its direction.
std::string_view sentenceOf(const Cell& cell) {
    const std::string word = std::string(diagram::wordOf(cell.mark)) + ": ";
    const std::string_view detail = cell.detail;
    return detail.starts_with(word) ? detail.substr(word.size()) : detail;
}

/// Why the changes of a cell point where they point, most frequent first: each reason once, and none that the
/// sentence gives already.
std::string reasonsOf(const Cell& cell, std::string_view sentence) {
    std::vector<std::pair<std::string, int>> reasons;
    for (const compare::Change& change : cell.changes) {
        if (diagram::markOf(change.direction) != cell.mark ||
            sentence.find(change.reason) != std::string_view::npos) {
            continue;
        }
        const auto found = std::ranges::find(reasons, change.reason, &std::pair<std::string, int>::first);
        if (found == reasons.end()) {
            reasons.emplace_back(change.reason, 1);
        } else {
            ++found->second;
        }
    }
    std::ranges::stable_sort(reasons, std::greater{}, &std::pair<std::string, int>::second);
    std::string text;
    for (std::size_t at = 0; at < std::min(reasons.size(), kMostReasons); ++at) {
        text += (at == 0 ? "" : "; ") + reasons[at].first;
    }
    return reasons.size() > kMostReasons ? text + fmt::format("; and {} more", reasons.size() - kMostReasons)
                                         : text;
}

MarkdownText explanation(const Cell& cell) {
    const std::string_view sentence = sentenceOf(cell);
    const bool said = !cell.why.empty() && sentence.find(cell.why) != std::string_view::npos;
    const std::string reasons = cell.why.empty() ? reasonsOf(cell, sentence) : said ? "" : cell.why;
    MarkdownText text = md(sentence);
    if (!reasons.empty()) {
        text += (text.str().empty() ? MarkdownText() : trusted("<br>")) + md(reasons);
    }
    return text;
}

/// What was asked for stands in the table and is not counted among what is enforced.
std::string slotLabel(const Diagram& diagram, std::size_t row) {
    const diagram::Slot& slot = *diagram.rows[row].slot;
    const bool asked = slot.declared && diagram.vantage != model::Vantage::declared;
    return std::string(slot.label) + (asked ? " (declared)" : "");
}

void addSlot(MarkdownTable& table, const Diagram& diagram, std::size_t row, const Cell& cell) {
    const Cell* before = baselineCell(diagram, row);
    const MarkdownText arrow =
        md(before == nullptr ? "" : before->text.normal) + trusted(" → ") + md(cell.text.normal);
    table.add({directionText(cell.mark), md(slotLabel(diagram, row)), arrow, explanation(cell)});
}

std::string factsOf(const Diagram& diagram, const Column& column) {
    MarkdownTable table(
        {trusted("fact"), trusted("before"), trusted("after"), trusted("direction"), trusted("reason")});
    std::size_t facts = 0;
    for (std::size_t row = 0; row < diagram.rows.size(); ++row) {
        if (diagram.rows[row].slot->declared) {
            continue;
        }
        for (const compare::Change& change : cellAt(column, row).changes) {
            if (++facts <= kMostFacts) {
                table.add(
                    {md(change.path), md(toText(change.before)), md(toText(change.after)),
                     directionText(diagram::markOf(change.direction)), md(change.reason)});
            }
        }
    }
    const std::string more =
        facts > kMostFacts ? fmt::format("... and {} more.\n\n", facts - kMostFacts) : "";
    const std::string summary =
        fmt::format("{}: {} changed {}", column.name, facts, facts == 1 ? "fact" : "facts");
    return folded(summary, table.str() + more);
}

std::string columnChanges(const Diagram& diagram, const Column& column) {
    MarkdownTable table({trusted("direction"), trusted("slot"), trusted("before → after"), trusted("why")});
    for (std::size_t row = 0; row < diagram.rows.size(); ++row) {
        const Cell& cell = cellAt(column, row);
        if (cell.changed()) {
            addSlot(table, diagram, row, cell);
        }
    }
    const std::string head =
        fmt::format("#### {}: {}\n\n", md(column.name).str(), md(column.headText()).str());
    if (!column.error.empty()) {
        return head + md(column.error).str() + "\n\n";
    }
    return table.empty() ? "" : head + table.str() + factsOf(diagram, column);
}

} // namespace

std::string changesSection(const Diagram& diagram) {
    std::string text;
    for (const Column& column : diagram.columns) {
        text += column.baseline && column.error.empty() ? "" : columnChanges(diagram, column);
    }
    return text.empty() ? "" : "### Changes\n\n" + text;
}

std::string contradictionsSection(const Diagram& diagram) {
    MarkdownTable slots({trusted("subject"), trusted("slot"), trusted("what"), trusted("likely cause")});
    MarkdownTable facts(
        {trusted("subject"), trusted("fact"), trusted("asked"), trusted("enforced"), trusted("so it")});
    for (const Column& column : diagram.columns) {
        for (std::size_t row = 0; row < diagram.rows.size(); ++row) {
            const auto& found = cellAt(column, row).contradictions;
            if (found.empty()) {
                continue;
            }
            const auto cause = std::ranges::find_if(found, [](const auto& c) { return !c.cause.empty(); });
            slots.add(
                {md(column.name), md(diagram.rows[row].slot->label),
                 trusted("⇄ ") + md(contradictionText(found)), md(cause == found.end() ? "" : cause->cause)});
            for (const compare::Contradiction& one : found) {
                if (facts.rows() < kMostFacts) {
                    facts.add(
                        {md(column.name), md(one.path), md(toText(one.declared)), md(toText(one.enforced)),
                         md(diagram::contradictionWord(one.direction))});
                }
            }
        }
    }
    if (slots.empty()) {
        return {};
    }
    return "### Asked and got\n\nWhat the kernel enforces is not what the configuration asked for:\n\n" +
           slots.str() + folded("Every fact asked for otherwise", facts.str());
}

} // namespace bulkhead::report
