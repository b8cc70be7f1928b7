#pragma once

#include "core/diagram/diagram.h"

#include <string>
#include <vector>

namespace bulkhead::report {

/// `diff --format sarif`: a result for each change of each candidate, weaker as an error, incomparable as a
/// warning, what could not be compared open, all else a note; at the line of the candidate's document that
/// states the fact, where there is one.
[[nodiscard]] std::string
writeChangesSarif(const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::report
