#include "core/base/bytes.h"
#include "core/image/read_image.h"

#include <algorithm>
#include <array>
#include <cctype>
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
    for (std::string& variable : out.environment) {
        variable = variable.substr(0, variable.find('='));
    }
    if (!takeTexts(config, "Entrypoint", out.entrypoint)) {
        return refuse("config.Entrypoint");
    }
    if (!takeNames(config, "Labels", out.labels)) {
        return refuse("config.Labels");
    }
    return out;
}

std::vector<std::string> secretNames(const std::vector<std::string>& names) {
    constexpr std::array<std::string_view, 12> kSigns = {
        "PASSWORD", "PASSWD",     "PASSPHRASE",  "SECRET",     "TOKEN", "APIKEY",
        "API_KEY",  "ACCESS_KEY", "PRIVATE_KEY", "CREDENTIAL", "_PWD",  "_PASS"};
    std::vector<std::string> out;
    for (const std::string& name : names) {
        std::string upper = name;
        std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
        if (std::ranges::any_of(kSigns, [&](std::string_view sign) { return upper.contains(sign); })) {
            out.push_back(name);
        }
    }
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
}

} // namespace bulkhead::image
