#pragma once

#include "core/base/escaped.h"
#include "core/diagram/diagram.h"
#include "core/report/line_wrap.h"
#include "core/report/paths.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::report {

/// Measures of a flowchart by its number of columns; pixels are those of Mermaid, which lays out in CSS
/// pixels.
struct MermaidMeasures {
    int fontSize;
    int nodeSpacing;
    int rankSpacing;
    int padding;
    double lineWidth; ///< longest line of a subject's node, in pixels
    bool notes;       ///< stage labels say what the stage is
};

[[nodiscard]] const MermaidMeasures& measuresFor(std::size_t columns);

/// The first lines of a flowchart, and the classes that its nodes are drawn in.
[[nodiscard]] std::string mermaidOpening(const MermaidMeasures& measures);
[[nodiscard]] std::string_view mermaidStyles();

/// The label of a node: escaped lines joined by `<br/>`, and the class that colours it.
struct MermaidNode {
    base::MermaidText label;
    std::string_view style;
};

/// "default, the baseline"; "privileged" with its counts.
[[nodiscard]] MermaidNode headNode(const diagram::Column& column, const MermaidMeasures& measures);

/// The namespaces that a column shares with its neighbours; "not shared" where there are none.
[[nodiscard]] MermaidNode sharedNode(std::string_view types, const MermaidMeasures& measures);

/// What one column says in one stage: the baseline its values, a candidate its changes and how many slots are
/// unchanged; gaps and contradictions always.
[[nodiscard]] MermaidNode stageNode(
    const diagram::Diagram& diagram, const diagram::Column& column, const std::vector<std::size_t>& rows,
    const MermaidMeasures& measures);

/// Of a candidate the paths that opened and closed, of the baseline how many there are. `changes` of any
/// candidate holds those of the baseline; none: they were not compared.
[[nodiscard]] MermaidNode
pathsNode(const SubjectPathChanges* changes, bool baseline, const MermaidMeasures& measures);

} // namespace bulkhead::report
