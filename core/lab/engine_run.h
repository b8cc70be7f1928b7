#pragma once

#include "core/engines/engine_endpoint.h"
#include "core/engines/engine_info.h"
#include "core/lab/ask.h"
#include "core/lab/engine_ask.h"
#include "core/lab/engine_leftovers.h"
#include "core/lab/place.h"
#include "core/lab/rootfs.h"
#include "core/lab/run.h"

#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// Where an engine listens on this machine, and what it says of itself.
struct FoundEngine {
    engines::EngineEndpoint endpoint;
    engines::EngineInfo info;
};

/// The first engine of this kind that answers over a socket of this machine. NotFound, Denied or Unsupported
/// with the remedy: also for engines on other machines, whose processes cannot be read here.
[[nodiscard]] base::Result<FoundEngine> findEngine(engines::EngineKind kind);

/// Puts the engine's own hard limits and capabilities in place of ours: it gives out of those. Leaves ours
/// where its process cannot be read.
void takeEnginesRights(const engines::EngineEndpoint& endpoint, Machine& machine);

/// Capabilities that the kernel has and this machine's launcher does not hold: "CAP_SYS_RESOURCE".
[[nodiscard]] std::string capabilitiesLacking(const Machine& machine);

/// The containers that a run has in an engine. Not owned: LabRun removes them.
class EngineRun {
public:
    /// Finds the engine and writes it into the run's journal before anything is asked of it.
    [[nodiscard]] static base::Result<EngineRun>
    connect(engines::EngineKind kind, const Place& place, std::stop_token stop);

    [[nodiscard]] const engines::EngineEndpoint& endpoint() const { return m_found.endpoint; }
    [[nodiscard]] engines::RuntimeChoice choice() const;

    /// The root file system of the run as an image of the engine, tagged and labelled with the run.
    [[nodiscard]] base::Status importImage(const RootImage& image, const std::string& searchPath);

    /// One scenario as a container. Unsupported, in the engine's words, where it cannot.
    [[nodiscard]] base::Result<Launched>
    launch(const catalog::Scenario& scenario, const LaunchContext& context);

    /// Everything of the run out of the engine.
    [[nodiscard]] TakenOut removeAll();

private:
    EngineRun(FoundEngine found, Place place, std::stop_token stop);

    [[nodiscard]] base::Status
    prepare(const catalog::Scenario& scenario, const EngineContext& context, const EngineAsk& ask) const;
    [[nodiscard]] base::Result<std::string>
    start(const catalog::Scenario& scenario, const EngineContext& context, EngineAsk& ask);

    FoundEngine m_found;
    Place m_place;
    std::stop_token m_stop;
    RootImage m_image;
    std::string m_tag;
    std::string m_digest;
    bool m_asking = false; ///< a request was given up: the engine may still be at work on it
};

/// Waits until the container's own program runs: who starts it returns while the runtime's code may still be
/// on the way there.
[[nodiscard]] base::Status waitUntilRunning(std::int64_t pid, const std::stop_token& stop);

} // namespace bulkhead::lab
