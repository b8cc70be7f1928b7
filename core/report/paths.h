#pragma once

#include "core/report/terminal_style.h"
#include "core/threat/attack.h"
#include "core/threat/outside.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::report {

/// The attack paths of one subject, and the least that closes them where that was asked for.
struct SubjectPaths {
    std::string subject;
    model::Vantage vantage = model::Vantage::enforced;
    threat::Attack attack;
    std::optional<threat::Cut> cut;
    claims::ConfigForm form = claims::ConfigForm::oci; ///< in whose words changes are said
    std::vector<threat::OutsideChange> outside;        ///< beside the cut
};

/// Paths that a subject has and the baseline has not, and the other way round.
struct SubjectPathChanges {
    std::string subject;
    threat::Attack attack;   ///< of the subject
    threat::Attack baseline; ///< of the baseline
    threat::PathChanges changes;
};

/// The table form of `paths`: the paths in short and the cut; each path with its steps, the facts of each
/// with their place, references and the controls that stop it; what takes evidence away, what else is worth
/// fixing, what no snapshot decides; what keeps near misses closed.
[[nodiscard]] std::string
writePaths(const std::vector<SubjectPaths>& subjects, std::size_t columns, const TerminalStyle& style);

/// `paths --format json` of the command line's contract: an object for one subject, an array for several.
[[nodiscard]] std::string writePathsJson(const std::vector<SubjectPaths>& subjects);

/// One flowchart of a subject: authorities joined by the weaknesses that turn one into another, and what
/// stops near misses.
[[nodiscard]] std::string writePathsMermaid(const SubjectPaths& subject);

/// "### Attack paths" of a report on subjects.
[[nodiscard]] std::string pathsSection(const std::vector<SubjectPaths>& subjects);

/// "web opens 2 ways to the host (cap-sys-module, engine-socket-docker) and closes 1." Empty where nothing
/// opened or closed.
[[nodiscard]] std::string pathChangesSentence(const std::vector<SubjectPathChanges>& changes);
/// {"opened": [...], "closed": [...]} of `diff --format json`.
[[nodiscard]] std::string pathChangesJson(const std::vector<SubjectPathChanges>& changes);
/// Below the table of `diff`.
[[nodiscard]] std::string writePathChanges(
    const std::vector<SubjectPathChanges>& changes, std::size_t columns, const TerminalStyle& style);
/// "### Attack paths opened and closed" of a comparison.
[[nodiscard]] std::string pathChangesSection(const std::vector<SubjectPathChanges>& changes);

/// "root on the host" for what a path reaches.
[[nodiscard]] std::string endOf(const threat::Path& path);
/// "stopped by seccomp: seccomp.x86_64.mount is errno 1".
[[nodiscard]] std::string stopOf(const threat::Attack& attack, const threat::BlockedPath& blocked);

} // namespace bulkhead::report
