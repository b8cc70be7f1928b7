#include "core/engines/engine_info.h"

#include "core/base/bytes.h"
#include "core/engines/oci_runtime.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bulkhead::engines {

using base::ErrorKind;
using Json = nlohmann::json;

namespace {

constexpr std::string_view kPodmanInfo = "/v4.0.0/libpod/info";

const Json& memberOf(const Json& json, const char* key) {
    static const Json kNothing;
    const auto found = json.is_object() ? json.find(key) : json.end();
    return json.is_object() && found != json.end() ? *found : kNothing;
}

std::string textOf(const Json& json) {
    return json.is_string() ? base::textFromBytes(json.get<std::string>()) : std::string();
}

std::string lastPart(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

/// The options read "name=seccomp,profile=default", "name=rootless", "name=userns".
bool hasOption(const Json& options, std::string_view name) {
    return options.is_array() && std::ranges::any_of(options, [&](const Json& option) {
               const std::string text = textOf(option);
               return text.substr(0, text.find(',')) == "name=" + std::string(name);
           });
}

std::string componentVersion(const Json& components, const std::string& name) {
    if (components.is_array()) {
        for (const Json& component : components) {
            if (textOf(memberOf(component, "Name")) == name) {
                return textOf(memberOf(component, "Version"));
            }
        }
    }
    return "";
}

} // namespace

base::Result<EngineInfo> parseDockerInfo(std::string_view info, std::string_view version) {
    const Json json = Json::parse(info, nullptr, false);
    if (!json.is_object()) {
        return base::fail(ErrorKind::malformed, "GET /info: not the JSON object that its API documents");
    }
    EngineInfo out;
    out.version = textOf(memberOf(json, "ServerVersion"));
    const Json& options = memberOf(json, "SecurityOptions");
    out.rootless = hasOption(options, "rootless");
    // an engine without security options says null; one too old for the field leaves it out
    if (json.contains("SecurityOptions")) {
        out.usernsRemap = hasOption(options, "userns");
    }
    out.runtime = lastPart(textOf(memberOf(json, "DefaultRuntime")));
    const Json components = Json::parse(version, nullptr, false);
    out.runtimeVersion = componentVersion(memberOf(components, "Components"), out.runtime);
    return out;
}

base::Result<EngineInfo> parsePodmanInfo(std::string_view info) {
    const Json json = Json::parse(info, nullptr, false);
    if (!json.is_object()) {
        return base::fail(
            ErrorKind::malformed,
            "GET " + std::string(kPodmanInfo) + ": not the JSON object that its API documents");
    }
    EngineInfo out;
    out.version = textOf(memberOf(memberOf(json, "version"), "Version"));
    const Json& host = memberOf(json, "host");
    const Json& rootless = memberOf(memberOf(host, "security"), "rootless");
    out.rootless = rootless.is_boolean() && rootless.get<bool>();
    out.usernsRemap = false; // Podman maps by container, or because it is rootless
    const Json& runtime = memberOf(host, "ociRuntime");
    out.runtime = lastPart(textOf(memberOf(runtime, "name")));
    const Json& said = memberOf(runtime, "version"); // what `runc --version` prints, with its line breaks
    out.runtimeVersion =
        parseRuntimeVersion(said.is_string() ? said.get<std::string>() : "", out.runtime).version;
    return out;
}

std::string engineAsked(EngineKind engine, const EngineInfo& info) {
    const std::string version = info.version.empty() ? "" : "@" + info.version;
    const std::string users = info.rootless                   ? ",rootless"
                              : !info.usernsRemap.has_value() ? ""
                              : *info.usernsRemap             ? ",userns-remap"
                                                              : ",rootful";
    return std::string(nameOf(engine)) + version + users;
}

base::Result<EngineInfo> readEngineInfo(const EngineEndpoint& endpoint, const EngineBounds& bounds) {
    const bool podman = endpoint.engine == EngineKind::podman;
    const auto info = askEngine(endpoint, podman ? std::string(kPodmanInfo) : "/info", bounds);
    if (!info) {
        return std::unexpected(info.error());
    }
    const auto version = podman ? base::Result<std::string>() : askEngine(endpoint, "/version", bounds);
    auto parsed = podman ? parsePodmanInfo(*info) : parseDockerInfo(*info, version.value_or(""));
    if (!parsed) {
        return std::unexpected(
            parsed.error().in(std::string(nameOf(endpoint.engine)) + " at " + endpoint.url));
    }
    return parsed;
}

} // namespace bulkhead::engines
