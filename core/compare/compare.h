#pragma once

#include "core/compare/change.h"
#include "core/compare/sides.h"
#include "core/model/snapshot.h"

#include <vector>

namespace bulkhead::compare {

/// Every change from baseline to candidate, in document order. Content only: identities (inodes, pids, cgroup
/// paths, mask sources, bound standard devices) and host facts never make a change, and what one side does
/// not state is not compared.
[[nodiscard]] std::vector<Change> compareSnapshots(const Sides<const model::Snapshot&>& sides);

/// Where the kernel's account of a subject departs from its declaration. Only what the declaration states
/// counts; a path that this kernel lacks contradicts nothing. `experienced`, where there is one, is told
/// beside each; and where it departs from the kernel's account, that is a contradiction too.
[[nodiscard]] std::vector<Contradiction> compareVantages(
    const model::Snapshot& declared, const model::Snapshot& enforced,
    const model::Snapshot* experienced = nullptr);

} // namespace bulkhead::compare
