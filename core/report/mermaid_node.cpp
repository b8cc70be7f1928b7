#include "core/report/mermaid_node.h"

#include "core/diagram/layout.h"
#include "core/report/cell_words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>

namespace bulkhead::report {

namespace {

using diagram::Mark;

/// Pages render in Arial, Trebuchet or Verdana, whichever they have: lines are measured in our own sans and
/// given the room the widest of them takes (Verdana sets text about a fifth wider).
constexpr double kWidestFont = 1.2;
constexpr std::size_t kLinesPerSlot = 4;
constexpr std::size_t kLinesOfError = 8;

constexpr std::array kMeasures = {
    MermaidMeasures{14, 26, 30, 10, 280, true},
    MermaidMeasures{13, 18, 28, 8, 180, true},
    MermaidMeasures{13, 14, 26, 7, 152, false},
};

/// One slot of a stage, to be written "label: value".
struct SlotLine {
    std::string label;
    std::string value; ///< empty: the label says it all
};

/// A line of a label. A colon before a space or at the end is ours to keep (only `fa:x` acts), so that the
/// text of the flowchart stays readable.
base::MermaidText escaped(std::string_view line) {
    base::MermaidText out;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t colon = line.find(": ", at);
        const bool last = colon == std::string_view::npos;
        const std::size_t end = last ? line.size() - (line.ends_with(':') ? 1 : 0) : colon;
        out += base::mermaidText(line.substr(at, end - at));
        out += base::MermaidText::trusted(line.substr(end, last ? line.size() - end : 2));
        at = last ? line.size() : colon + 2;
    }
    return out;
}

bool hasEntity(std::string_view text) {
    return text.find('#') != std::string_view::npos;
}

/// Lines of a label: foreign text is made visible first, then measured, wrapped and escaped line by line.
class LabelLines {
public:
    explicit LabelLines(const MermaidMeasures& measures)
        : m_fits([&measures](std::string_view line) {
              const diagram::Font font{.pixels = static_cast<double>(measures.fontSize), .weight = 400};
              return diagram::builtInTextWidth(line, font) * kWidestFont <= measures.lineWidth;
          }) {}

    void add(std::string_view raw, std::size_t maxLines = kLinesPerSlot) {
        for (const std::string& line : wrapText(base::terminalText(raw).str(), m_fits, maxLines)) {
            append(line);
        }
    }
    void addLine(const SlotLine& slot) {
        if (slot.value.empty()) {
            add(slot.label);
        } else {
            addPair(slot.label, slot.value);
        }
    }
    /// "label: value" on one line, or the value on a line of its own where that saves it from being broken.
    void addPair(const std::string& label, std::string_view value) {
        const std::string line = fmt::format("{}: {}", label, value);
        if (!m_fits(line) && m_fits(label + ":") && m_fits(base::terminalText(value).str())) {
            add(label + ":");
            add(value);
        } else {
            add(line);
        }
    }
    [[nodiscard]] bool fits(std::string_view line) const { return m_fits(base::terminalText(line).str()); }
    /// With SVG labels Mermaid decodes entities only where a label holds an element too.
    [[nodiscard]] base::MermaidText label() const {
        const bool decoded = !hasEntity(m_label.str()) || m_label.str().find("<br/>") != std::string::npos;
        return decoded ? m_label : m_label + base::MermaidText::trusted("<br/>");
    }

private:
    void append(const std::string& line) {
        if (!m_label.str().empty()) {
            m_label += base::MermaidText::trusted("<br/>");
        }
        m_label += escaped(line);
    }

