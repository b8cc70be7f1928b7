#pragma once

#include "core/lab/engine_run.h"
#include "core/lab/machine.h"
#include "core/lab/place.h"
#include "core/lab/rootfs.h"
#include "core/lab/run.h"

#include <optional>

namespace bulkhead::lab {

/// A run in progress: whatever it launched is gone when it is.
class LabRun {
public:
    LabRun(Place place, Machine machine, const LabOptions& options, std::stop_token stop);
    LabRun(const LabRun&) = delete;
    LabRun& operator=(const LabRun&) = delete;
    ~LabRun();

    [[nodiscard]] base::Status makeImage();

    /// Launches one scenario and waits until its own program runs.
    [[nodiscard]] base::Result<Launched>
    launch(const catalog::Scenario& scenario, const engines::OciRuntime& runtime);

    /// From here on an engine launches: it is found, and gets the image.
    [[nodiscard]] base::Result<engines::RuntimeChoice> useEngine(engines::EngineKind kind);

    /// Launches one scenario as a container of the engine. Unsupported where this engine cannot, in its own
    /// words: the others still may.
    [[nodiscard]] base::Result<Launched> launchByEngine(const catalog::Scenario& scenario);

    /// Removes one container again.
    void remove(const Launched& launched);

    /// Removes everything; says what could not be removed.
    [[nodiscard]] base::Status removeAll();

private:
    struct Bundle;

    [[nodiscard]] base::Result<Bundle>
    prepare(const catalog::Scenario& scenario, const engines::OciRuntime& runtime);
    [[nodiscard]] base::Result<LaunchContext>
    contextOf(const catalog::Scenario& scenario, const std::string& launcher) const;

    Place m_place;
    Machine m_machine;
    LabOptions m_options;
    std::stop_token m_stop;
    RootImage m_image;
    std::uint32_t m_unprivilegedId = 0;
    std::map<std::string, engines::RuntimeCall> m_calls; ///< by container id
    std::optional<EngineRun> m_engine;
    bool m_removed = false;
};

} // namespace bulkhead::lab
