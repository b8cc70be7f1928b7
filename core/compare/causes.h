#pragma once

#include "core/compare/change.h"
#include "core/model/snapshot.h"

#include <string>

namespace bulkhead::compare {

/// Why the kernel most likely enforces something else than was asked, a clause without full stop; empty where
/// no cause is known. The first cause whose signs are all there is named: signs are facts of the two
/// snapshots, never the difference alone.
[[nodiscard]] std::string
likelyCause(const Change& change, const model::Snapshot& declared, const model::Snapshot& enforced);

} // namespace bulkhead::compare
