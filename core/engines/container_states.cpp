#include "core/engines/container_states.h"

#include "core/engines/container_names.h"
#include "core/engines/state_folder.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace bulkhead::engines {

namespace fs = std::filesystem;
using base::ErrorKind;
using kernel::KnownContainer;
using Json = nlohmann::json;

namespace {

/// Of our own lab: a folder a run, and in it one for each scenario, "default-runc".
constexpr std::string_view kLab = "bulkhead/lab/*/*";

/// State folders of root's runtimes; "*" stands for every entry.
constexpr std::array<std::string_view, 9> kRootFolders = {
    "runc",
    "crun",
    "youki",
    "docker/runtime-runc/*",
    "docker/runtime-crun/*",
    "containerd/runc/*",
    "containerd/crun/*",
    "docker/containerd/runc/*",
    kLab};

/// Those of a user, below /run/user/UID.
constexpr std::array<std::string_view, 5> kUserFolders = {
    "runc", "crun", "youki", "docker/runtime-runc/*", kLab};

template <class T>
std::optional<T> numberAt(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_integer() && *found >= 0 ? std::optional(found->get<T>())
                                                                            : std::nullopt;
}

std::string textAt(const Json& json, const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// runc keeps annotations as "key=value" beside "bundle=/path"; youki as an object.
std::map<std::string, std::string> annotationsOf(const Json& json) {
    std::map<std::string, std::string> out;
    const auto config = json.find("config");
    const auto labels = config != json.end() && config->is_object() ? config->find("labels") : json.end();
    if (config != json.end() && config->is_object() && labels != config->end() && labels->is_array()) {
        for (const Json& label : *labels) {
            const std::string text = label.is_string() ? label.get<std::string>() : std::string();
            if (const auto equals = text.find('='); equals != std::string::npos) {
                out[text.substr(0, equals)] = text.substr(equals + 1);
            }
        }
    }
    const auto annotations = json.find("annotations");
    if (annotations != json.end() && annotations->is_object()) {
        for (const auto& [key, value] : annotations->items()) {
            out[key] = value.is_string() ? value.get<std::string>() : std::string();
        }
    }
    if (const std::string bundle = textAt(json, "bundle"); !bundle.empty()) {
        out["bundle"] = bundle;
    }
    return out;
}

/// Sources of the mounts that Docker makes from its own folder of the container.
std::vector<std::string> mountSourcesOf(const Json& json) {
    std::vector<std::string> sources;
    const auto config = json.find("config");
    const auto mounts = config != json.end() && config->is_object() ? config->find("mounts") : json.end();
    if (config == json.end() || !config->is_object() || mounts == config->end() || !mounts->is_array()) {
        return sources;
    }
    for (const Json& mount : *mounts) {
        sources.push_back(textAt(mount, "source"));
    }
    return sources;
}

base::Result<KnownContainer> malformed(const fs::path& file, std::string_view what) {
    return base::fail(ErrorKind::malformed, file.string() + ": " + std::string(what));
}

/// What a state file says beyond pid and start: where the engine keeps its own record.
struct StateHints {
    std::map<std::string, std::string> annotations;
    std::vector<std::string> mountSources;
};

base::Result<KnownContainer> takeState(const Json& json, const fs::path& file, StateHints& hints) {
    KnownContainer container;
    container.source = file.string();
    container.id = file.parent_path().filename().string();
    const bool crun = file.filename() == "status";
    const bool youki = json.contains("ociVersion");
    container.runtime = crun ? "crun" : youki ? "youki" : "runc";
    const char* pidKey = crun || youki ? "pid" : "init_process_pid";
    const auto pid = numberAt<std::int64_t>(json, pidKey);
    if (!pid && !youki) {
        return malformed(file, std::string(pidKey) + ": expected a process number");
    }
    container.pid = pid.value_or(0);
    container.startTime = numberAt<std::uint64_t>(json, crun ? "process-start-time" : "init_process_start");
    if (!container.startTime && !youki) {
        return malformed(
            file,
            std::string(crun ? "process-start-time" : "init_process_start") + ": expected a start time");
    }
    if (const std::string id = textAt(json, "id"); !id.empty() && id != container.id) {
        return malformed(file, "id: names another container than its folder");
    }
    hints = {annotationsOf(json), mountSourcesOf(json)};
    return container;
}

base::Result<KnownContainer> parseState(std::string_view text, const fs::path& file, StateHints& hints) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded() || !json.is_object()) {
        return malformed(file, "not a JSON object");
    }
    try {
        return takeState(json, file, hints);
    } catch (const Json::exception& error) {
        return malformed(file, error.what());
    }
}

/// What the folder itself says of the engine: /run/docker/runtime-runc/moby, /run/containerd/runc/k8s.io.
std::string engineOfFolder(const fs::path& folder) {
    const std::string path = folder.string();
    if (folder.filename() == "moby") {
        return "docker";
    }
    return path.contains("/containerd/") ? "containerd" : "";
}

