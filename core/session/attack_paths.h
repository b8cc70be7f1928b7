#pragma once

#include "core/base/error.h"
#include "core/claims/known_image.h"
#include "core/report/paths.h"
#include "core/session/resolve.h"
#include "core/threat/judge.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bulkhead::session {

/// What `paths` is asked.
struct PathsRequest {
    std::vector<std::string> references;
    std::string engine; ///< for which configurations are resolved; empty: their own
    bool cut = false;
    std::vector<claims::KnownImage> images = {}; // NOLINT(readability-redundant-member-init): may be left out
};

/// The paths of each subject by its strongest account. The findings point into the catalogue of the judge,
/// which must stay.
[[nodiscard]] base::Result<std::vector<report::SubjectPaths>>
findPaths(const PathsRequest& request, const threat::Judge& judge);

/// The same of subjects that are at hand, without near misses and without a cut; those of which there is no
/// account are left out.
[[nodiscard]] std::vector<report::SubjectPaths>
openPathsOf(const std::vector<diagram::SubjectView>& subjects, const threat::Judge& judge);

/// A configuration with the cut of its subjects made in it.
struct AppliedCut {
    std::string text;
    std::vector<std::string> notes; ///< what a reader must know
    std::vector<std::string> left;  ///< paths that the changed configuration still has, "web: kernel-flaw"
    bool smaller = true;            ///< false: `left` has paths that the cut was to close
    /// From which relative paths in the text are read; empty: it has none.
    std::filesystem::path folder = {}; // NOLINT(readability-redundant-member-init): may be left out
};

/// Makes the cut in the document that the reference names and imports the result again. Unsupported where the
/// reference names no document.
[[nodiscard]] base::Result<AppliedCut>
applyCut(const std::string& reference, const PathsRequest& request, const threat::Judge& judge);

/// Which paths each subject opens and closes against the baseline, in the vantage given.
[[nodiscard]] std::vector<report::SubjectPathChanges> comparePathsOf(
    const std::vector<diagram::SubjectView>& subjects, std::size_t baseline, model::Vantage vantage,
    const threat::Judge& judge);

/// The account of a subject that paths are judged by: the strongest, with what only its configuration says.
[[nodiscard]] std::optional<model::Snapshot> judgedSnapshot(const diagram::SubjectView& subject);

} // namespace bulkhead::session
