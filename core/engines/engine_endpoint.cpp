#include "core/engines/engine_endpoint.h"

#include "core/base/sha256.h"
#include "core/os/fd.h"
#include "core/os/file.h"

#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace bulkhead::engines {

namespace fs = std::filesystem;
using base::ErrorKind;
using Json = nlohmann::json;

namespace {

using Endpoints = base::Result<std::vector<EngineEndpoint>>;

constexpr std::size_t kMaxSettingsFile = 1024UL * 1024;

std::string variable(const EngineSettings& settings, const std::string& name) {
    const auto found = settings.variables.find(name);
    return found == settings.variables.end() ? std::string() : found->second;
}

/// A file of settings; nullopt where there is none.
base::Result<std::optional<Json>> readSettings(const fs::path& file) {
    const auto text = os::readFile(file, kMaxSettingsFile);
    if (!text) {
        return text.error().kind == ErrorKind::notFound ? base::Result<std::optional<Json>>(std::nullopt)
                                                        : std::unexpected(text.error());
    }
    Json json = Json::parse(*text, nullptr, false);
    if (json.is_discarded()) {
        return base::fail(ErrorKind::malformed, file.string() + ": not JSON");
    }
    return std::optional(std::move(json));
}

/// The text at a path of keys; empty where any of them is missing.
std::string textAt(const Json& json, std::initializer_list<const char*> keys) {
    const Json* at = &json;
    for (const char* key : keys) {
        const auto found = at->is_object() ? at->find(key) : at->end();
        if (found == at->end()) {
            return {};
        }
        at = &*found;
    }
    return at->is_string() ? at->get<std::string>() : std::string();
}

fs::path dockerFolder(const EngineSettings& settings) {
    const std::string named = variable(settings, "DOCKER_CONFIG");
    return named.empty() ? settings.home / ".docker" : fs::path(named);
}

/// Docker keeps each context in a folder named by the digest of its name (docker/cli cli/context/store).
Endpoints ofContext(const EngineSettings& settings, const std::string& context, const std::string& saidBy) {
    const fs::path file = dockerFolder(settings) / "contexts/meta" / base::sha256(context) / "meta.json";
    const auto json = readSettings(file);
    if (!json) {
        return std::unexpected(json.error());
    }
    const std::string host = *json ? textAt(**json, {"Endpoints", "docker", "Host"}) : std::string();
    if (host.empty()) {
        return base::fail(
            ErrorKind::malformed, file.string() + ": Endpoints.docker.Host: context " + context + " (" +
                                      saidBy + ") has no address; docker context ls names those that do");
    }
    return std::vector{EngineEndpoint{EngineKind::docker, host, "context " + context + " of " + saidBy}};
}

/// The sockets of a list that exist.
std::vector<EngineEndpoint> existing(EngineKind kind, const std::vector<fs::path>& places) {
    std::vector<EngineEndpoint> found;
    for (const fs::path& place : places) {
        std::error_code error;
        if (fs::exists(place, error)) {
            found.push_back({kind, "unix://" + place.string(), "the usual place"});
        }
    }
    return found;
}

/// The folder of a user's own sockets (XDG_RUNTIME_DIR, else /run/user/UID).
fs::path runtimeFolder(const EngineSettings& settings) {
    const std::string named = variable(settings, "XDG_RUNTIME_DIR");
    return named.empty() ? settings.root / "run/user" / std::to_string(settings.uid) : fs::path(named);
}

Endpoints dockerEndpoints(const EngineSettings& settings) {
    if (const std::string host = variable(settings, "DOCKER_HOST"); !host.empty()) {
        return std::vector{EngineEndpoint{EngineKind::docker, host, "DOCKER_HOST"}};
    }
    if (const std::string named = variable(settings, "DOCKER_CONTEXT");
        !named.empty() && named != "default") {
        return ofContext(settings, named, "DOCKER_CONTEXT");
    }
    const fs::path config = dockerFolder(settings) / "config.json";
    const auto json = readSettings(config);
    if (!json) {
        return std::unexpected(json.error());
    }
    const std::string current = *json ? textAt(**json, {"currentContext"}) : std::string();
    if (!current.empty() && current != "default" && variable(settings, "DOCKER_CONTEXT").empty()) {
        return ofContext(settings, current, config.string());
    }
    return existing(
        EngineKind::docker, {settings.root / "run/docker.sock", runtimeFolder(settings) / "docker.sock"});
}

/// Podman keeps connections in one file, the default one by name (podman-connections.json, since 4.8).
Endpoints ofConnection(const EngineSettings& settings, const fs::path& file, const Json& json) {
    std::string name = variable(settings, "CONTAINER_CONNECTION");
    name = name.empty() ? textAt(json, {"Connection", "Default"}) : name;
    if (name.empty()) {
        return std::vector<EngineEndpoint>();
    }
    const std::string url = textAt(json, {"Connection", "Connections", name.c_str(), "URI"});
    if (url.empty()) {
        return base::fail(
            ErrorKind::malformed,
            file.string() + ": Connection.Connections." + name +
                ".URI: no address; podman system connection list names those there are");
    }
    return std::vector{
        EngineEndpoint{EngineKind::podman, url, "connection " + name + " of " + file.string()}};
}

Endpoints podmanEndpoints(const EngineSettings& settings) {
    if (const std::string host = variable(settings, "CONTAINER_HOST"); !host.empty()) {
        return std::vector{EngineEndpoint{EngineKind::podman, host, "CONTAINER_HOST"}};
    }
    const std::string configured = variable(settings, "XDG_CONFIG_HOME");
    const fs::path folder = configured.empty() ? settings.home / ".config" : fs::path(configured);
    const fs::path file = folder / "containers/podman-connections.json";
    const auto json = readSettings(file);
    if (!json) {
        return std::unexpected(json.error());
    }
    if (*json) {
        auto named = ofConnection(settings, file, **json);
        if (!named || !named->empty()) {
            return named;
        }
    }
    return existing(
        EngineKind::podman,
        {settings.root / "run/podman/podman.sock", runtimeFolder(settings) / "podman/podman.sock"});
}

} // namespace