/// The scenario of a lab's state folder; empty for all others.
std::string scenarioOfFolder(const fs::path& folder) {
    const std::string path = folder.string();
    const std::string name = folder.filename().string();
    return path.contains("/bulkhead/lab/") ? name.substr(0, name.rfind('-')) : "";
}

void readOne(const StateFolder& folder, const std::string& id, ContainerStates& states) {
    for (const char* name : {"state.json", "status"}) {
        const std::string relative = id + "/" + name;
        const auto text = folder.read(relative);
        if (!text) {
            if (text.error().kind != ErrorKind::notFound) {
                states.gaps.push_back(text.error().message);
            }
            continue;
        }
        StateHints hints;
        auto container = parseState(text->text, folder.path() / relative, hints);
        if (!container) {
            states.gaps.push_back(container.error().message);
            continue;
        }
        container->fileOwner = text->owner;
        container->ref = "oci:" + (folder.path() / id).string();
        container->engine = engineOfFolder(folder.path());
        // a path in somebody else's file may lead anywhere: only root's and our own are followed
        const bool trusted = text->owner == 0 || text->owner == ::geteuid();
        nameContainer(*container, hints.annotations, hints.mountSources, trusted);
        if (const std::string scenario = scenarioOfFolder(folder.path()); !scenario.empty()) {
            container->engine = "lab";
            container->name = scenario;
        }
        if (const auto bundle = hints.annotations.find("bundle");
            trusted && bundle != hints.annotations.end()) {
            container->bundle = bundle->second;
        }
        states.containers.push_back(std::move(*container));
        return;
    }
}

void readFolder(const StateFolder& folder, ContainerStates& states) {
    const auto names = folder.names();
    if (!names) {
        states.gaps.push_back(names.error().message);
        return;
    }
    for (const std::string& id : *names) {
        readOne(folder, id, states);
    }
}

void tell(const base::Error& error, ContainerStates& states) {
    if (error.kind != ErrorKind::notFound) {
        states.gaps.push_back(error.message);
    }
}

/// Every folder that a pattern means: "runc", or "docker/runtime-runc/*" for each one there.
void readPattern(const StateFolder& base, std::string_view pattern, ContainerStates& states) {
    const auto star = pattern.find("/*");
    auto folder = base.openWithin(pattern.substr(0, star));
    if (!folder) {
        tell(folder.error(), states);
        return;
    }
    if (star == std::string_view::npos) {
        readFolder(*folder, states);
        return;
    }
    const std::string_view rest = pattern.substr(star + 2); // nothing, or a further "/*"
    for (const std::string& name : folder->names().value_or(std::vector<std::string>())) {
        if (rest.empty()) {
            if (auto inner = folder->openWithin(name)) {
                readFolder(*inner, states);
            }
        } else {
            readPattern(*folder, name + std::string(rest), states);
        }
    }
}

/// "oci:ID" serves where one folder alone has the id.
void shortenRefs(std::vector<KnownContainer>& containers) {
    std::map<std::string, int> seen;
    for (const KnownContainer& container : containers) {
        ++seen[container.id];
    }
    for (KnownContainer& container : containers) {
        if (seen[container.id] == 1) {
            container.ref = "oci:" + container.id;
        }
    }
}

} // namespace

base::Result<KnownContainer> parseContainerState(std::string_view text, const fs::path& file) {
    StateHints hints;
    return parseState(text, file, hints);
}

ContainerStates readStateFolder(const fs::path& folder) {
    ContainerStates states;
    if (const auto opened = StateFolder::open(folder)) {
        readFolder(*opened, states);
    } else {
        states.gaps.push_back(opened.error().message);
    }
    return states;
}

ContainerStates readContainerStates(const StatePlaces& places) {
    ContainerStates states;
    if (const auto run = StateFolder::open(places.run)) {
        for (const std::string_view pattern : kRootFolders) {
            readPattern(*run, pattern, states);
        }
    }
    const auto users = StateFolder::open(places.run / "user");
    for (const std::string& name :
         users ? users->names().value_or(std::vector<std::string>()) : std::vector<std::string>()) {
        // each is a file system of its own, so it is opened by its path; what is below stays on it
        const auto user = StateFolder::open(places.run / "user" / name);
        for (const std::string_view pattern : kUserFolders) {
            if (user) {
                readPattern(*user, pattern, states);
            }
        }
    }
    shortenRefs(states.containers);
    for (const fs::path& folder : places.further) {
        auto more = readStateFolder(folder);
        std::ranges::move(more.containers, std::back_inserter(states.containers));
        std::ranges::move(more.gaps, std::back_inserter(states.gaps));
    }
    std::ranges::sort(states.containers, {}, &KnownContainer::source);
    return states;
}

} // namespace bulkhead::engines
