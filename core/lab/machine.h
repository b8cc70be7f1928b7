#pragma once

#include "core/claims/ground.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// What the launcher is and what its machine offers, as far as a configuration depends on it.
struct Machine {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    claims::Ground ground;                           ///< what any configuration is resolved on
    std::vector<std::string> controllers;            ///< "pids", "memory", "cpu" as far as they can limit
    std::map<std::string, std::uint64_t> hardLimits; ///< by RLIMIT_ name, those that are finite

    [[nodiscard]] bool isRoot() const { return uid == 0; }
};

[[nodiscard]] Machine readMachine();

/// A user id that nobody has: in no passwd entry, no subordinate range, owner of no process. `seed` spreads
/// the choices of runs that start together.
[[nodiscard]] std::uint32_t chooseUnusedId(std::uint32_t seed);

} // namespace bulkhead::lab
