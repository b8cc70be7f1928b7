#pragma once

#include "core/lab/place.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::lab {

/// Environment variable of everything a run starts; its value is the run's name.
inline constexpr std::string_view kRunMarker = "BULKHEAD_LAB";

/// What was taken away of a run.
struct Swept {
    std::size_t processes = 0;
    std::size_t cgroups = 0;
    std::size_t mounts = 0;
    std::size_t containers = 0; ///< of engines
    std::size_t images = 0;     ///< of engines
    bool folders = false;
    std::vector<std::string> left; ///< what could not be removed, and why

    [[nodiscard]] bool nothing() const {
        return processes + cgroups + mounts + containers + images == 0 && !folders;
    }
};

/// Living processes of a run: members of its control groups, its runtimes by their state directory, the
/// runtime's first stage by its working directory, whatever carries its marker, and whatever has a bundle of
/// it for root. Zombies are left to whoever reaps them.
[[nodiscard]] std::vector<std::int64_t> processesOf(const Place& place);

/// Whether one living process is of the run.
[[nodiscard]] bool isOfRun(std::int64_t pid, const Place& place);

/// Kills, unmounts and removes everything of the run but its folders; returns once nothing is left or a
/// deadline has passed.
[[nodiscard]] Swept sweepRun(const Place& place);

} // namespace bulkhead::lab
