#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::lab {

/// Names one run of the lab and its owner. Everything the run makes carries this name, so that it can be
/// found and its owner judged even where the journal was never written: "PID-STARTTIME-RANDOM".
struct RunId {
    std::int64_t owner = 0;
    std::uint64_t ownerStart = 0; ///< clock ticks since boot (proc(5), stat field 22)
    std::string random;

    [[nodiscard]] std::string text() const;
    /// Id, and name of the control group, of one container: "bulkhead-RUN-default".
    [[nodiscard]] std::string containerId(std::string_view name) const;

    bool operator==(const RunId&) const = default;
};

/// A new name, owned by this process.
[[nodiscard]] RunId makeRunId();

[[nodiscard]] std::optional<RunId> parseRunId(std::string_view text);

/// The run of a container id or cgroup name; nullopt for names that are not the lab's.
[[nodiscard]] std::optional<RunId> runOfContainer(std::string_view containerId);

/// The owner is alive only if a process with that pid started at that time.
[[nodiscard]] bool ownerLives(const RunId& run);

} // namespace bulkhead::lab
