#include "core/report/mermaid.h"

#include "core/base/escaped.h"
#include "core/diagram/sharing.h"
#include "core/report/cell_words.h"
#include "core/report/mermaid_node.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>
#include <string_view>

namespace bulkhead::report {

namespace {

using model::Stage;

constexpr std::size_t kMostColumns = 4;

/// A stage of the path as the label column shows it. The texts are ours and the only Markdown strings.
struct StageLabel {
    Stage stage;
    std::string_view title;
    std::string_view note;
    std::string_view narrow; ///< the title where four columns leave little room
};

constexpr std::array kStages = {
    StageLabel{Stage::image, "Image", "", ""},
    StageLabel{Stage::runtimeConfig, "Runtime config", "what was asked", ""},
    StageLabel{Stage::checkpoint, "Namespaces / caps", "the checkpoint", "Namespaces\n        / caps"},
    StageLabel{Stage::hostKernel, "Host kernel", "one kernel for all", ""},
    StageLabel{Stage::hostResource, "Host resource", "what a breach reaches", ""},
    StageLabel{Stage::evidence, "Evidence", "would anyone see it?", ""},
};

/// The row below the checkpoint where columns are in the same namespaces.
constexpr StageLabel kShared = {
    Stage::checkpoint, "Shared namespaces", "one for these columns", "Shared\n        namespaces"};

/// The last row, where paths were compared.
constexpr StageLabel kPaths = {Stage::evidence, "Attack paths", "opened and closed", "Attack\n        paths"};

constexpr std::string_view kStyles = R"(    classDef stage fill:#f5f7f6,stroke:#f5f7f6,color:#121417
    classDef base fill:#121417,stroke:#7a8682,stroke-width:1px,color:#ffffff
    classDef weakhead fill:#fff1eb,stroke:#d8512a,stroke-width:3px,color:#121417
    classDef okhead fill:#edf7f4,stroke:#174b43,stroke-width:2px,color:#121417
    classDef plainhead fill:#ffffff,stroke:#7a8682,stroke-width:1px,color:#121417
    classDef same fill:#ffffff,stroke:#7a8682,stroke-width:1px,color:#121417
    classDef weak fill:#fff1eb,stroke:#d8512a,stroke-width:3px,color:#121417
    classDef stronger fill:#edf7f4,stroke:#174b43,stroke-width:3px,color:#121417
    classDef neutral fill:#eff1f8,stroke:#4a5a8a,stroke-width:2px,color:#121417
    classDef reached fill:#b5421b,stroke:#b5421b,color:#ffffff
    classDef shared fill:#ffffff,stroke:#ffffff,color:#121417
    classDef sharedbox fill:#ffffff,stroke:#174b43,stroke-width:2px
    classDef gap fill:#ffffff,stroke:#56615d,stroke-width:2px,stroke-dasharray:3 3,color:#121417
)";

/// A stage that has rows in the diagram, or a line of boxes below it; its nodes are L, A, B ... followed by
/// its number.
struct Rank {
    std::size_t number;
    StageLabel label;
    std::vector<std::size_t> rows;
    std::vector<diagram::SharedSpan> shared; ///< counts in the picture's columns; empty: a stage
    bool ofPaths = false;
};

/// What one flowchart shows.
struct Picture {
    const diagram::Diagram& diagram;
    std::vector<std::size_t> columns;
    std::vector<Rank> ranks;
    const MermaidMeasures& measures;
    const std::vector<SubjectPathChanges>& paths;
};

/// The boxes over at least two of these columns, as they count here.
std::vector<diagram::SharedSpan>
spansOver(const diagram::Diagram& diagram, const std::vector<std::size_t>& columns) {
    std::vector<diagram::SharedSpan> out;
    for (const diagram::SharedSpan& span : diagram.shared) {
        std::vector<std::size_t> inside;
        for (std::size_t at = 0; at < columns.size(); ++at) {
            if (columns[at] >= span.first && columns[at] <= span.last) {
                inside.push_back(at);
            }
        }
        if (inside.size() > 1) {
            out.push_back({inside.front(), inside.back(), span.text, span.fullText});
        }
    }
    return out;
}

/// The lines of boxes below the checkpoint, whose `rows` they have: a thick link goes on through them.
void addShared(
    const std::vector<diagram::SharedSpan>& spans, const std::vector<std::size_t>& rows,
    std::vector<Rank>& ranks) {
    const std::vector<std::size_t> lines = diagram::linesOf(spans);
    const std::size_t first = ranks.size();
    for (std::size_t i = 0; i < spans.size(); ++i) {
        while (ranks.size() <= first + lines[i]) {
            ranks.push_back({ranks.size() + 1, kShared, rows, {}, false});
        }
        ranks[first + lines[i]].shared.push_back(spans[i]);
    }
}

std::vector<Rank> ranksOf(const diagram::Diagram& diagram, const std::vector<std::size_t>& columns) {
    std::vector<Rank> ranks;
    for (const StageLabel& label : kStages) {
        const std::vector<std::size_t> rows = rowsOf(diagram, label.stage);
        if (rows.empty()) {
            continue;
        }
        ranks.push_back({ranks.size() + 1, label, rows, {}, false});
        if (label.stage == Stage::checkpoint) {
            addShared(spansOver(diagram, columns), rows, ranks);
        }
    }
    return ranks;
}

std::string nodeId(std::size_t column, std::size_t rank) {
    return fmt::format("{}{}", static_cast<char>('A' + column), rank);
}

/// A column that could not be read has one node, which says so.
bool hasNode(const diagram::Column& column, const Rank& rank) {
    return rank.number == 1 || column.error.empty();
}

std::string titleOf(const Picture& picture) {
    std::string candidates;
    std::string baseline;
    for (const std::size_t index : picture.columns) {
        const diagram::Column& column = picture.diagram.columns[index];
        if (column.baseline && baseline.empty()) {
            baseline = column.name;
        } else {
            candidates += (candidates.empty() ? "" : ", ") + column.name;
        }
    }
    if (candidates.empty() || baseline.empty()) {
        return baseline + candidates;
    }
    return fmt::format("{} compared with {}", candidates, baseline);
}

std::string descriptionOf(const Picture& picture) {
    std::string text = "Rows are stages on the way from the image to the host, columns are ";
    text += picture.diagram.oneSubject ? "vantages of one subject." : "subjects.";
    for (const std::size_t index : picture.columns) {
        const diagram::Column& column = picture.diagram.columns[index];
        text += fmt::format(" {}, {}.", column.name, column.headText());
    }
    for (const diagram::SharedSpan& span : spansOver(picture.diagram, picture.columns)) {
        text += fmt::format(" {}.", span.fullText);
    }
    return text;
}

std::string stageLine(const Rank& rank, const MermaidMeasures& measures) {
    const bool noted = measures.notes && !rank.label.note.empty();
    const bool narrow = !measures.notes && !rank.label.narrow.empty();
    return fmt::format(
        "L{}[\"`**{}**{}{}`\"]:::stage", rank.number, narrow ? rank.label.narrow : rank.label.title,
        noted ? "\n        " : "", noted ? rank.label.note : "");
}

std::string heads(const Picture& picture) {
    std::string text = "\n    L0[\"`**Bulkhead**`\"]:::stage\n";
    for (std::size_t at = 0; at < picture.columns.size(); ++at) {
        const MermaidNode node = headNode(picture.diagram.columns[picture.columns[at]], picture.measures);
        const bool broken =
            node.label.str().find("<br/>") != std::string::npos; // a stadium would cut corners
        text += fmt::format(
            "    {}({}\"{}\"{}):::{}\n", nodeId(at, 0), broken ? "" : "[", node.label.str(),
            broken ? "" : "]", node.style);
    }
    return text;
}

/// One box across the columns that share: a subgraph in which each of them has the same node. The others have
/// one too: Mermaid keeps the columns in their order only where every row has all of them.
std::string sharedNodes(const Picture& picture, const Rank& rank, std::string_view indent) {
    std::string text = fmt::format("{}{}\n", indent, stageLine(rank, picture.measures));
    for (std::size_t at = 0; at < picture.columns.size(); ++at) {
        const auto span = std::ranges::find_if(
            rank.shared, [&](const auto& one) { return at >= one.first && at <= one.last; });
        const bool inside = span != rank.shared.end();
        const std::string box = fmt::format("S{}", nodeId(inside ? span->first : at, rank.number));
        text += inside && at == span->first ? fmt::format("{}subgraph {}[\" \"]\n", indent, box) : "";
        if (hasNode(picture.diagram.columns[picture.columns[at]], rank)) {
            const MermaidNode node = sharedNode(inside ? span->text : std::string(), picture.measures);
            text += fmt::format(
                "{}{}{}[\"{}\"]:::{}\n", indent, inside ? "    " : "", nodeId(at, rank.number),
                node.label.str(), node.style);
        }
        text += inside && at == span->last ? fmt::format("{}end\n{}class {} sharedbox\n", indent, indent, box)
                                           : "";
    }
    return text;
}

MermaidNode nodeOf(const Picture& picture, const diagram::Column& column, const Rank& rank) {
    if (!rank.ofPaths) {
        return stageNode(picture.diagram, column, rank.rows, picture.measures);
    }
    const auto own = std::ranges::find(picture.paths, column.name, &SubjectPathChanges::subject);
    const SubjectPathChanges* changes = column.baseline              ? &picture.paths.front()
                                        : own == picture.paths.end() ? nullptr
                                                                     : &*own;
    return pathsNode(changes, column.baseline, picture.measures);
}

std::string rankNodes(const Picture& picture, const Rank& rank, std::string_view indent) {
    if (!rank.shared.empty()) {
        return sharedNodes(picture, rank, indent);
    }
    std::string text = fmt::format("{}{}\n", indent, stageLine(rank, picture.measures));
    for (std::size_t at = 0; at < picture.columns.size(); ++at) {
        const diagram::Column& column = picture.diagram.columns[picture.columns[at]];
        if (hasNode(column, rank)) {
            const MermaidNode node = nodeOf(picture, column, rank);
            text += fmt::format(
                "{}{}[\"{}\"]:::{}\n", indent, nodeId(at, rank.number), node.label.str(), node.style);
        }
    }
    return text;
}

/// The subgraph a stage stands in: W0 is the wall around the checkpoint, H0 the host. Their titles are blank
/// because Mermaid draws them over the nodes.
std::string_view groupOf(Stage stage) {
    if (stage == Stage::image || stage == Stage::runtimeConfig) {
        return "";
    }
    return stage == Stage::checkpoint ? "W0" : "H0";
}

std::string stages(const Picture& picture) {
    std::string text;
    std::string_view open;
    for (const Rank& rank : picture.ranks) {
        const std::string_view group = groupOf(rank.label.stage);
        if (group != open) {
            text += open.empty() ? "" : "    end\n";
            text += group.empty() ? "" : fmt::format("\n    subgraph {}[\" \"]\n", group);
            open = group;
        } else if (group.empty()) {
            text += "\n";
        }
        text += rankNodes(picture, rank, group.empty() ? "    " : "        ");
    }
    text += open.empty() ? "" : "    end\n";
    return text;
}

bool weakerIn(const diagram::Column& column, const Rank& rank) {
    return std::ranges::any_of(
        rank.rows, [&](std::size_t row) { return cellAt(column, row).mark == diagram::Mark::weaker; });
}

/// Authority flows into a stage from the runtime configuration on; it is drawn thick where the stage got
/// weaker.
std::string_view linkInto(const diagram::Column& column, const Rank& rank) {
    const bool crossing = rank.label.stage > Stage::runtimeConfig && rank.label.stage < Stage::evidence;
    if (crossing && rank.number > 1 && weakerIn(column, rank)) {
        return " ==> ";
    }
    if (rank.label.stage == Stage::evidence) {
        return " -.-> ";
    }
    return rank.number == 1 || rank.label.stage == Stage::hostResource ? " --- " : " --> ";
}

/// The chains of links, and the style of the thick ones. Mermaid numbers links in the order of the text, the
/// invisible `~~~` of the label column included.
std::string links(const Picture& picture) {
    std::string text = "\n    L0";
    std::string thick;
    std::size_t link = 0;
    for (const Rank& rank : picture.ranks) {
        text += fmt::format(" ~~~ L{}", rank.number);
        ++link;
    }
    text += "\n";
    for (std::size_t at = 0; at < picture.columns.size(); ++at) {
        const diagram::Column& column = picture.diagram.columns[picture.columns[at]];
        text += "    " + nodeId(at, 0);
        for (const Rank& rank : picture.ranks) {
            if (!hasNode(column, rank)) {
                continue;
            }
            const std::string_view arrow = linkInto(column, rank);
            text += fmt::format("{}{}", arrow, nodeId(at, rank.number));
            if (arrow == " ==> ") {
                thick += fmt::format("{}{}", thick.empty() ? "" : ",", link);
            }
            ++link;
        }
        text += "\n";
    }
    return thick.empty() ? text
                         : text + fmt::format("\n    linkStyle {} stroke:#d8512a,stroke-width:4px", thick);
}

std::string groupStyles(const Picture& picture) {
    const auto holds = [&](std::string_view group) {
        return std::ranges::any_of(
            picture.ranks, [&](const Rank& rank) { return groupOf(rank.label.stage) == group; });
    };
    std::string text;
    if (holds("W0")) {
        text += "    style W0 fill:#f5f7f6,stroke:#174b43,stroke-width:3px,stroke-dasharray:8 4\n";
    }
    if (holds("H0")) {
        text += "    style H0 fill:#f5f7f6,stroke:#7a8682,stroke-width:1px,stroke-dasharray:4 3\n";
    }
    return text;
}

MermaidDiagram flowchart(
    const diagram::Diagram& diagram, std::vector<std::size_t> columns,
    const std::vector<SubjectPathChanges>& paths) {
    const MermaidMeasures& measures = measuresFor(columns.size());
    std::vector<Rank> ranks = ranksOf(diagram, columns);
    if (!paths.empty()) {
        ranks.push_back({ranks.size() + 1, kPaths, {}, {}, true});
    }
    const Picture picture{diagram, std::move(columns), std::move(ranks), measures, paths};
    MermaidDiagram out{.title = titleOf(picture), .text = mermaidOpening(picture.measures)};
    out.text += fmt::format(
        "    accTitle: Bulkhead, {}\n    accDescr: {}\n", base::mermaidText(out.title).str(),
        base::mermaidText(descriptionOf(picture)).str());
    out.text += heads(picture) + stages(picture) + links(picture) + "\n";
    out.text += std::string(kStyles) + groupStyles(picture);
    return out;
}

} // namespace

