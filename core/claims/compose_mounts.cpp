#include "core/base/bytes.h"
#include "core/claims/compose_parts.h"

#include <algorithm>

namespace bulkhead::claims {

namespace fs = std::filesystem;
using model::Unreadable;

namespace {

std::string textAt(const Node& map, std::string_view key) {
    const Node* found = map.find(key);
    return found == nullptr ? "" : found->text;
}

/// A later mount takes the place of an earlier one, as that of the extended service.
void addMount(Claim& claim, AskedMount mount) {
    std::erase_if(claim.mounts, [&](const AskedMount& known) { return known.target == mount.target; });
    claim.mounts.push_back(std::move(mount));
}

/// The local driver mounts a folder of the host where its options say so: then the volume is that folder.
void followVolume(const std::string& name, const ComposeScope& scope, AskedMount& mount) {
    const Node* volume = findDefined(scope.project, "volumes", name);
    const Node* options = volume != nullptr && volume->isMap() ? volume->find("driver_opts") : nullptr;
    if (options == nullptr || !options->isMap()) {
        return;
    }
    const std::string driver = textAt(*volume, "driver");
    const std::string device = textAt(*options, "device");
    const bool bind = ("," + textAt(*options, "o") + ",").contains("bind,");
    if ((driver.empty() || driver == "local") && bind && !device.empty()) {
        const fs::path& folder = scope.project.files.sourceOf(*options).folder;
        mount.source = (folder / device).lexically_normal().string();
        mount.sourceUnknown.reset();
    }
}

void checkVolume(
    const std::string& name, const ComposeScope& scope, Fields& service, const Node& at,
    const std::string& path) {
    const Node* all = scope.project.root.find("volumes");
    const bool known =
        all != nullptr && all->isMap() && std::ranges::find(all->keys, name, &Node::text) != all->keys.end();
    if (!name.empty() && !known) {
        tellUndefined(service, at, path, "volumes", name);
    }
}

void readShortVolume(const Node& item, const std::string& path, Fields& service, const ComposeScope& scope) {
    Reading& reading = service.reading();
    auto mount = mountOfVolume(item.text, reading.from(item, path));
    if (!mount) {
        reading.refuse(item, path, "expected SOURCE:TARGET:OPTIONS, found " + kindOf(item));
        return;
    }
    const auto colon = item.text.find(':');
    const std::string source = colon == std::string::npos ? "" : item.text.substr(0, colon);
    if (source.starts_with('.') || source.starts_with('~')) {
        mount->source = pathFrom(scope, item, source);
        mount->sourceUnknown.reset();
    } else if (mount->volume) {
        checkVolume(source, scope, service, item, path);
        followVolume(source, scope, *mount);
    }
    addMount(scope.claim, std::move(*mount));
}

/// bind: {propagation, recursive}, into the options.
void readBindOptions(Fields& entry, AskedMount& mount) {
    auto bind = entry.map("bind");
    if (!bind) {
        return;
    }
    if (const auto propagation = bind->text("propagation")) {
        mount.options.push_back(*propagation);
    }
    if (const auto recursive = bind->text("recursive"); recursive && *recursive == "disabled") {
        mount.options.front() = "bind";
    }
    bind->passOver({"create_host_path", "selinux"});
    finishCompose(*bind);
}

void readSubfolder(Fields& entry, AskedMount& mount) {
    auto volume = entry.map("volume");
    if (!volume) {
        return;
    }
    const std::string below = volume->text("subpath").value_or("");
    if (!below.empty() && !mount.sourceUnknown) {
        mount.source = (fs::path(mount.source) / below).lexically_normal().string();
    }
    volume->passOver({"nocopy", "labels"});
    finishCompose(*volume);
}

void readLongTmpfs(Fields& entry, const std::string& target, const ComposeScope& scope) {
    if (auto options = entry.map("tmpfs")) {
        options->passOver({"size", "mode"}); // how large, and whose: no restriction of the boundary's
        finishCompose(*options);
    }
    addMount(scope.claim, tmpfsMount(target, "", entry.from("")));
}

void readBindOrVolume(
    Fields& entry, const std::string& type, const std::string& target, Fields& service,
    const ComposeScope& scope) {
    AskedMount mount;
    mount.from = entry.from("");
    mount.type = "bind";
    mount.target = target;
    mount.options = {"rbind"};
    const std::string source = entry.text("source").value_or("");
    if (type == "bind") {
        if (source.empty()) {
            entry.refuse(entry.node(), "source", "absent: a bind needs the path on the host");
        }
        const bool relative = !source.starts_with('/') && !source.starts_with('~');
        mount.source = pathFrom(scope, entry.node(), (relative ? "./" : "") + source);
    } else {
        mount.volume = true;
        mount.sourceUnknown = Unreadable{"where the engine keeps the volume " + source, ""};
        checkVolume(source, scope, service, entry.node(), entry.pathOf(""));
        followVolume(source, scope, mount);
    }
    if (entry.truth("read_only").value_or(false)) {
        mount.options.emplace_back("ro");
    }
    readBindOptions(entry, mount);
    readSubfolder(entry, mount);
    addMount(scope.claim, std::move(mount));
}

void readLongVolume(const Node& item, const std::string& path, Fields& service, const ComposeScope& scope) {
    Fields entry(item, service.reading(), path);
    const std::string type = entry.text("type").value_or("");
    const std::string target = entry.text("target").value_or("");
    if (type != "bind" && type != "volume" && type != "tmpfs") {
        const bool known = type == "image" || type == "cluster" || type == "npipe";
        if (!known) {
            entry.refuse(item, "type", "expected bind, volume, tmpfs, image, cluster or npipe");
        }
        service.reading().note(item, path, "a mount of the type " + base::textFromBytes(type));
        return;
    }
    if (!target.starts_with('/')) {
        entry.refuse(item, "target", "expected a path from the root");
        return;
    }
    if (type == "tmpfs") {
        readLongTmpfs(entry, target, scope);
    } else {
        readBindOrVolume(entry, type, target, service, scope);
    }
    entry.passOver({"consistency"});
    finishCompose(entry);
}

void readVolumes(Fields& service, const ComposeScope& scope) {
    const Node* list = service.find("volumes");
    if (list == nullptr) {
        return;
    }
    if (!list->isList()) {
        service.refuse(*list, "volumes", "expected a list, found " + kindOf(*list));
        return;
    }
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const Node& item = list->items[i];
        const std::string path = service.pathOf("volumes") + "[" + std::to_string(i) + "]";
        if (item.kind == Node::Kind::scalar) {
            readShortVolume(item, path, service, scope);
        } else {
            readLongVolume(item, path, service, scope);
        }
    }
}

/// Secrets and configs that are files of the host are mounted from there; others Compose writes into the
/// container, which no mount shows.
struct Grant {
    std::string_view key;
    std::string folder;
};

void readGrant(
    const Node& item, const std::string& path, const Grant& grant, Fields& service,
    const ComposeScope& scope) {
    Reading& reading = service.reading();
    std::string source = item.text;
    std::string target;
    if (item.kind != Node::Kind::scalar) {
        Fields entry(item, reading, path);
        source = entry.text("source").value_or("");
        target = entry.text("target").value_or("");
        entry.passOver({"uid", "gid", "mode"}); // of the file on the host, whatever is said here
        finishCompose(entry);
    }
    const Node* defined = findDefined(scope.project, grant.key, source);
    if (defined == nullptr || !defined->isMap()) {
        tellUndefined(service, item, path, grant.key, source);
        return;
    }
    target = target.empty() ? source : target;
    target = target.starts_with('/') ? target : grant.folder + target;
    if (const std::string file = textAt(*defined, "file"); !file.empty()) {
        AskedMount mount;
        mount.target = target;
        mount.type = "bind";
        const fs::path& folder = scope.project.files.sourceOf(*defined).folder;
        mount.source = (folder / file).lexically_normal().string();
        mount.options = {"rbind", "ro"};
        mount.from = reading.from(item, path);
        addMount(scope.claim, std::move(mount));
    } else if (defined->find("environment") != nullptr || defined->find("content") != nullptr) {
        scope.claim.alsoAsked.push_back("a file written into the container: " + base::textFromBytes(target));
    } else {
        reading.note(item, path, "kept outside the document");
    }
}

void readGrants(Fields& service, const Grant& grant, const ComposeScope& scope) {
    const Node* list = service.find(grant.key);
    if (list == nullptr) {
        return;
    }
    if (!list->isList()) {
        service.refuse(*list, grant.key, "expected a list, found " + kindOf(*list));
        return;
    }
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const std::string path = service.pathOf(grant.key) + "[" + std::to_string(i) + "]";
        readGrant(list->items[i], path, grant, service, scope);
    }
}

