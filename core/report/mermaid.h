#pragma once

#include "core/diagram/diagram.h"
#include "core/report/paths.h"

#include <string>
#include <vector>

namespace bulkhead::report {

/// One Mermaid flowchart: rows are stages, columns subjects.
struct MermaidDiagram {
    std::string title; ///< plain text: "privileged compared with default"; escape it where it is written
    std::string text;  ///< the flowchart, ending in a line feed; safe to stand in a fenced block
};

/// The comparison as Mermaid: one flowchart up to four columns; above, one per candidate, beside the
/// baseline. At most 900 px wide, readable on white and on dark pages, in strict mode, with htmlLabels on and
/// off. Foreign text is in quoted labels only, as entities; ids are ours. Empty where there are no columns.
/// With what was compared of their paths, a last row says which opened and closed.
[[nodiscard]] std::vector<MermaidDiagram>
writeMermaid(const diagram::Diagram& diagram, const std::vector<SubjectPathChanges>& paths = {});

} // namespace bulkhead::report
