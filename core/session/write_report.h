#pragma once

#include "core/base/error.h"
#include "core/diagram/diagram.h"
#include "core/report/paths.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bulkhead::session {

/// One Mermaid flowchart. Unsupported above four subjects, which Mermaid cannot draw legibly in one.
[[nodiscard]] base::Result<std::string>
renderMermaid(const diagram::Diagram& diagram, const std::vector<report::SubjectPathChanges>& paths = {});

/// A comparison in the form that the file's ending names: .md, .mmd or .svg. Unsupported for any other.
[[nodiscard]] base::Result<std::string>
renderReport(const std::vector<diagram::SubjectView>& subjects, const std::filesystem::path& file);

/// Makes the folder of a lab's results and tries that it can be written, before anything is launched. An
/// empty path asks for none.
[[nodiscard]] base::Status makeLabFolder(const std::filesystem::path& folder);

/// What a lab run leaves in its folder: NAME.json for each subject, report.md, diagram.svg and
/// diagram.mmd (of the first four subjects; where there are more, diagram-NAME.mmd for each candidate). Io
/// where the folder cannot be written.
[[nodiscard]] base::Status
writeLabFolder(const std::vector<diagram::SubjectView>& subjects, const std::filesystem::path& folder);

} // namespace bulkhead::session
