#pragma once

#include "core/model/posture.h"
#include "core/model/snapshot.h"

namespace bulkhead::diagram {

/// A snapshot in one line.
[[nodiscard]] model::Posture buildPosture(model::SubjectSummary subject, const model::Snapshot& snapshot);

} // namespace bulkhead::diagram
