#include "core/report/contradictions.h"

#include "core/base/escaped.h"
#include "core/diagram/words.h"
#include "core/report/cell_words.h"
#include "core/report/line_wrap.h"
#include "core/report/markdown_changes.h"
#include "core/report/markdown_table.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <variant>

namespace bulkhead::report {

namespace {

using compare::Contradiction;

/// Facts of one slot that are listed before the rest is counted: a lost protection of a tree has many.
constexpr std::size_t kMostFacts = 20;

std::string indented(const std::string& raw, std::size_t indent, std::size_t width) {
    std::string text;
    for (const std::string& line : wrapText(base::terminalText(raw).str(), fitsCells(width - indent))) {
        text += std::string(indent, ' ') + line + "\n";
    }
    return text;
}

/// "capabilities.effective.CAP_SYS_RESOURCE: asked yes, enforced absent".
std::string factLine(const Contradiction& one) {
    std::string line =
        fmt::format("{}: asked {}, enforced {}", one.path, toText(one.declared), toText(one.enforced));
    if (!std::holds_alternative<compare::Absent>(one.experienced)) {
        line += ", experienced " + toText(one.experienced);
    }
    return line;
}

/// The causes that are known, each once.
std::vector<std::string> causesOf(const std::vector<Contradiction>& facts) {
    std::vector<std::string> causes;
    for (const Contradiction& one : facts) {
        if (!one.cause.empty() && std::ranges::find(causes, one.cause) == causes.end()) {
            causes.push_back(one.cause);
        }
    }
    return causes;
}

std::string slotText(const SlotContradictions& slot, std::size_t width, const TerminalStyle& style) {
    std::string text =
        style.bold(std::string(slot.slot->label)) + "\n" + indented(contradictionText(slot.facts), 2, width);
    for (std::size_t i = 0; i < std::min(slot.facts.size(), kMostFacts); ++i) {
        const Contradiction& one = slot.facts[i];
        const diagram::Mark mark = diagram::markOf(one.direction);
        text += "  " + style.marked(mark, std::string(diagram::glyphOf(mark))) +
                indented(factLine(one), 4, width).substr(3);
    }
    if (slot.facts.size() > kMostFacts) {
        text += fmt::format("    and {} more\n", slot.facts.size() - kMostFacts);
    }
    for (const std::string& cause : causesOf(slot.facts)) {
        text += indented("likely cause: " + cause, 4, width);
    }
    return text;
}

std::string headOf(const diagram::Diagram& diagram, std::size_t facts) {
    const std::string name = diagram.columns.front().name;
    return facts == 0
               ? name + ": what was asked for is what is enforced"
               : fmt::format(
                     "{}: {} {} not what was asked for", name, facts, facts == 1 ? "fact is" : "facts are");
}

std::size_t countFacts(const std::vector<SlotContradictions>& slots) {
    std::size_t facts = 0;
    for (const SlotContradictions& slot : slots) {
        facts += slot.facts.size();
    }
    return facts;
}

} // namespace

std::vector<SlotContradictions> contradictionsBySlot(const diagram::Diagram& diagram) {
    std::vector<SlotContradictions> out;
    std::set<std::string> listed;
    for (std::size_t row = 0; row < diagram.rows.size(); ++row) {
        SlotContradictions slot{diagram.rows[row].slot, {}};
        for (const Contradiction& one : cellAt(diagram.columns.front(), row).contradictions) {
            if (listed.insert(one.path).second) {
                slot.facts.push_back(one);
            }
        }
        if (!slot.facts.empty()) {
            out.push_back(std::move(slot));
        }
    }
    return out;
}

std::string
writeContradictions(const diagram::Diagram& diagram, std::size_t width, const TerminalStyle& style) {
    const auto slots = contradictionsBySlot(diagram);
    std::string text = indented(headOf(diagram, countFacts(slots)), 0, width);
    for (const SlotContradictions& slot : slots) {
        text += "\n" + slotText(slot, width, style);
    }
    return text;
}

std::string writeContradictionsMarkdown(const diagram::Diagram& diagram) {
    const std::string section = contradictionsSection(diagram);
    return section.empty() ? md(headOf(diagram, 0)).str() + "\n" : section;
}

} // namespace bulkhead::report
