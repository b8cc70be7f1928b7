#pragma once

#include "core/base/error.h"
#include "core/engines/engine_api.h"
#include "core/engines/engine_endpoint.h"

#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::engines {

/// Imports a tar archive of a root file system as an image "NAME:TAG" with these labels; its id.
[[nodiscard]] base::Result<std::string> importImage(
    const EngineEndpoint& endpoint, std::string archive, const std::string& reference,
    const std::map<std::string, std::string>& labels, const std::stop_token& stop);

/// A container that an engine made, and what it had to say about it.
struct CreatedContainer {
    std::string id;
    std::vector<std::string> warnings;
};

/// Makes a container from the body of a create request: Docker's of /containers/create, Podman's of
/// /libpod/containers/create, which holds the name too.
[[nodiscard]] base::Result<CreatedContainer> createContainer(
    const EngineEndpoint& endpoint, const std::string& name, std::string body, const std::stop_token& stop);

/// Starts it. The engine's own words where it cannot.
[[nodiscard]] base::Status
startContainer(const EngineEndpoint& endpoint, const std::string& id, const std::stop_token& stop);

enum class EngineObjectKind { container, image };

/// A container or an image of an engine, in any state, by its labels.
struct EngineObject {
    EngineObjectKind kind = EngineObjectKind::container;
    std::string id;
    std::map<std::string, std::string> labels;
};

/// The containers, then the images, that have a label "KEY" or "KEY=VALUE".
[[nodiscard]] base::Result<std::vector<EngineObject>>
labelledObjects(const EngineEndpoint& endpoint, const std::string& label, const EngineBounds& bounds = {});

/// Kills and removes it. Something that is gone already is removed. Cannot be interrupted.
[[nodiscard]] base::Status removeObject(const EngineEndpoint& endpoint, const EngineObject& object);

} // namespace bulkhead::engines
