#pragma once

#include "core/model/snapshot.h"
#include "core/policy/decision.h"
#include "core/watch/event.h"
#include "core/watch/offered.h"

#include <string>
#include <vector>

namespace bulkhead::watch {

/// What a subject is held against. Either may be missing; with both, the record stands for what the
/// declaration does not state.
struct Boundary {
    const model::Snapshot* declared = nullptr; ///< a claim: only what it states counts
    const model::Snapshot* recorded = nullptr; ///< an account of the kernel: every fact counts
    std::string declaredName = "declared";
    std::string recordedName = "first seen";
};

/// Where `now` is not what the boundary says, in document order; then each attack path that is open now, was
/// not, and that none of these explains. Changes that move no authority are left out. Where a fact was not as
/// declared when it was recorded, the declaration alone counts. `offered` is what `now` offers.
[[nodiscard]] std::vector<Departure> departuresOf(
    const Boundary& boundary, const model::Snapshot& now, const threat::Attack& offered,
    const threat::Judge& judge);

/// Decisions of a specification that do not allow, as departures from it.
[[nodiscard]] std::vector<Departure> departuresOf(
    const std::vector<policy::Decision>& decisions, const threat::Attack& offered,
    const model::Snapshot& now);

} // namespace bulkhead::watch
