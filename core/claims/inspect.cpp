#include "core/base/bytes.h"
#include "core/claims/claim.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace bulkhead::claims {

using model::NamespaceType;

namespace {

using Words = std::vector<std::string>;

constexpr std::array kModes = {
    std::pair{"PidMode", NamespaceType::pid},         std::pair{"IpcMode", NamespaceType::ipc},
    std::pair{"NetworkMode", NamespaceType::net},     std::pair{"UTSMode", NamespaceType::uts},
    std::pair{"CgroupnsMode", NamespaceType::cgroup}, std::pair{"CgroupMode", NamespaceType::cgroup},
    std::pair{"UsernsMode", NamespaceType::user}};

void readModes(Fields& host, Claim& claim) {
    for (const auto& [key, type] : kModes) {
        const auto word = host.text(key);
        if (!word || word->empty() || (type == NamespaceType::cgroup && *word == "default")) {
            continue;
        }
        claim.namespaces[type] = host.stated(modeOf(*word), key);
        if (type == NamespaceType::user && *word != "host") {
            claim.namespaces[type] = model::Unreadable{
                "the user namespace " + *word + ": its map is made when the container starts", ""};
        }
    }
}

/// 0, -1 and null are no limit.
void readLimit(Fields& host, std::string_view key, const char* name, std::uint64_t divisor, Claim& claim) {
    const auto number = host.number(key);
    const auto bound =
        number && *number > 0 ? std::optional(static_cast<std::uint64_t>(*number) / divisor) : std::nullopt;
    if (bound || !claim.limits.contains(name)) {
        claim.limits[name] = host.stated(model::Limit{bound, bound ? host.pathOf(key) : ""}, key);
    }
}

void readLimits(Fields& host, Claim& claim) {
    constexpr std::uint64_t kNanosInThousandth = 1000000;
    readLimit(host, "PidsLimit", "pids", 1, claim);
    readLimit(host, "Memory", "memory", 1, claim);
    readLimit(host, "NanoCpus", "cpu", kNanosInThousandth, claim);
    const auto quota = host.number("CpuQuota");
    const auto period = host.number("CpuPeriod");
    if (quota && *quota > 0) {
        constexpr std::int64_t kUsualPeriod = 100000;
        const auto over = period && *period > 0 ? *period : kUsualPeriod;
        const auto share = static_cast<std::uint64_t>(*quota * 1000 / over);
        claim.limits["cpu"] = host.stated(model::Limit{share, host.pathOf("CpuQuota")}, "CpuQuota");
    }
    for (Fields& entry : host.maps("Ulimits")) {
        std::string name = entry.text("Name").value_or("");
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
        const auto bound = [&](const char* key) -> std::optional<std::uint64_t> {
            const auto number = entry.number(key).value_or(0);
            return number < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(number));
        };
        name.insert(0, name.starts_with("RLIMIT_") ? "" : "RLIMIT_");
        claim.rlimits[name] = entry.stated(model::ResourceLimit{bound("Soft"), bound("Hard")}, "");
        entry.finish();
    }
    if (const auto score = host.number("OomScoreAdj")) {
        claim.oomScoreAdj = host.stated(*score, "OomScoreAdj");
    }
}

void readSecurity(Fields& host, Claim& claim) {
    for (const auto& [key, fact] :
         {std::pair{"CapAdd", &claim.capAdd}, std::pair{"CapDrop", &claim.capDrop}}) {
        if (const auto names = host.texts(key); names && !names->empty()) {
            *fact = host.stated(*names, key);
        }
    }
    claim.privileged = host.stated(host.truth("Privileged").value_or(false), "Privileged");
    claim.readOnlyRoot = host.stated(host.truth("ReadonlyRootfs").value_or(false), "ReadonlyRootfs");
    for (const std::string& option : host.texts("SecurityOpt").value_or(Words())) {
        if (!takeSecurityOption(option, host.from("SecurityOpt"), claim)) {
            host.reading().notUnderstood.push_back(
                host.pathOf("SecurityOpt") + ": " + base::textFromBytes(option));
        }
    }
    // null leaves them to the engine, [] takes them away
    for (const auto& [key, fact] :
         {std::pair{"MaskedPaths", &claim.maskedPaths}, std::pair{"ReadonlyPaths", &claim.readonlyPaths}}) {
        if (auto paths = host.texts(key)) {
            std::ranges::sort(*paths);
            *fact = host.stated(*paths, key);
        }
    }
    if (const auto groups = host.texts("GroupAdd"); groups && !groups->empty()) {
        claim.groupAdd = host.stated(*groups, "GroupAdd");
    }
    if (auto sysctls = host.map("Sysctls")) {
        for (const Node& key : sysctls->node().keys) {
            claim.sysctls[key.text] = sysctls->text(key.text).value_or("");
        }
    }
}

