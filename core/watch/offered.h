#pragma once

#include "core/model/snapshot.h"
#include "core/threat/attack.h"

#include <string>

namespace bulkhead::watch {

/// What a snapshot offers to whoever runs code in the container, without near misses.
[[nodiscard]] threat::Attack offeredBy(const model::Snapshot& snapshot, const threat::Judge& judge);

/// How sure a path, or a weakness at an object, is; `no` where it is not offered.
[[nodiscard]] model::Truth certaintyOf(const threat::Attack& offered, const std::string& pathId);
[[nodiscard]] model::Truth truthOf(const threat::Attack& offered, const threat::Finding& finding);

} // namespace bulkhead::watch
