#pragma once

#include "core/base/error.h"
#include "core/model/snapshot.h"

#include <chrono>
#include <filesystem>
#include <stop_token>

namespace bulkhead::session {

/// How a look from inside is taken.
struct ExperiencedOptions {
    std::filesystem::path probe; ///< bulkhead-probe
    std::chrono::milliseconds patience{5000};
    std::stop_token stop;
};

/// The experienced snapshot beside an enforced one that was just taken of a living process: a twin of its
/// main process tries what can be done. Nothing is written into the container, and no process is left. Denied
/// names the capability that is missing, Unsupported what stands in the way (paused, too little headroom). To
/// be called on a thread that lives until it returns: the twin dies with it.
[[nodiscard]] base::Result<model::Snapshot>
captureExperienced(const model::Snapshot& enforced, const ExperiencedOptions& options);

} // namespace bulkhead::session
