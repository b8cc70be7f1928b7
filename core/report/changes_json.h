#pragma once

#include "core/diagram/diagram.h"
#include "core/report/paths.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::report {

/// A value as every document writes it: null where it could not be read, "absent" where it is not there.
[[nodiscard]] std::string valueJson(const compare::Value& value);

/// `diff --format json` of the command line's contract: every change of every column, in document order of
/// its rows. A value that could not be read is null, one that is not there "absent". Folded subjects are
/// listed each. `paths`: those that each subject opens and closes.
/// `vantage` says which account was compared: that of the diagram, or "mixed".
[[nodiscard]] std::string writeChangesJson(
    const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects,
    std::string_view vantage, const std::vector<SubjectPathChanges>& paths = {});

/// `contradictions --format json` of the command line's contract: every fact of the diagram's only subject
/// whose vantages disagree, in document order of the rows. What was experienced is null where nobody looked
/// from inside.
[[nodiscard]] std::string
writeContradictionsJson(const diagram::Diagram& diagram, const diagram::SubjectView& subject);

} // namespace bulkhead::report
