#pragma once

#include "core/base/error.h"
#include "core/engines/engine_endpoint.h"
#include "core/lab/place.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// What was taken out of an engine.
struct TakenOut {
    std::size_t containers = 0;
    std::size_t images = 0;
    std::vector<std::string> left; ///< what could not be removed, and why
};

/// Writes into the journal that an engine is about to be asked for something of the run, or has answered.
[[nodiscard]] base::Status noteEngine(const Place& place, const engines::EngineEndpoint& endpoint);
[[nodiscard]] base::Status noteAsking(const Place& place, bool asking);

/// What a run's journal says of engines.
struct EngineNotes {
    std::vector<engines::EngineEndpoint> endpoints;
    bool asking = false; ///< it ended between a request and its answer: the engine may still be at work
};

[[nodiscard]] EngineNotes engineNotesOf(const Place& place);

/// Removes the containers and the image of a run from an engine, by their labels. Where the engine may still
/// be at work on a request, it is watched for a while.
[[nodiscard]] TakenOut takeOut(const engines::EngineEndpoint& endpoint, const RunId& run, bool mayBeAtWork);

/// A run of this user of which an engine holds something.
struct EngineLeftover {
    RunId run;
    engines::EngineEndpoint endpoint;
};

/// Of all engines of this machine that answer: a run's own journal may be lost (a reboot empties /run).
[[nodiscard]] std::vector<EngineLeftover> engineLeftovers();

} // namespace bulkhead::lab