    Fits m_fits;
    base::MermaidText m_label;
};

/// A gap that the baseline has too is named only; so is the slot of a stage that has one, by its label
/// column.
SlotLine slotLine(const diagram::Row& row, const diagram::Cell& cell, bool baseline, bool onlySlot) {
    const std::string_view glyph = glyphOf(cell);
    const std::string mark = fmt::format("{} ", glyph.empty() ? "·" : glyph);
    if (onlySlot) {
        return {mark + cell.text.normal, ""};
    }
    const bool known = baseline || cell.mark != Mark::gap;
    return {fmt::format("{}{}", mark, row.slot->label), known ? cell.text.normal : ""};
}

/// How many slots of a stage a column draws in which way.
struct Tally {
    int same = 0;
    int gaps = 0;
    int weaker = 0;
    int stronger = 0;
    int other = 0;

    void count(const diagram::Cell& cell) {
        if (isGap(cell)) {
            ++gaps;
        } else if (cell.mark == Mark::same) {
            ++same;
        } else if (cell.mark == Mark::weaker) {
            ++weaker;
        } else if (cell.mark == Mark::stronger) {
            ++stronger;
        } else if (cell.mark != Mark::value) {
            ++other;
        }
    }
};

std::string_view styleOf(const Tally& tally, std::size_t slots, model::Stage stage) {
    if (tally.weaker > 0) {
        return stage == model::Stage::hostResource ? "reached" : "weak";
    }
    if (tally.stronger > 0) {
        return "stronger";
    }
    if (tally.other > 0) {
        return "neutral";
    }
    return static_cast<std::size_t>(tally.gaps) == slots ? "gap" : "same";
}

bool isMissing(const diagram::Column& column, const std::vector<std::size_t>& rows) {
    return std::ranges::all_of(
        rows, [&](std::size_t row) { return cellAt(column, row).mark == Mark::missing; });
}

void addUnchanged(LabelLines& lines, const Tally& tally, std::size_t slots) {
    if (tally.same > 0) {
        const bool all = static_cast<std::size_t>(tally.same) == slots;
        lines.add(all ? "= same" : fmt::format("= {} unchanged", tally.same));
    }
}

/// "privileged: ▼ 7 weaker, ▲ 1 stronger", broken between the counts only.
void addHead(LabelLines& lines, const std::string& title, const std::string& counts) {
    if (lines.fits(fmt::format("{}: {}", title, counts)) && !hasEntity(base::mermaidText(title).str())) {
        lines.addPair(title, counts);
        return;
    }
    lines.add(title + ":");
    for (std::size_t at = 0; at < counts.size();) {
        const std::size_t comma = std::min(counts.find(", ", at), counts.size());
        lines.add(counts.substr(at, comma - at));
        at = comma + 2;
    }
}

std::size_t countCertain(const std::vector<threat::Path>& paths) {
    return static_cast<std::size_t>(std::ranges::count(paths, model::Truth::yes, &threat::Path::certainty));
}

/// "▼ 12 opened, 2 only possible: cap-sys-module, privileged-container and 10 more".
void addPaths(
    LabelLines& lines, std::string_view glyph, std::string_view verb,
    const std::vector<threat::Path>& paths) {
    constexpr std::size_t kNamed = 2;
    if (paths.empty()) {
        return;
    }
    std::string what(verb);
    if (const std::size_t possible = paths.size() - countCertain(paths); possible > 0) {
        what += possible == paths.size() ? ", only possible" : fmt::format(", {} only possible", possible);
    }
    std::string ids;
    for (std::size_t i = 0; i < std::min(paths.size(), kNamed); ++i) {
        ids += (i == 0 ? "" : ", ") + paths[i].id;
    }
    if (paths.size() > kNamed) {
        ids += fmt::format(" and {} more", paths.size() - kNamed);
    }
    lines.addPair(fmt::format("{} {} {}", glyph, paths.size(), what), ids);
}

} // namespace

const MermaidMeasures& measuresFor(std::size_t columns) {
    return kMeasures[columns <= 2 ? 0 : std::min<std::size_t>(columns, 4) - 2];
}