void readDevices(Fields& service, Claim& claim) {
    const Node* list = service.find("devices");
    if (list == nullptr) {
        return;
    }
    if (!list->isList()) {
        service.refuse(*list, "devices", "expected a list, found " + kindOf(*list));
        return;
    }
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const Node& item = list->items[i];
        std::string value = item.text;
        if (item.kind != Node::Kind::scalar) {
            Fields entry(item, service.reading(), service.pathOf("devices") + "[" + std::to_string(i) + "]");
            const std::string source = entry.text("source").value_or("");
            value = source + ":" + entry.text("target").value_or(source) + ":" +
                    entry.text("permissions").value_or("rwm");
            finishCompose(entry);
        }
        if (!value.starts_with('/') && value.contains('=')) {
            service.reading().note(
                item, service.pathOf("devices"),
                "the device " + base::textFromBytes(value) + " of a driver's own");
            continue;
        }
        const std::string target = value.substr(0, value.find(':'));
        std::erase_if(claim.devices, [&](const DeviceAsk& known) { return known.onHost == target; });
        takeValue(service, "devices", item, "--device", value, claim);
    }
}

/// The socket of the engine that Compose speaks to, and the credentials of its registries.
void readApiSocket(Fields& service, const ComposeScope& scope) {
    if (!service.truth("use_api_socket").value_or(false)) {
        return;
    }
    constexpr std::string_view kUnix = "unix://";
    const auto& variables = scope.project.files.variables();
    const auto host = variables.find("DOCKER_HOST");
    const bool given = host != variables.end() && host->second.starts_with(kUnix);
    AskedMount mount;
    mount.target = "/var/run/docker.sock";
    mount.type = "bind";
    mount.source = given ? host->second.substr(kUnix.size()) : mount.target;
    mount.options = {"rbind"};
    mount.from = service.from("use_api_socket");
    addMount(scope.claim, std::move(mount));
    scope.claim.alsoAsked.emplace_back("the engine's API socket, with the credentials of its registries");
}

