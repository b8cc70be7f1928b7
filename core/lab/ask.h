#pragma once

#include "core/base/error.h"
#include "core/catalog/scenario.h"
#include "core/catalog/seccomp_profile.h"
#include "core/engines/oci_config.h"
#include "core/lab/machine.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// Everything of one launch that the scenario itself does not say.
struct LaunchContext {
    Machine machine;
    std::string containerId;
    std::string runMarker;                          ///< "BULKHEAD_LAB=..."
    std::uint32_t launcherId = 0;                   ///< user and group id of an unprivileged launch
    std::filesystem::path bundle;                   ///< lab directories stand in it
    std::optional<catalog::SeccompProfile> profile; ///< the scenario's, where it names one
};

/// What the scenario asks for, whoever asks: Docker's defaults as far as it says nothing else.
[[nodiscard]] engines::OciConfig askFor(const catalog::Scenario& scenario, const LaunchContext& context);

/// What can be asked of the runtime on this machine by this launcher, and a note for each thing given up.
struct Fitted {
    engines::OciConfig config;
    std::vector<std::string> notes;
};

[[nodiscard]] Fitted
fitToLauncher(engines::OciConfig asked, const catalog::Scenario& scenario, const LaunchContext& context);

/// Gives up limits that this launcher may not set and those that no controller of this machine can hold.
void fitLimits(const Machine& machine, Fitted& fitted);

/// Where a lab directory of the scenario stands on the host.
[[nodiscard]] std::filesystem::path labDirectory(const std::filesystem::path& bundle, std::size_t index);

/// Root of the container in the host's numbering.
[[nodiscard]] std::uint32_t containerRoot(const catalog::Scenario& scenario, const LaunchContext& context);

} // namespace bulkhead::lab