std::string mermaidOpening(const MermaidMeasures& m) {
    return fmt::format(
        R"(%%{{init: {{"theme": "base", "themeVariables": {{"fontSize": "{}px", "primaryColor": "#ffffff", )"
        R"("primaryTextColor": "#121417", "primaryBorderColor": "#7a8682", "lineColor": "#7a8682", )"
        R"("edgeLabelBackground": "#ffffff"}}, "flowchart": {{"nodeSpacing": {}, "rankSpacing": {}, )"
        R"("padding": {}, "curve": "linear", "wrappingWidth": 420}}}}}}%%)"
        "\nflowchart TB\n",
        m.fontSize, m.nodeSpacing, m.rankSpacing, m.padding);
}

std::string_view mermaidStyles() {
    return kStyles;
}

std::vector<MermaidDiagram>
writeMermaid(const diagram::Diagram& diagram, const std::vector<SubjectPathChanges>& paths) {
    const std::size_t count = diagram.columns.size();
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t{0});
    if (count == 0) {
        return {};
    }
    if (count <= kMostColumns) {
        return {flowchart(diagram, std::move(all), paths)};
    }
    const auto baseline = std::ranges::find(diagram.columns, true, &diagram::Column::baseline);
    const auto base = static_cast<std::size_t>(baseline - diagram.columns.begin()) % count;
    std::vector<MermaidDiagram> out;
    for (const std::size_t column : all) {
        if (column != base) {
            out.push_back(flowchart(diagram, {base, column}, paths));
        }
    }
    return out;
}

} // namespace bulkhead::report
