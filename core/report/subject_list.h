#pragma once

#include "core/model/posture.h"
#include "core/model/subject_summary.h"
#include "core/report/terminal_style.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bulkhead::report {

/// The subjects of a machine as a table: containers by group, nested ones below theirs, then services and
/// sandboxes that have no engine; what could not be seen last.
[[nodiscard]] std::string
writeSubjectTable(const model::SubjectList& list, std::size_t columns, const TerminalStyle& style);

/// One line of authority for each subject. "?" is a fact that could not be read.
[[nodiscard]] std::string writePostureTable(
    const model::SubjectList& list, const std::vector<model::Posture>& postures, std::size_t columns,
    const TerminalStyle& style);

/// "93 processes, 41 of them in 5 subjects", and each gap, as lines of a terminal.
[[nodiscard]] std::string writeSweepNotes(const model::SubjectList& list, std::size_t columns);

} // namespace bulkhead::report
