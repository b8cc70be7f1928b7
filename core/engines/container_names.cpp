#include "core/engines/container_names.h"

#include "core/engines/state_folder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace bulkhead::engines {

namespace fs = std::filesystem;
using kernel::KnownContainer;
using Json = nlohmann::json;
using Annotations = std::map<std::string, std::string>;

namespace {

std::string textAt(const Json& json, const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json readJson(const fs::path& folder, const std::string& name) {
    const auto opened = StateFolder::open(folder);
    const auto text = opened ? opened->read(name) : base::Result<OwnedText>(std::unexpected(opened.error()));
    return text ? Json::parse(text->text, nullptr, false) : Json();
}

std::string at(const Annotations& annotations, const char* key) {
    const auto found = annotations.find(key);
    return found == annotations.end() ? std::string() : found->second;
}

/// Annotations of CRI implementations (containerd internal/cri/annotations, cri-o pkg/annotations).
struct PodWords {
    const char* name;
    const char* image;
    const char* pod;
    const char* podName;
    const char* podNamespace;
    std::string_view engine;
};

constexpr std::array kPodWords = {
    PodWords{
        "io.kubernetes.cri.container-name", "io.kubernetes.cri.image-name", "io.kubernetes.cri.sandbox-uid",
        "io.kubernetes.cri.sandbox-name", "io.kubernetes.cri.sandbox-namespace", "containerd"},
    PodWords{
        "io.kubernetes.container.name", "io.kubernetes.cri-o.ImageName", "io.kubernetes.pod.uid",
        "io.kubernetes.pod.name", "io.kubernetes.pod.namespace", "cri-o"},
};

void nameByPod(KnownContainer& container, const Annotations& annotations) {
    for (const PodWords& words : kPodWords) {
        const std::string name = at(annotations, words.name);
        const bool sandbox = at(annotations, "io.kubernetes.cri.container-type") == "sandbox" ||
                             at(annotations, "io.kubernetes.cri-o.ContainerType") == "sandbox";
        const std::string pod = at(annotations, words.pod);
        if (name.empty() && pod.empty()) {
            continue;
        }
        container.engine = words.engine;
        container.name = sandbox && name.empty() ? "sandbox" : name;
        container.image = at(annotations, words.image);
        container.pod = pod;
        container.podName = at(annotations, words.podName);
        const std::string space = at(annotations, words.podNamespace);
        if (!container.podName.empty() && !space.empty()) {
            container.podName.insert(0, space + "/");
        }
        return;
    }
}

/// BUNDLE is STORAGE/ID/userdata; STORAGE/containers.json lists ids, names and, as JSON in a string, images.
void nameByPodman(KnownContainer& container, const std::string& bundle) {
    const Json list = readJson(fs::path(bundle).parent_path().parent_path(), "containers.json");
    if (!list.is_array()) {
        return;
    }
    for (const Json& entry : list) {
        if (textAt(entry, "id") != container.id) {
            continue;
        }
        const auto names = entry.find("names");
        if (names != entry.end() && names->is_array() && !names->empty() && names->front().is_string()) {
            container.name = names->front().get<std::string>();
        }
        const Json metadata = Json::parse(textAt(entry, "metadata"), nullptr, false);
        container.image = metadata.is_object() ? textAt(metadata, "image-name") : std::string();
    }
}

/// Docker mounts DATA/containers/ID/hostname, where ID is this container or the one whose network it joined;
/// its own record lies in DATA/containers.
void nameByDocker(KnownContainer& container, const std::vector<std::string>& mountSources) {
    for (const std::string& source : mountSources) {
        const fs::path containers = fs::path(source).parent_path().parent_path();
        if (containers.filename() != "containers") {
            continue;
        }
        const Json config = readJson(containers / container.id, "config.v2.json");
        const std::string name = textAt(config, "Name");
        if (!name.empty()) {
            container.engine = "docker";
            container.name = name.starts_with('/') ? name.substr(1) : name;
            const auto inner = config.find("Config");
            container.image = inner != config.end() ? textAt(*inner, "Image") : std::string();
            return;
        }
    }
}

} // namespace

void nameContainer(
    KnownContainer& container, const Annotations& annotations, const std::vector<std::string>& mountSources,
    bool mayFollow) {
    const std::string manager = at(annotations, "io.container.manager");
    if (manager == "libpod") {
        container.engine = "podman";
    } else if (manager == "cri-o") {
        container.engine = "cri-o";
    }
    nameByPod(container, annotations);
    if (mayFollow && container.engine == "podman") {
        nameByPodman(container, at(annotations, "bundle"));
    }
    if (mayFollow && container.name.empty()) {
        nameByDocker(container, mountSources);
    }
    container.engine = container.engine.empty() ? container.runtime : container.engine;
    container.name = container.name.empty() ? container.id : container.name;
}

} // namespace bulkhead::engines
