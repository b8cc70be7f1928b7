#pragma once

#include "core/base/error.h"
#include "core/diagram/diagram.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bulkhead::session {

/// A comparison in the form that the file's ending names: .md, .mmd or .svg. Unsupported for any other.
[[nodiscard]] base::Result<std::string>
renderReport(const std::vector<diagram::SubjectView>& subjects, const std::filesystem::path& file);

/// What a lab run leaves in its folder: NAME.json for each subject, report.md and diagram.mmd. Io where the
/// folder cannot be written.
[[nodiscard]] base::Status
writeLabFolder(const std::vector<diagram::SubjectView>& subjects, const std::filesystem::path& folder);

} // namespace bulkhead::session
