#pragma once

#include "core/diagram/diagram.h"

#include <vector>

namespace bulkhead::session {

/// Subjects as `--vantage mixed` compares them: each at the strongest account there is of it (enforced, else
/// declared), which then stands in place of the enforced one and behind its name: "web (declared)".
[[nodiscard]] std::vector<diagram::SubjectView> mixVantages(std::vector<diagram::SubjectView> subjects);

/// Says of every change between two accounts of different kinds, that it is one: a claim against the kernel.
void markMixed(diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::session
