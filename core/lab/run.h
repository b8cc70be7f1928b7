#pragma once

#include "core/base/error.h"
#include "core/catalog/scenario.h"
#include "core/engines/oci_runtime.h"
#include "core/model/snapshot.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// What to launch, with what, and where.
struct LabOptions {
    std::vector<catalog::Scenario> scenarios;
    engines::EngineChoice engine = engines::EngineChoice::automatic;
    std::filesystem::path probe;                    ///< bulkhead-probe
    std::filesystem::path busybox = "/bin/busybox"; ///< statically linked
    std::filesystem::path profiles;                 ///< resources/profiles
    std::filesystem::path stateRoot;                ///< empty: the default one
    std::function<base::Status()>
        whileAllLive; ///< called once after the last look, before anything is removed
    std::string searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
};

/// A living container of the lab.
struct Launched {
    catalog::Scenario scenario;
    model::Subject subject;
    model::Snapshot declared;
    std::vector<std::string> notes; ///< what was asked for and given up, and why
};

/// A scenario that this launcher cannot launch at all.
struct Skipped {
    std::string scenario;
    std::string reason;
};

/// What a run did.
struct LabReport {
    engines::RuntimeChoice runtime;
    std::vector<Launched> launched; ///< gone by now
    std::vector<Skipped> skipped;
};

/// Where a run stands: step `done` of `total` begins.
struct Progress {
    std::size_t done = 0;
    std::size_t total = 0;
    std::string text;
};

/// Who watches a run; called on the thread that runs it. Either may be empty.
struct Observer {
    std::function<void(const Progress&)> progress;
    std::function<void(const std::string&)> log;
};

/// Looks at one container while all of them live.
using Collect = std::function<base::Status(const Launched&)>;

/// Launches every scenario, so that they live side by side, lets `collect` look at each, and removes
/// everything, whatever happens: also on failure, when `collect` refuses, and on stop (Canceled). What this
/// user cannot launch is skipped and said; an error where nothing can be launched.
[[nodiscard]] base::Result<LabReport> runLab(
    const LabOptions& options, const Observer& observer, const std::stop_token& stop, const Collect& collect);

} // namespace bulkhead::lab
