#pragma once

#include "core/engines/engine_api.h"
#include "core/engines/engine_endpoint.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bulkhead::engines {

/// A container as its engine accounts for it: a claim, like everything an engine says.
struct EngineContainer {
    std::string id; ///< 64 hex digits
    std::string name;
    std::string image;       ///< as it was asked for: "nginx:1.25"
    std::string imageDigest; ///< of its configuration: "sha256:..."
    std::string status;      ///< running, paused, exited, created, ...
    std::string runtime;     ///< runc, crun; empty where the engine does not say
    std::string pod;         ///< Podman's pod id; empty: none
    std::int64_t pid = 0;    ///< in the engine's pid namespace; 0: not running

    [[nodiscard]] bool hasProcess() const { return pid > 0; }

    bool operator==(const EngineContainer&) const = default;
};

/// One container and what `inspect` prints for it.
struct InspectedContainer {
    EngineContainer container;
    std::string document; ///< JSON, one object
};

/// By name, id or a beginning of the id, as the engine resolves it. NotFound in the engine's words, Malformed
/// for an answer that is not what the API documents; else as askEngine.
[[nodiscard]] base::Result<InspectedContainer>
inspectContainer(const EngineEndpoint& endpoint, const std::string& name, const EngineBounds& bounds = {});

/// Those that run, paused ones included, in the engine's order.
[[nodiscard]] base::Result<std::vector<EngineContainer>>
runningContainers(const EngineEndpoint& endpoint, const EngineBounds& bounds = {});

/// The process that has the container's pid here is in control groups named by its id: engines on other
/// machines and in virtual machines count pids of another kernel.
[[nodiscard]] bool controlGroupsName(const EngineContainer& container);

/// The ids of the running containers of a pod, by its name or id. Podman's alone; errors as
/// inspectContainer.
[[nodiscard]] base::Result<std::vector<std::string>>
podContainers(const EngineEndpoint& endpoint, const std::string& pod, const EngineBounds& bounds = {});

} // namespace bulkhead::engines
