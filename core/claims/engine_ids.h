#pragma once

#include "core/model/fact.h"
#include "core/model/id_map.h"

namespace bulkhead::claims {

/// Why a map of ids is not known where the engine chooses it at the start: podman's --userns=auto, a Pod's
/// hostUsers: false, the daemon's userns-remap. What is known of it: the ids are of ranges that were set
/// aside for containers, and so none of the host's users or groups is among them, root least of all.
[[nodiscard]] const model::Unreadable& idsOfEngine();

/// The map is such a one.
[[nodiscard]] inline bool areOfEngine(const model::Fact<model::IdMap>& map) {
    return map.unreadable() && map.gap() == idsOfEngine();
}

} // namespace bulkhead::claims
