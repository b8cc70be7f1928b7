#pragma once

#include "core/diagram/diagram.h"

#include <string>
#include <vector>

namespace bulkhead::report {

/// `diff --format json` of the command line's contract: every change of every column, in document order of
/// its rows. A value that could not be read is null, one that is not there "absent". Folded subjects are
/// listed each. Attack paths are not computed, so none is opened or closed.
[[nodiscard]] std::string
writeChangesJson(const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::report
