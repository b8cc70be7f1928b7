#pragma once

#include "core/diagram/layout.h"

#include <vector>

namespace bulkhead::models {

/// The boxes over neighbouring columns that are in the same namespaces: a pod, containers that joined one
/// another. What is the host's is no box; columns that others part are boxes of their own.
[[nodiscard]] std::vector<diagram::SharedSpan>
sharedSpans(const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::models
