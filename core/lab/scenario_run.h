#pragma once

#include "core/diagram/diagram.h"
#include "core/lab/run.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// Which scenarios to run and what to leave behind.
struct LabRequest {
    std::vector<std::string> names; ///< empty: all
    engines::EngineChoice engine = engines::EngineChoice::automatic;
    bool record = false;       ///< marks the snapshots as recordings, to be shown on other machines
    std::filesystem::path out; ///< folder for snapshots, report and diagram; empty: none is written
    /// Keeps the containers running after the results are written, until it returns; empty: not held.
    std::function<void(const std::filesystem::path& stateRoot)> hold;
};

/// The subjects of a run, declared and enforced, and what is to be said of it.
struct LabOutcome {
    std::vector<diagram::SubjectView> subjects;
    engines::RuntimeChoice runtime;
    std::vector<std::string> notes; ///< "rootless: ...", what was asked for and given up
    std::vector<Skipped> skipped;
};

/// The scenarios that ship with the program, in teaching order.
[[nodiscard]] base::Result<std::vector<catalog::Scenario>> shippedScenarios();

/// Launches, captures, writes and removes: the whole verb `lab run`. NotFound for a name that no scenario
/// has; Canceled on stop, with everything removed.
[[nodiscard]] base::Result<LabOutcome>
runScenarios(const LabRequest& request, const Observer& observer, const std::stop_token& stop);

} // namespace bulkhead::lab
