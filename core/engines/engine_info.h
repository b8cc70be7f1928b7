#pragma once

#include "core/base/error.h"
#include "core/engines/engine_api.h"
#include "core/engines/engine_endpoint.h"

#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::engines {

/// What an engine says of itself, as far as the boundary of its containers depends on it.
struct EngineInfo {
    std::string version;             ///< "20.10.24"; empty: it does not say
    bool rootless = false;           ///< run by an unprivileged user
    std::optional<bool> usernsRemap; ///< it maps the ids of every container; absent: it does not say
    std::string runtime;             ///< the OCI runtime that it starts by default
    std::string runtimeVersion;

    bool operator==(const EngineInfo&) const = default;
};

/// From `GET /info` and, for Docker, `GET /version`. Errors as askEngine; Malformed for an answer that is not
/// what the API documents.
[[nodiscard]] base::Result<EngineInfo>
readEngineInfo(const EngineEndpoint& endpoint, const EngineBounds& bounds = {});

/// Docker's /info and /version: SecurityOptions holds name=rootless and name=userns, Components the runtime.
[[nodiscard]] base::Result<EngineInfo> parseDockerInfo(std::string_view info, std::string_view version);

/// Podman's /libpod/info: host.security.rootless, host.ociRuntime, version.
[[nodiscard]] base::Result<EngineInfo> parsePodmanInfo(std::string_view info);

/// The engine as a configuration is resolved for it (`--as`): its name, its version, and what it makes of the
/// users of all its containers, of which their own documents say nothing: "docker@20.10.24,userns-remap".
[[nodiscard]] std::string engineAsked(EngineKind engine, const EngineInfo& info);

} // namespace bulkhead::engines
