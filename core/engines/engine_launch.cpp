#include "core/engines/engine_launch.h"

#include "core/base/bytes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace bulkhead::engines {

using base::ErrorKind;
using Json = nlohmann::json;

namespace {

/// Starting may take an engine a while on a busy machine.
constexpr EngineBounds kWorkBounds{std::chrono::milliseconds(60000)};

std::string rootOf(const EngineEndpoint& endpoint) {
    return endpoint.engine == EngineKind::podman ? "/v4.0.0/libpod" : "";
}

std::string textOf(const Json& json, const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    const bool text = json.is_object() && found != json.end() && found->is_string();
    return text ? base::textFromBytes(found->get<std::string>()) : std::string();
}

base::Error malformed(const EngineEndpoint& endpoint, const std::string& request) {
    return {
        ErrorKind::malformed, std::string(nameOf(endpoint.engine)) + " at " + endpoint.url + ": " + request +
                                  ": not the JSON that its API documents"};
}

/// Docker answers an import with a line for each step, and with status 200 to one that failed.
base::Result<std::string> importedId(const EngineEndpoint& endpoint, const std::string& answer) {
    std::string id;
    std::size_t from = 0;
    while (from < answer.size()) {
        const std::size_t end = std::min(answer.find('\n', from), answer.size());
        const Json line = Json::parse(answer.substr(from, end - from), nullptr, false);
        if (const std::string error = textOf(line, "error"); !error.empty()) {
            return base::fail(ErrorKind::io, std::string(nameOf(endpoint.engine)) + ": " + error);
        }
        const std::string said = textOf(line, endpoint.engine == EngineKind::podman ? "Id" : "status");
        id = said.starts_with("sha256:") ? said : id;
        from = end + 1;
    }
    return id.empty() ? std::unexpected(malformed(endpoint, "the import of an image"))
                      : base::Result<std::string>(id);
}

void addObjects(const Json& list, EngineObjectKind kind, std::vector<EngineObject>& out) {
    for (const Json& entry : list) {
        EngineObject object{kind, textOf(entry, "Id"), {}};
        const auto labels = entry.is_object() ? entry.find("Labels") : entry.end();
        if (object.id.empty() || labels == entry.end() || !labels->is_object()) {
            continue;
        }
        for (const auto& [key, value] : labels->items()) {
            object.labels[base::textFromBytes(key)] =
                value.is_string() ? base::textFromBytes(value.get<std::string>()) : "";
        }
        out.push_back(std::move(object));
    }
}

} // namespace

base::Result<std::string> importImage(
    const EngineEndpoint& endpoint, std::string archive, const std::string& reference,
    const std::map<std::string, std::string>& labels, const std::stop_token& stop) {
    const auto colon = reference.rfind(':');
    std::string changes;
    for (const auto& [key, value] : labels) {
        changes += "&changes=" + pathSegment(fmt::format("LABEL {}={}", key, value));
    }
    const std::string path =
        endpoint.engine == EngineKind::podman
            ? rootOf(endpoint) + "/images/import?reference=" + pathSegment(reference) + changes
            : "/images/create?fromSrc=-&repo=" + pathSegment(reference.substr(0, colon)) +
                  "&tag=" + pathSegment(reference.substr(colon + 1)) + changes;
    const auto answer =
        callEngine(endpoint, {"POST", path, std::move(archive), "application/x-tar"}, kWorkBounds, stop);
    return answer ? importedId(endpoint, *answer) : answer;
}

base::Result<CreatedContainer> createContainer(
    const EngineEndpoint& endpoint, const std::string& name, std::string body, const std::stop_token& stop) {
    const std::string path = rootOf(endpoint) + "/containers/create?name=" + pathSegment(name);
    const auto answer =
        callEngine(endpoint, {"POST", path, std::move(body), "application/json"}, kWorkBounds, stop);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const Json json = Json::parse(*answer, nullptr, false);
    CreatedContainer created{textOf(json, "Id"), {}};
    if (created.id.empty()) {
        return std::unexpected(malformed(endpoint, "POST " + path));
    }
    if (const auto warnings = json.find("Warnings"); warnings != json.end() && warnings->is_array()) {
        for (const Json& warning : *warnings) {
            if (warning.is_string()) {
                created.warnings.push_back(base::textFromBytes(warning.get<std::string>()));
            }
        }
    }
    return created;
}

base::Status
startContainer(const EngineEndpoint& endpoint, const std::string& id, const std::stop_token& stop) {
    const std::string path = rootOf(endpoint) + "/containers/" + pathSegment(id) + "/start";
    const auto answer = callEngine(endpoint, {"POST", path, "", ""}, kWorkBounds, stop);
    return answer ? base::Status{} : std::unexpected(answer.error());
}

base::Result<std::vector<EngineObject>>
labelledObjects(const EngineEndpoint& endpoint, const std::string& label, const EngineBounds& bounds) {
    const std::string filters = "filters=" + pathSegment(Json{{"label", {label}}}.dump());
    std::vector<EngineObject> out;
    for (const auto& [kind, path] :
         {std::pair{EngineObjectKind::container, "/containers/json?all=true&" + filters},
          std::pair{EngineObjectKind::image, "/images/json?" + filters}}) {
        const auto answer = askEngine(endpoint, rootOf(endpoint) + path, bounds);
        if (!answer) {
            return std::unexpected(answer.error());
        }
        // Podman says null for no container
        const Json json = Json::parse(*answer, nullptr, false);
        if (!json.is_array() && !json.is_null()) {
            return std::unexpected(malformed(endpoint, "GET " + path));
        }
        addObjects(json, kind, out);
    }
    return out;
}

base::Status removeObject(const EngineEndpoint& endpoint, const EngineObject& object) {
    const bool container = object.kind == EngineObjectKind::container;
    std::string path =
        rootOf(endpoint) + (container ? "/containers/" : "/images/") + pathSegment(object.id) + "?force=true";
    path += container ? "&v=true" : "";
    path += container && endpoint.engine == EngineKind::podman ? "&timeout=0" : "";
    const auto answer = callEngine(endpoint, {"DELETE", path, "", ""}, kWorkBounds, {});
    const bool gone = answer || answer.error().kind == ErrorKind::notFound;
    return gone ? base::Status{} : std::unexpected(answer.error());
}

} // namespace bulkhead::engines