void readDevices(Fields& host, Claim& claim) {
    for (Fields& entry : host.maps("Devices")) {
        DeviceAsk ask;
        ask.onHost = entry.text("PathOnHost").value_or("");
        ask.inside = entry.text("PathInContainer").value_or(ask.onHost);
        ask.access = entry.text("CgroupPermissions").value_or("rwm");
        ask.access = ask.access.empty() ? "rwm" : ask.access;
        ask.from = entry.from("");
        claim.devices.push_back(std::move(ask));
        entry.finish();
    }
    for (const std::string& rule : host.texts("DeviceCgroupRules").value_or(Words())) {
        claim.deviceRules.emplace_back(rule, host.from("DeviceCgroupRules"));
    }
}

void readPorts(Fields& host, Claim& claim) {
    Words ports;
    if (auto bindings = host.map("PortBindings")) {
        for (const Node& key : bindings->node().keys) {
            for (Fields& binding : bindings->maps(key.text)) {
                const std::string address = binding.text("HostIp").value_or("");
                ports.push_back(
                    (address.empty() ? "0.0.0.0" : address) + ":" + binding.text("HostPort").value_or("") +
                    " to " + key.text);
            }
        }
    }
    claim.publishedPorts = host.stated(std::move(ports), "PortBindings");
}

void readTmpfs(Fields& host, Claim& claim) {
    auto tmpfs = host.map("Tmpfs");
    if (!tmpfs) {
        return;
    }
    for (const Node& key : tmpfs->node().keys) {
        const std::string options = tmpfs->text(key.text).value_or("");
        // Podman says its own flags, Docker only what was asked
        const bool whole = options.contains("tmpcopyup") || options.contains("rprivate");
        claim.mounts.push_back(tmpfsMount(key.text, options + (whole ? ",exec" : ""), tmpfs->from(key.text)));
    }
}

/// Options of the engine's own that say nothing about the boundary, or that stand in the claim elsewhere.
void passOverHost(Fields& host) {
    host.passOver(
        {"Binds",
         "ContainerIDFile",
         "LogConfig",
         "RestartPolicy",
         "AutoRemove",
         "VolumeDriver",
         "VolumesFrom",
         "ConsoleSize",
         "Dns",
         "DnsOptions",
         "DnsSearch",
         "ExtraHosts",
         "Cgroup",
         "Links",
         "PublishAllPorts",
         "StorageOpt",
         "ShmSize",
         "Runtime",
         "Isolation",
         "CpuShares",
         "CgroupParent",
         "BlkioWeight",
         "BlkioWeightDevice",
         "BlkioDeviceReadBps",
         "BlkioDeviceWriteBps",
         "BlkioDeviceReadIOps",
         "BlkioDeviceWriteIOps",
         "CpuRealtimePeriod",
         "CpuRealtimeRuntime",
         "CpusetCpus",
         "CpusetMems",
         "KernelMemory",
         "KernelMemoryTCP",
         "MemoryReservation",
         "MemorySwap",
         "MemorySwappiness",
         "OomKillDisable",
         "CpuCount",
         "CpuPercent",
         "IOMaximumIOps",
         "IOMaximumBandwidth",
         "Mounts",
         "Annotations",
         "Init",
         "CgroupManager",
         "CgroupConf",
         "IDMappings",
         "DiskQuota",
         "Cgroups",
         "IntelRdtClosID"});
    if (const Node* requests = host.find("DeviceRequests"); requests != nullptr && !requests->items.empty()) {
        host.reading().notUnderstood.push_back(
            host.pathOf("DeviceRequests") + " (line " + std::to_string(requests->line) +
            "): devices that a driver adds (GPU, CDI)");
    }
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

void readConfig(Fields& root, Claim& claim) {
    if (auto config = root.map("Config")) {
        claim.user = config->stated(config->text("User").value_or(""), "User");
        claim.image.ref = config->text("Image").value_or("");
    }
    claim.image.digest = root.text("Image").value_or("");
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
    claim.runtime = root.text("OCIRuntime").value_or("");
    if (auto host = root.map("HostConfig")) {
        readModes(*host, claim);
        readLimits(*host, claim);
        readSecurity(*host, claim);
        readDevices(*host, claim);
        readPorts(*host, claim);
        readTmpfs(*host, claim);
        passOverHost(*host);
        host->finish();
    }
    if (const auto profile = root.text("AppArmorProfile"); profile && !profile->empty()) {
        claim.apparmor = root.stated(*profile, "AppArmorProfile");
    }
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

bool isOfPodman(const Node& node) {
    return node.find("OCIRuntime") != nullptr || node.find("EffectiveCaps") != nullptr;
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
    std::vector<model::Snapshot> out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        reading.notUnderstood.clear();
        Claim claim = claimOf(*all[i], reading, all.size() > 1 ? "[" + std::to_string(i) + "]" : "");
        claim.notUnderstood = reading.notUnderstood;
        if (reading.problem) {
            return std::unexpected(*reading.problem);
        }
        out.push_back(resolveToSnapshot(claim, *engine, options.ground));
    }
    return out;
}

} // namespace bulkhead::claims