MermaidNode headNode(const diagram::Column& column, const MermaidMeasures& measures) {
    LabelLines lines(measures);
    const std::string title = column.name;
    if (column.baseline) {
        const std::string line = title + (measures.notes ? ", the baseline" : ", baseline");
        if (lines.fits(line) && !hasEntity(base::mermaidText(title).str())) {
            lines.add(line);
        } else {
            lines.add(title + ",");
            lines.add("the baseline");
        }
    } else {
        addHead(lines, title, column.headText());
    }
    if (column.recorded) {
        lines.add("recorded " + column.recorded->date.substr(0, 10));
    }
    if (column.baseline) {
        return {lines.label(), "base"};
    }
    if (column.counts.weaker > 0) {
        return {lines.label(), "weakhead"};
    }
    return {lines.label(), column.counts.stronger > 0 ? "okhead" : "plainhead"};
}

MermaidNode sharedNode(std::string_view types, const MermaidMeasures& measures) {
    LabelLines lines(measures);
    lines.add(types.empty() ? "not shared" : types);
    return {lines.label(), types.empty() ? "same" : "shared"};
}

MermaidNode pathsNode(const SubjectPathChanges* changes, bool baseline, const MermaidMeasures& measures) {
    LabelLines lines(measures);
    if (changes == nullptr) {
        lines.add("? not compared");
        return {lines.label(), "gap"};
    }
    if (baseline) {
        const auto& paths = changes->baseline.paths;
        const std::uint64_t all = paths.size() + changes->baseline.more;
        const std::size_t possible = paths.size() - countCertain(paths);
        std::string text = "no way to the host is known";
        if (all > 0) {
            text = fmt::format(
                "{}{} {}{} to the host", changes->baseline.exact ? "" : "at least ", all,
                possible == all ? "possible " : "", all == 1 ? "path" : "paths");
            text += possible > 0 && possible < all ? fmt::format(", {} only possible", possible) : "";
        }
        lines.add(text);
        return {lines.label(), "same"};
    }
    const auto& [opened, closed] = changes->changes;
    addPaths(lines, "▼", "opened", opened);
    addPaths(lines, "▲", "closed", closed);
    if (opened.empty() && closed.empty()) {
        lines.add("= none opened, none closed");
    }
    const std::string_view style = countCertain(opened) > 0 ? "reached"
                                   : !opened.empty()        ? "weak"
                                   : !closed.empty()        ? "stronger"
                                                            : "same";
    return {lines.label(), style};
}

MermaidNode stageNode(
    const diagram::Diagram& diagram, const diagram::Column& column, const std::vector<std::size_t>& rows,
    const MermaidMeasures& measures) {
    LabelLines lines(measures);
    const diagram::Cell& first = cellAt(column, rows.front());
    if (diagram.oneSubject && column.error.empty() && isMissing(column, rows)) {
        lines.add("—"); // a question that this vantage does not answer
        return {lines.label(), "same"};
    }
    if (!column.error.empty() || isMissing(column, rows)) {
        lines.add("? " + (column.error.empty() ? first.text.sentence : column.error), kLinesOfError);
        return {lines.label(), "gap"};
    }
    Tally tally;
    std::vector<SlotLine> gaps;
    std::vector<SlotLine> contradictions;
    for (const std::size_t index : rows) {
        const diagram::Row& row = diagram.rows[index];
        const diagram::Cell& cell = cellAt(column, index);
        tally.count(cell);
        const SlotLine line = slotLine(row, cell, column.baseline, rows.size() == 1);
        if (isGap(cell)) {
            gaps.push_back(line);
        } else if (cell.mark != Mark::same) {
            lines.addLine(line);
        }
        if (!cell.contradictions.empty()) {
            contradictions.push_back(
                {fmt::format("⇄ {}", row.slot->label), contradictionText(cell.contradictions)});
        }
    }
    addUnchanged(lines, tally, rows.size());
    for (const SlotLine& line : gaps) {
        lines.addLine(line);
    }
    for (const SlotLine& line : contradictions) {
        lines.addLine(line);
    }
    return {lines.label(), styleOf(tally, rows.size(), diagram.rows[rows.front()].slot->stage)};
}

} // namespace bulkhead::report
