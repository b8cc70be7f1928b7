#include "core/engines/engine_containers.h"

#include "core/kernel/cgroup_origin.h"
#include "core/os/file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace bulkhead::engines {

using base::ErrorKind;
using Json = nlohmann::json;

namespace {

/// Podman's own API ("libpod") says what `podman inspect` says; its Docker-compatible one leaves half out.
std::string apiRoot(EngineKind kind) {
    return kind == EngineKind::podman ? "/v4.0.0/libpod" : "";
}

/// Answers of an engine that the API documents as an object or an array; anything else is Malformed.
base::Result<Json> askJson(
    const EngineEndpoint& endpoint, const std::string& path, Json::value_t type, const EngineBounds& bounds) {
    const std::string whole = apiRoot(endpoint.engine) + path;
    const auto text = askEngine(endpoint, whole, bounds);
    if (!text) {
        return std::unexpected(text.error());
    }
    Json json = Json::parse(*text, nullptr, false);
    if (json.type() != type) {
        return base::fail(
            ErrorKind::malformed, std::string(nameOf(endpoint.engine)) + " at " + endpoint.url + ": GET " +
                                      whole + ": not the JSON " +
                                      (type == Json::value_t::array ? "array" : "object") +
                                      " that its API documents");
    }
    return json;
}

const Json& memberOf(const Json& json, const char* key) {
    static const Json kNothing;
    const auto found = json.is_object() ? json.find(key) : json.end();
    return json.is_object() && found != json.end() ? *found : kNothing;
}

std::string textOf(const Json& json) {
    return json.is_string() ? json.get<std::string>() : std::string();
}

std::int64_t numberOf(const Json& json) {
    return json.is_number_integer() ? json.get<std::int64_t>() : 0;
}

/// Docker writes names with a slash in front.
std::string nameWithoutSlash(const std::string& name) {
    return name.starts_with('/') ? name.substr(1) : name;
}

/// Both APIs agree on these; Docker has Image for the digest and Config.Image for what was asked, Podman
/// Image for the digest and ImageName.
EngineContainer containerOf(const Json& json, EngineKind kind) {
    EngineContainer container;
    container.id = textOf(memberOf(json, "Id"));
    container.name = nameWithoutSlash(textOf(memberOf(json, "Name")));
    const bool podman = kind == EngineKind::podman;
    container.image =
        textOf(podman ? memberOf(json, "ImageName") : memberOf(memberOf(json, "Config"), "Image"));
    container.imageDigest = textOf(memberOf(json, "Image"));
    container.status = textOf(memberOf(memberOf(json, "State"), "Status"));
    const std::string runtime =
        textOf(podman ? memberOf(json, "OCIRuntime") : memberOf(memberOf(json, "HostConfig"), "Runtime"));
    container.runtime = runtime.substr(runtime.rfind('/') + 1); // Podman names one by its path too
    container.pod = podman ? textOf(memberOf(json, "Pod")) : std::string();
    container.pid = numberOf(memberOf(memberOf(json, "State"), "Pid"));
    return container;
}

bool isId(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Lines of /proc/PID/cgroup, "4:memory:/docker/ID" (cgroups(7)); the path may hold colons.
std::string_view pathOfLine(std::string_view line) {
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    return second == std::string_view::npos ? std::string_view() : line.substr(second + 1);
}

} // namespace

bool controlGroupsName(const EngineContainer& container) {
    const auto text = os::readFile("/proc/" + std::to_string(container.pid) + "/cgroup");
    if (!text) {
        return false;
    }
    std::string_view rest = *text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto origins = kernel::originsOf(pathOfLine(rest.substr(0, end)));
        if (std::ranges::any_of(origins, [&](const auto& origin) { return origin.id == container.id; })) {
            return true;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

base::Result<InspectedContainer>
inspectContainer(const EngineEndpoint& endpoint, const std::string& name, const EngineBounds& bounds) {
    const std::string path = "/containers/" + pathSegment(name) + "/json";
    auto json = askJson(endpoint, path, Json::value_t::object, bounds);
    if (!json) {
        return std::unexpected(json.error());
    }
    InspectedContainer inspected{containerOf(*json, endpoint.engine), json->dump()};
    if (!isId(inspected.container.id)) {
        return base::fail(
            ErrorKind::malformed, std::string(nameOf(endpoint.engine)) + " at " + endpoint.url + ": GET " +
                                      path + ": Id: expected 64 hexadecimal digits");
    }
    return inspected;
}

base::Result<std::vector<EngineContainer>>
runningContainers(const EngineEndpoint& endpoint, const EngineBounds& bounds) {
    const auto list = askJson(endpoint, "/containers/json", Json::value_t::array, bounds);
    if (!list) {
        return std::unexpected(list.error());
    }
    std::vector<EngineContainer> containers;
    for (const Json& entry : *list) {
        // the list has no pids at Docker; a container that went away since is none that runs
        auto one = inspectContainer(endpoint, textOf(memberOf(entry, "Id")), bounds);
        if (one && one->container.hasProcess()) {
            containers.push_back(std::move(one->container));
        } else if (!one && one.error().kind != ErrorKind::notFound) {
            return std::unexpected(one.error());
        }
    }
    return containers;
}

base::Result<std::vector<std::string>>
podContainers(const EngineEndpoint& endpoint, const std::string& pod, const EngineBounds& bounds) {
    const auto json = askJson(endpoint, "/pods/" + pathSegment(pod) + "/json", Json::value_t::object, bounds);
    if (!json) {
        return std::unexpected(json.error());
    }
    std::vector<std::string> ids;
    for (const Json& member : memberOf(*json, "Containers")) {
        const std::string id = textOf(memberOf(member, "Id"));
        if (isId(id) && textOf(memberOf(member, "State")) == "running") {
            ids.push_back(id);
        }
    }
    return ids;
}

} // namespace bulkhead::engines
