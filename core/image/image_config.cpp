#include "core/base/bytes.h"
#include "core/image/read_image.h"
#include "core/image/secret_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bulkhead::image {

using Json = nlohmann::json;

namespace {

constexpr std::size_t kMost = 10'000;

/// A list of texts, or nothing; false where it is something else.
bool takeTexts(const Json& map, const char* key, std::vector<std::string>& out) {
    const auto found = map.find(key);
    if (found == map.end() || found->is_null()) {
        return true;
    }
    if (!found->is_array() || found->size() > kMost) {
        return false;
    }
    for (const Json& item : *found) {
        if (!item.is_string()) {
            return false;
        }
        out.push_back(base::textFromBytes(item.get<std::string>()));
    }
    return true;
}

bool takeText(const Json& map, const char* key, std::string& out) {
    const auto found = map.find(key);
    if (found == map.end() || found->is_null()) {
        return true;
    }
    out = found->is_string() ? base::textFromBytes(found->get<std::string>()) : "";
    return found->is_string();
}

/// Names of a map, whatever their values.
bool takeNames(const Json& map, const char* key, std::vector<std::string>& out) {
    const auto found = map.find(key);
    if (found == map.end() || found->is_null()) {
        return true;
    }
    if (!found->is_object() || found->size() > kMost) {
        return false;
    }
    for (const auto& [name, value] : found->items()) {
        out.push_back(base::textFromBytes(name));
    }
    return true;
}

/// Names of the environment alone, and the folders of PATH, which is no secret.
void takePath(ImageFacts& out) {
    constexpr std::string_view kUsual = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    std::string path(kUsual);
    for (std::string& variable : out.environment) {
        path = variable.starts_with("PATH=") ? variable : path;
        variable = variable.substr(0, variable.find('='));
    }
    for (std::size_t at = 5; at < path.size();) {
        const auto end = std::min(path.find(':', at), path.size());
        if (path[at] == '/') {
            out.programFolders.push_back(path.substr(at, end - at));
        }
        at = end + 1;
    }
}

bool takeHistory(const Json& top, ImageFacts& out) {
    const auto found = top.find("history");
    if (found == top.end() || found->is_null()) {
        return true;
    }
    if (!found->is_array() || found->size() > kMost) {
        return false;
    }
    for (const Json& step : *found) {
        const auto text = step.is_object() ? step.find("created_by") : step.end();
        if (step.is_object() && text != step.end() && text->is_string()) {
            for (std::string& name : secretArguments(text->get_ref<const std::string&>())) {
                out.secretArguments.push_back(base::textFromBytes(name));
            }
        }
    }
    std::ranges::sort(out.secretArguments);
    out.secretArguments.erase(std::ranges::unique(out.secretArguments).begin(), out.secretArguments.end());
    return true;
}

} // namespace

base::Result<ImageFacts> parseImageConfig(std::string_view json, const std::string& name) {
    const auto refuse = [&](const std::string& field) {
        return base::fail(base::ErrorKind::malformed, name + ": " + field + ": not what an image says there");
    };
    const Json top = Json::parse(json, nullptr, false);
    if (!top.is_object()) {
        return base::fail(base::ErrorKind::malformed, name + ": not JSON, or no map");
    }
    ImageFacts out;
    if (!takeText(top, "architecture", out.architecture)) {
        return refuse("architecture");
    }
    const Json none = Json::object();
    const auto found = top.find("config");
    const Json& config = found == top.end() || found->is_null() ? none : *found;
    const auto rootfs = top.find("rootfs");
    if (!config.is_object()) {
        return refuse("config");
    }
    if (rootfs == top.end() || !rootfs->is_object() || !takeTexts(*rootfs, "diff_ids", out.layers)) {
        return refuse("rootfs.diff_ids");
    }
    if (!takeText(config, "User", out.user)) {
        return refuse("config.User");
    }
    if (!takeTexts(config, "Env", out.environment)) {
        return refuse("config.Env");
    }
    takePath(out);
    if (!takeTexts(config, "Entrypoint", out.entrypoint)) {
        return refuse("config.Entrypoint");
    }
    if (!takeNames(config, "Labels", out.labels)) {
        return refuse("config.Labels");
    }
    if (!takeNames(config, "Volumes", out.volumes)) {
        return refuse("config.Volumes");
    }
    if (!takeHistory(top, out)) {
        return refuse("history");
    }
    return out;
}

} // namespace bulkhead::image