/// "db", "db:ro", "container:NAME:ro".
void readMountsFrom(Fields& service, const ComposeScope& scope) {
    if (!service.texts("volumes_from")) {
        return;
    }
    constexpr std::string_view kContainer = "container:";
    for (const Node& item : service.find("volumes_from")->items) {
        MountsFrom from;
        from.at = &item;
        from.service = !item.text.starts_with(kContainer);
        const std::string text = from.service ? item.text : item.text.substr(kContainer.size());
        const auto colon = text.find(':');
        const std::string mode = colon == std::string::npos ? "" : text.substr(colon + 1);
        from.name = text.substr(0, colon);
        from.readOnly = mode == "ro";
        const std::string path = service.pathOf("volumes_from");
        if (from.name.empty() || (!mode.empty() && mode != "ro" && mode != "rw")) {
            service.refuse(item, "volumes_from", "expected NAME, NAME:ro or NAME:rw, found " + kindOf(item));
        } else if (from.service && findDefined(scope.project, "services", from.name) == nullptr) {
            tellUndefined(service, item, path, "services", from.name);
        } else if (!from.service) {
            service.reading().note(
                item, path,
                "the mounts of the container " + base::textFromBytes(from.name) +
                    ", which no document describes");
        } else {
            scope.mountsFrom.push_back(from);
        }
    }
}

} // namespace

void readComposeMounts(Fields& service, const ComposeScope& scope) {
    for (const Node* item : oneOrMany(service, "tmpfs")) {
        const std::string path = service.pathOf("tmpfs");
        const auto colon = item->text.find(':');
        const std::string target = item->text.substr(0, colon);
        if (!target.starts_with('/')) {
            service.refuse(*item, "tmpfs", "expected a path from the root, found " + kindOf(*item));
            return;
        }
        const std::string options = colon == std::string::npos ? "" : item->text.substr(colon + 1);
        addMount(scope.claim, tmpfsMount(target, options, service.reading().from(*item, path)));
    }
    readVolumes(service, scope);
    readMountsFrom(service, scope);
    readGrants(service, {"secrets", "/run/secrets/"}, scope);
    readGrants(service, {"configs", "/"}, scope);
    readDevices(service, scope.claim);
    readApiSocket(service, scope);
}

} // namespace bulkhead::claims