std::string_view nameOf(EngineKind kind) {
    return kind == EngineKind::docker ? "docker" : "podman";
}

std::string EngineEndpoint::socketPath() const {
    constexpr std::string_view kScheme = "unix://";
    return url.starts_with(kScheme) ? url.substr(kScheme.size()) : std::string();
}

EngineSettings EngineSettings::ofThisProcess() {
    EngineSettings settings;
    constexpr std::array kNames = {"DOCKER_HOST",    "DOCKER_CONTEXT",  "DOCKER_CONFIG",
                                   "CONTAINER_HOST", "XDG_RUNTIME_DIR", "CONTAINER_CONNECTION",
                                   "XDG_CONFIG_HOME"};
    for (const char* name : kNames) {
        if (const char* value = std::getenv(name)) {
            settings.variables[name] = value;
        }
    }
    settings.uid = ::geteuid();
    if (const char* home = std::getenv("HOME")) {
        settings.home = home;
    }
    return settings;
}

std::optional<std::int64_t> listenerOf(const EngineEndpoint& endpoint) {
    const std::string path = endpoint.socketPath();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const os::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (path.empty() || path.size() >= sizeof address.sun_path || !socket.valid()) {
        return std::nullopt;
    }
    path.copy(static_cast<char*>(address.sun_path), path.size());
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool told =
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    return told && peer.pid > 0 ? std::optional<std::int64_t>(peer.pid) : std::nullopt;
}

base::Result<std::vector<EngineEndpoint>> findEndpoints(EngineKind kind, const EngineSettings& settings) {
    return kind == EngineKind::docker ? dockerEndpoints(settings) : podmanEndpoints(settings);
}

} // namespace bulkhead::engines
