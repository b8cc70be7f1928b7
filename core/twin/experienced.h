#pragma once

#include "core/model/snapshot.h"
#include "core/twin/launch.h"
#include "core/twin/plan.h"

#include <vector>

namespace bulkhead::twin {

/// What a twin told, as a snapshot beside the enforced one of the same capture. Facts it did not see are not
/// stated. The answers are judged as hostile input: numbers are numbers, nothing else of them is used.
[[nodiscard]] model::Snapshot buildExperienced(
    const model::Snapshot& enforced, const std::vector<WantedTry>& tries, const Outcome& outcome);

} // namespace bulkhead::twin
