#pragma once

#include "core/base/error.h"
#include "core/engines/engine_endpoint.h"
#include "core/engines/engine_info.h"
#include "core/lab/ask.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// What a launch by an engine needs besides the scenario.
struct EngineContext {
    LaunchContext launch;
    engines::EngineKind engine = engines::EngineKind::docker;
    engines::EngineInfo info;
    std::string image;                 ///< as it was imported
    std::string runLabel;              ///< value of kRunLabel
    std::filesystem::path profileFile; ///< where a filter's profile is put for an engine that reads it there
};

/// Labels of everything that the lab makes in an engine: which run it is of, and which user's.
inline constexpr std::string_view kRunLabel = "bulkhead.lab.run";
inline constexpr std::string_view kUserLabel = "bulkhead.lab.user";

/// A scenario as an engine is asked for it.
struct EngineAsk {
    std::string body;               ///< of the create request
    std::string profile;            ///< of the filter, to be written into the profile file; empty: none
    std::vector<std::string> notes; ///< what this engine gives otherwise than the scenario says
};

/// Unsupported, with the remedy, where the engine has no words for what makes the scenario what it is.
[[nodiscard]] base::Result<EngineAsk>
askEngineFor(const catalog::Scenario& scenario, const EngineContext& context);

/// What both engines are asked for: the whole scenario, with its limits as far as this machine has them.
struct EngineWish {
    const catalog::Scenario& scenario;
    const EngineContext& context;
    engines::OciConfig config; ///< as a runtime would be asked
    bool privileged = false;   ///< all that --privileged does, so that the engine can be asked in that word
    std::vector<std::string> notes;
};

/// The bodies, by engine.
[[nodiscard]] EngineAsk askDocker(EngineWish wish);
[[nodiscard]] EngineAsk askPodman(EngineWish wish);

/// "nofile" for RLIMIT_NOFILE.
[[nodiscard]] std::string engineLimitName(const std::string& rlimit);

/// The name of the profile that Docker applies by itself.
inline constexpr std::string_view kDockersOwnFilter = "docker-default";

} // namespace bulkhead::lab
