#pragma once

#include "core/report/paths.h"

#include <cstddef>
#include <string>
#include <vector>

// The parts of the table form of `paths`, each a text of whole lines.

namespace bulkhead::report {

/// Where a part is written.
struct PathsPage {
    std::size_t columns = 80;
    TerminalStyle style;

    /// Lines that begin at `indent`, the first with `lead` in place of the blanks.
    [[nodiscard]] std::string
    wrapped(const std::string& text, std::size_t indent, const std::string& lead = "") const;
};

/// Paths that differ in nothing but the objects of their steps, by their places: as many disks, as many
/// paths, one thought.
using PathKind = std::vector<std::size_t>;
[[nodiscard]] std::vector<PathKind> kindsOf(const threat::Attack& attack);

/// "1-3, 5": places that ascend, as paths are numbered.
[[nodiscard]] std::string numbersOf(const std::vector<std::size_t>& places);

/// One line for each kind: its numbers, how sure it is, where it ends and by what.
[[nodiscard]] std::string
overviewText(const threat::Attack& attack, const std::vector<PathKind>& kinds, const PathsPage& page);

/// The kinds step by step, each step once.
[[nodiscard]] std::string
stepsText(const threat::Attack& attack, const std::vector<PathKind>& kinds, const PathsPage& page);

/// The cut, and what closes paths outside of the document.
[[nodiscard]] std::string cutText(const SubjectPaths& subject, const PathsPage& page);

/// What keeps near misses closed.
[[nodiscard]] std::string blockedText(const threat::Attack& attack, const PathsPage& page);

/// What takes evidence away.
[[nodiscard]] std::string blindText(const threat::Attack& attack, const PathsPage& page);

/// What is worth fixing and no way out by itself, and what is not decided, with who knows.
[[nodiscard]] std::string besidesText(const threat::Attack& attack, const PathsPage& page);

/// Facts, gaps, controls and references of a finding.
[[nodiscard]] std::string findingText(const threat::Finding& finding, const PathsPage& page);

} // namespace bulkhead::report
