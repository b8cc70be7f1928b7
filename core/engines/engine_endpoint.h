#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::engines {

/// The engines that answer over an API.
enum class EngineKind { docker, podman };

/// "docker", "podman": the word before the colon of a reference.
[[nodiscard]] std::string_view nameOf(EngineKind kind);

/// Where an engine listens, and who says so.
struct EngineEndpoint {
    EngineKind engine = EngineKind::docker;
    std::string url;     ///< "unix:///run/docker.sock", "tcp://10.0.0.5:2375"
    std::string namedBy; ///< "DOCKER_HOST", "context lab of /root/.docker/config.json", "the usual place"

    /// The path of a Unix socket; empty for any other kind of address.
    [[nodiscard]] std::string socketPath() const;

    bool operator==(const EngineEndpoint&) const = default;
};

/// What decides where a user's engines are: the environment of the process, taken as an argument.
struct EngineSettings {
    std::map<std::string, std::string> variables; ///< DOCKER_HOST, XDG_RUNTIME_DIR, ...
    std::filesystem::path home;
    std::filesystem::path root = "/"; ///< below which the usual places are looked for
    std::uint32_t uid = 0;

    /// Of this process.
    [[nodiscard]] static EngineSettings ofThisProcess();
};

/// Where an engine may listen, the likeliest first. What the user named is the only place: DOCKER_HOST,
/// DOCKER_CONTEXT, the current context of config.json (docker(1)); CONTAINER_HOST, CONTAINER_CONNECTION, the
/// default of podman-connections.json (podman-system-connection(1)). Else the sockets that exist at the usual
/// places, root's and the user's own. Malformed names file and field of a context that cannot be read.
[[nodiscard]] base::Result<std::vector<EngineEndpoint>>
findEndpoints(EngineKind kind, const EngineSettings& settings);

/// The process that listens on an endpoint's Unix socket, in our numbering (unix(7), SO_PEERCRED); nullopt
/// where there is none, or none of this pid namespace.
[[nodiscard]] std::optional<std::int64_t> listenerOf(const EngineEndpoint& endpoint);

} // namespace bulkhead::engines
