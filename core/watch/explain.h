#pragma once

#include "core/watch/event.h"
#include "core/watch/offered.h"

#include <optional>
#include <string>
#include <vector>

namespace bulkhead::watch {

/// What departures are explained from.
struct Explanations {
    std::optional<threat::Attack> recorded; ///< of the record, where there is one
    std::optional<threat::Attack> declared;
    const threat::Attack* now = nullptr;
    const model::Snapshot* snapshot = nullptr; ///< of `now`
    std::string recordedName;
};

/// Gives each departure the attack paths that it opens, the facts it rests on and what to do about it. A path
/// that opened and rests on none of them becomes a departure of its own.
void explain(std::vector<Departure>& departures, const Explanations& from);

/// What to change in the subject's configuration so that a fact is no more, in its engine's words: "recreate
/// it with --cap-drop SYS_ADMIN". Empty where no single change does it, or the engine is not known.
[[nodiscard]] std::string changeFor(const std::string& path, const model::Snapshot& snapshot);

/// A line carries the first few facts.
void limitFacts(Departure& departure);

} // namespace bulkhead::watch
