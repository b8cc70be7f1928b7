#pragma once

#include "core/model/snapshot.h"
#include "core/twin/plan.h"
#include "core/twin/verdict.h"

#include <optional>
#include <vector>

namespace bulkhead::twin {

/// Mounts that are tried, in tree order; of more only these.
inline constexpr std::size_t kMaxTriedMounts = 200;

/// Device nodes beyond the harmless five that are asked for, not opened.
inline constexpr std::size_t kMaxTriedDevices = 64;

/// What a plan holds of tries that have an object; the others have their room beside them.
inline constexpr std::size_t kMaxPlannedTries = wire::kMaxTries - 32;

/// Mounts that a try of every one would look at, and those that are left alone for what they might do.
[[nodiscard]] std::size_t countMountsToTry(const model::Snapshot& enforced);
[[nodiscard]] std::size_t countMountsThatWait(const model::Snapshot& enforced);

/// Everything worth trying on a subject, from what the kernel tells of it: each visible mount, the sensitive
/// paths and the knobs this machine has, devices, runtime sockets, and the calls of wire::tryKinds without an
/// object. Mounts whose server may keep a caller waiting are left alone. A try whose calls the verdicts do
/// not allow is there, to be skipped.
[[nodiscard]] std::vector<WantedTry> planTries(
    const os::ProcRoot& machine, const model::Snapshot& enforced, const model::ArchVerdicts& verdicts,
    bool packetFamilyThere);

} // namespace bulkhead::twin
