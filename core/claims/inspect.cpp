#include "core/base/bytes.h"
#include "core/claims/bounds.h"
#include "core/claims/inspect_parts.h"

#include <algorithm>
#include <iterator>

namespace bulkhead::claims {

namespace {

using Words = std::vector<std::string>;

bool isOfPodman(const Node& node) {
    return node.find("OCIRuntime") != nullptr || node.find("EffectiveCaps") != nullptr;
}

AskedMount mountOf(Fields& entry) {
    AskedMount mount;
    const std::string type = entry.text("Type").value_or("bind");
    mount.type = type == "tmpfs" ? "tmpfs" : "bind";
    mount.volume = type == "volume";
    mount.source = entry.text("Source").value_or("");
    mount.target = entry.text("Destination").value_or("");
    mount.options = entry.texts("Options").value_or(Words());
    mount.options.emplace_back(entry.truth("RW").value_or(true) ? "rw" : "ro");
    if (const auto propagation = entry.text("Propagation"); propagation && !propagation->empty()) {
        mount.options.push_back(*propagation);
    }
    mount.from = entry.from("");
    entry.passOver({"Name", "Driver", "Mode", "SubPath"});
    entry.finish();
    return mount;
}

/// The files that the engine keeps for the container; an empty path: the container has none of its own.
void readEngineFiles(Fields& root, Claim& claim) {
    bool any = false;
    for (const auto& [key, target] :
         {std::pair{"ResolvConfPath", "/etc/resolv.conf"}, std::pair{"HostnamePath", "/etc/hostname"},
          std::pair{"HostsPath", "/etc/hosts"}}) {
        const auto path = root.text(key);
        any = any || path;
        const bool given =
            std::ranges::any_of(claim.mounts, [&](const AskedMount& m) { return m.target == target; });
        if (path && !path->empty() && !given) {
            claim.mounts.push_back(
                {target, "bind", *path, {"rbind", "rprivate"}, root.from(key), false, std::nullopt, true});
        }
    }
    claim.engineFiles = {any, root.from("HostsPath")};
}

/// Podman's own sets: what it gave, and not only what was asked.
void readResults(Fields& root, Claim& claim) {
    for (const auto& [key, fact] :
         {std::pair{"BoundingCaps", &claim.boundingResult},
          std::pair{"EffectiveCaps", &claim.effectiveResult}}) {
        const auto names = root.texts(key);
        model::CapabilitySet set;
        for (const std::string& name : names.value_or(Words())) {
            if (const auto capability = model::capabilityNamed(name)) {
                set.add(*capability);
            } else {
                root.reading().notUnderstood.push_back(
                    root.pathOf(key) + ": no capability is named " + base::textFromBytes(name));
            }
        }
        if (root.node().find(key) != nullptr) {
            *fact = root.stated(set, key);
        }
    }
}

/// The program and what it is told; the volumes stand among the mounts.
void passOverConfig(Fields& config) {
    config.passOverUnset({"NetworkDisabled", "Secrets", "ChrootDirs", "SystemdMode", "MacAddress"});
    config.passOver(
        {"Hostname",
         "Domainname",
         "AttachStdin",
         "AttachStdout",
         "AttachStderr",
         "ExposedPorts",
         "Tty",
         "OpenStdin",
         "StdinOnce",
         "Cmd",
         "Healthcheck",
         "StartupHealthCheck",
         "HealthcheckOnFailureAction",
         "HealthLogDestination",
         "HealthcheckMaxLogCount",
         "HealthcheckMaxLogSize",
         "ArgsEscaped",
         "Volumes",
         "WorkingDir",
         "Entrypoint",
         "OnBuild",
         "Labels",
         "Annotations",
         "StopSignal",
         "StopTimeout",
         "Shell",
         "CreateCommand",
         "Umask",
         "Timeout",
         "Passwd",
         "sdNotifyMode",
         "sdNotifySocket"});
}

void readConfig(Fields& root, Claim& claim) {
    if (auto config = root.map("Config")) {
        claim.user = config->stated(config->text("User").value_or(""), "User");
        claim.image.ref = config->text("Image").value_or("");
        if (auto labels = config->map("Labels")) {
            const auto project = labels->text("com.docker.compose.project"); // docker compose, podman-compose
            claim.group = base::textFromBytes(project.value_or(""));
            claim.groupKind = claim.group.empty() ? "none" : "compose";
            claim.role = claim.group.empty() ? "" : "app";
        }
        claim.environmentWhole = true;
        claim.secretEnv = config->stated(std::vector<std::string>(), "Env");
        for (const std::string& variable : config->texts("Env").value_or(std::vector<std::string>())) {
            takeVariable(claim, variable, config->from("Env"));
        }
        passOverConfig(*config);
        config->finish();
    }
    claim.image.digest = root.text("Image").value_or("");
}

/// Podman's pod: its id, and whether this is the container that holds its namespaces.
void readPod(Fields& root, Claim& claim) {
    const auto pod = root.text("Pod");
    if (pod && !pod->empty()) {
        claim.group = base::textFromBytes(*pod);
        claim.groupKind = "pod";
        claim.role = root.truth("IsInfra").value_or(false) ? "sandbox" : "app";
    }
}

/// What a running container is besides its options, and how the engine keeps it.
void passOverRoot(Fields& root) {
    root.passOver(
        {"Created",
         "Path",
         "Args",
         "State",
         "LogPath",
         "RestartCount",
         "Driver",
         "Platform",
         "MountLabel",
         "ProcessLabel",
         "ExecIDs",
         "GraphDriver",
         "NetworkSettings",
         "ImageManifestDescriptor",
         "Storage",
         "ImageName",
         "ImageDigest",
         "Rootfs",
         "Pod",
         "OCIConfigPath",
         "ConmonPidFile",
         "PidFile",
         "StaticDir",
         "Namespace",
         "IsInfra",
         "IsService",
         "KubeExitCodePropagation",
         "Dependencies",
         "SizeRw",
         "SizeRootFs",
         "lockNumber",
         "UseImageHosts",
         "UseImageHostname",
         "ImageIdentity"});
}

Claim claimOf(const Node& node, Reading& reading, const std::string& path) {
    Claim claim;
    Fields root(node, reading, path);
    claim.whole = reading.from(node, path);
    claim.id = root.text("Id").value_or("");
    claim.name = root.text("Name").value_or(claim.id.substr(0, 12));
    claim.name = claim.name.starts_with('/') ? claim.name.substr(1) : claim.name;
    for (Fields& entry : root.maps("Mounts")) {
        claim.mounts.push_back(mountOf(entry));
    }
    readEngineFiles(root, claim);
    readResults(root, claim);
    readConfig(root, claim);
    readPod(root, claim);
    claim.runtime = root.text("OCIRuntime").value_or("");
    if (auto host = root.map("HostConfig")) {
        readHostConfig(*host, claim, isOfPodman(node));
    }
    if (const auto profile = root.text("AppArmorProfile"); profile && !profile->empty()) {
        claim.apparmor = root.stated(*profile, "AppArmorProfile");
    }
    passOverRoot(root);
    root.finish();
    return claim;
}

std::vector<const Node*> containersOf(const std::vector<Node>& documents) {
    std::vector<const Node*> out;
    for (const Node& document : documents) {
        if (document.isList()) {
            std::ranges::transform(document.items, std::back_inserter(out), [](const Node& n) { return &n; });
        } else {
            out.push_back(&document);
        }
    }
    return out;
}

bool isContainer(const Node& node) {
    return node.find("HostConfig") != nullptr && node.find("Config") != nullptr && node.find("Id") != nullptr;
}

bool looksLike(const std::vector<Node>& documents, bool podman) {
    const auto all = containersOf(documents);
    return !all.empty() && std::ranges::all_of(all, [](const Node* node) { return isContainer(*node); }) &&
           isOfPodman(*all.front()) == podman;
}

} // namespace

bool looksLikeDockerInspect(const std::vector<Node>& documents) {
    return looksLike(documents, false);
}

bool looksLikePodmanInspect(const std::vector<Node>& documents) {
    return looksLike(documents, true);
}

base::Result<std::vector<model::Snapshot>>
importInspect(const std::vector<Node>& documents, Reading& reading, const ImportOptions& options) {
    const auto all = containersOf(documents);
    const auto engine = chooseEngine(options.engine, isOfPodman(*all.front()) ? "podman" : "docker");
    if (!engine) {
        return std::unexpected(engine.error());
    }
    checkCount(all.size(), documents.front(), reading);
    std::vector<model::Snapshot> out;
    for (std::size_t i = 0; i < all.size() && !reading.problem; ++i) {
        reading.notUnderstood.clear();
        Claim claim = claimOf(*all[i], reading, all.size() > 1 ? "[" + std::to_string(i) + "]" : "");
        claim.notUnderstood = reading.notUnderstood;
        if (reading.problem) {
            return std::unexpected(*reading.problem);
        }
        out.push_back(resolveToSnapshot(claim, *engine, options.ground));
    }
    if (reading.problem) {
        return std::unexpected(*reading.problem);
    }
    return out;
}

} // namespace bulkhead::claims
