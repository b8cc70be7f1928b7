#pragma once

#include "core/diagram/diagram.h"

#include <string>
#include <vector>

namespace bulkhead::report {

/// What stands around the facts.
struct MarkdownOptions {
    std::string title;   ///< plain text; empty: made of the subjects' names
    std::string version; ///< of the program that writes the report
    /// A section of attack paths (paths.h); empty: none.
    std::string paths = {}; // NOLINT(readability-redundant-member-init): may be left out
};

/// The comparison in a form to paste into a pull request: what changed first, the picture, the changes with
/// their direction and reason, contradictions, gaps; long tables folded. GitHub-flavoured Markdown, foreign
/// text escaped.
[[nodiscard]] std::string writeMarkdown(
    const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects,
    const MarkdownOptions& options);

} // namespace bulkhead::report
