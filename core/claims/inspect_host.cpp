#include "core/base/bytes.h"
#include "core/claims/inspect_parts.h"

#include <algorithm>
#include <array>

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
} // namespace

void readHostConfig(Fields& host, Claim& claim) {
    readModes(host, claim);
    readLimits(host, claim);
    readSecurity(host, claim);
    readDevices(host, claim);
    readPorts(host, claim);
    readTmpfs(host, claim);
    passOverHost(host);
    host.finish();
}

} // namespace bulkhead::claims
