#include "core/report/markdown.h"

#include "core/report/markdown_changes.h"
#include "core/report/markdown_table.h"
#include "core/report/markdown_tables.h"
#include "core/report/mermaid.h"
#include "core/report/subjects.h"

#include <fmt/format.h>

namespace bulkhead::report {

namespace {

using diagram::Column;
using diagram::Diagram;

constexpr std::size_t kNamedCandidates = 3;

std::string titleOf(const Diagram& diagram) {
    std::string baseline;
    std::string candidates;
    for (const Column& column : diagram.columns) {
        if (column.baseline) {
            baseline = column.name;
        } else {
            candidates += (candidates.empty() ? "" : ", ") + column.name;
        }
    }
    if (diagram.columns.size() > kNamedCandidates + 1) {
        candidates = fmt::format("{} subjects", diagram.columns.size() - 1);
    }
    if (diagram.oneSubject && !candidates.empty()) {
        return fmt::format("{} compared with what was {}", candidates, baseline);
    }
    return candidates.empty() ? baseline : fmt::format("{} compared with {}", candidates, baseline);
}

/// One line per column: what it is, its counts, its contradictions, where it comes from.
std::string summaryOf(const Diagram& diagram) {
    std::string text;
    for (const Column& column : diagram.columns) {
        text += fmt::format("- **{}**: {}", md(column.name).str(), md(column.headText()).str());
        if (column.contradictions > 0) {
            text += fmt::format(
                ", ⇄ {} {} not what was asked for", column.contradictions,
                column.contradictions == 1 ? "slot is" : "slots are");
        }
        if (column.recorded) {
            text += fmt::format(
                " (recorded {}: {}, kernel {})", md(column.recorded->date.substr(0, 10)).str(),
                md(column.recorded->engine).str(), md(column.recorded->kernel).str());
        }
        text += "\n";
    }
    for (const diagram::SharedSpan& span : diagram.shared) {
        text += fmt::format("- shared namespaces: {}\n", md(span.fullText).str());
    }
    return text.empty() ? text : text + "\n";
}

std::string pictures(const Diagram& diagram) {
    const std::vector<MermaidDiagram> flowcharts = writeMermaid(diagram);
    std::string text;
    for (const MermaidDiagram& flowchart : flowcharts) {
        const std::string block = fmt::format("```mermaid\n{}```\n\n", flowchart.text);
        text += flowcharts.size() == 1 ? block : folded(flowchart.title, block);
    }
    return text;
}

std::vector<NamedSnapshot>
namedSnapshots(const Diagram& diagram, const std::vector<diagram::SubjectView>& subjects) {
    std::vector<NamedSnapshot> out;
    const auto snapshots = snapshotsOf(diagram, subjects);
    out.reserve(snapshots.size());
    for (std::size_t at = 0; at < snapshots.size(); ++at) {
        out.push_back({diagram.columns[at].name, snapshots[at]});
    }
    return out;
}

std::string closing(const Diagram& diagram, const MarkdownOptions& options) {
    return fmt::format(
        "<sub>Bulkhead{}{}, {} vantage. ▼ weaker: more authority crosses the boundary; ▲ stronger: "
        "less; ◇ cannot be ordered; ? not known; ⇄ not what was asked for.</sub>\n",
        options.version.empty() ? "" : " ", md(options.version).str(), model::nameOf(diagram.vantage));
}

} // namespace

std::string writeMarkdown(
    const Diagram& diagram, const std::vector<diagram::SubjectView>& subjects,
    const MarkdownOptions& options) {
    const std::vector<NamedSnapshot> named = namedSnapshots(diagram, subjects);
    std::string text = fmt::format(
        "## Trust boundary: {}\n\n", md(options.title.empty() ? titleOf(diagram) : options.title).str());
    text += diagram.headline.empty() ? "" : fmt::format("**{}**\n\n", md(diagram.headline).str());
    text += summaryOf(diagram) + pictures(diagram);
    text += options.paths;
    text += changesSection(diagram) + contradictionsSection(diagram) + gapsSection(diagram, named);
    text += "### Tables\n\n" + slotsTable(diagram) + capabilitiesTable(named) + namespacesTable(named);
    return text + provenanceTable(named) + closing(diagram, options);
}

} // namespace bulkhead::report
