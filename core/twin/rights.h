#pragma once

#include "core/base/error.h"
#include "core/model/capability.h"
#include "core/twin/target.h"

namespace bulkhead::twin {

/// What making a twin of this process needs: to read it, to become it, and each capability it holds itself
/// (a process in a user namespace of its own is given those by joining it).
[[nodiscard]] model::CapabilitySet neededFor(const Target& target);

/// Denied names every capability that `held` lacks.
[[nodiscard]] base::Status checkRights(const Target& target, const model::CapabilitySet& held);

/// Our own effective set.
[[nodiscard]] model::CapabilitySet ownCapabilities();

} // namespace bulkhead::twin
