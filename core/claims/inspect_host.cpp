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

/// Podman's account of a map: {"UidMap": ["0:100000:65536"], ...}.
void readIdMappings(Fields& host, Claim& claim) {
    auto mappings = host.map("IDMappings");
    if (!mappings) {
        return;
    }
    for (const auto& [key, fact] : {std::pair{"UidMap", &claim.uidMap}, std::pair{"GidMap", &claim.gidMap}}) {
        model::IdMap map;
        for (const std::string& text : mappings->texts(key).value_or(Words())) {
            if (const auto range = parseIdRange(text)) {
                map.ranges.push_back(*range);
            } else {
                mappings->refuse(
                    *mappings->find(key), key,
                    "expected CONTAINER:HOST:LENGTH, found " + base::textFromBytes(text));
            }
        }
        *fact = map.ranges.empty() ? model::Fact<model::IdMap>() : mappings->stated(map, key);
    }
    mappings->finish();
}

void readModes(Fields& host, Claim& claim) {
    for (const auto& [key, type] : kModes) {
        const auto word = host.text(key);
        if (!word || word->empty() || (type == NamespaceType::cgroup && *word == "default")) {
            continue;
        }
        claim.namespaces[type] = host.stated(modeOf(*word), key);
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
    if (const auto init = host.truth("Init")) {
        claim.init = host.stated(*init, "Init");
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

/// The runtime that builds it; an engine's own word for its usual one is no other.
void readRuntime(Fields& host, Claim& claim) {
    const std::string name = host.text("Runtime").value_or("");
    if (claim.runtime.empty() && name != "oci") {
        claim.runtime = name == "io.containerd.runc.v2" ? "runc" : name;
    }
    const std::string program = claim.runtime.substr(claim.runtime.rfind('/') + 1);
    if (!program.empty() && program != "runc" && program != "crun") {
        host.report(
            "Runtime",
            "what the runtime " + base::textFromBytes(program) + " builds is not known, runc's is declared");
    }
}

/// Docker lists the other container's volumes among its mounts, Podman 4 does not.
void readVolumesFrom(Fields& host, bool podman) {
    for (const std::string& other : host.texts("VolumesFrom").value_or(Words())) {
        if (podman) {
            host.report(
                "VolumesFrom", "the volumes of " + base::textFromBytes(other) + " are not in the document");
        }
    }
}

/// Both engines allow as much swap as memory where only memory is limited.
void readSwap(Fields& host) {
    const std::int64_t memory = host.number("Memory").value_or(0);
    const std::int64_t both = host.number("MemorySwap").value_or(0);
    if (both != 0 && (memory <= 0 || both != memory * 2)) {
        host.report("MemorySwap", "a limit of memory and swap together");
    }
}

/// 64 MiB in Docker, 65536000 bytes in Podman.
void readSharedMemory(Fields& host) {
    constexpr std::array<std::int64_t, 3> kUsual = {0, 67108864, 65536000};
    if (std::ranges::find(kUsual, host.number("ShmSize").value_or(0)) == kUsual.end()) {
        host.report("ShmSize", "the size of /dev/shm");
    }
}

/// Options that no fact holds: reported where they are set.
void passOverUnset(Fields& host) {
    host.passOverUnset(
        {"Cgroup",
         "Links",
         "PublishAllPorts",
         "StorageOpt",
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
         "MemorySwappiness",
         "OomKillDisable",
         "CgroupConf",
         "DiskQuota",
         "IntelRdtClosID"});
    if (const auto groups = host.text("Cgroups"); groups && *groups != "default" && *groups != "enabled") {
        host.report("Cgroups", "who manages the control groups");
    }
    if (const Node* requests = host.find("DeviceRequests"); requests != nullptr && !requests->items.empty()) {
        host.report("DeviceRequests", "devices that a driver adds (GPU, CDI)");
    }
}

/// Options that say nothing about the boundary, or that stand elsewhere in the document; the last five are of
/// Windows.
void passOverHost(Fields& host) {
    host.passOver(
        {"Binds", "Mounts", "ContainerIDFile", "LogConfig", "RestartPolicy", "AutoRemove", "VolumeDriver",
         "ConsoleSize", "Dns", "DnsOptions", "DnsSearch", "ExtraHosts", "Annotations", "CgroupManager",
         "Isolation", "CpuCount", "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth"});
}

} // namespace

void readHostConfig(Fields& host, Claim& claim, bool podman) {
    readModes(host, claim);
    readIdMappings(host, claim);
    readLimits(host, claim);
    readSecurity(host, claim);
    readDevices(host, claim);
    readPorts(host, claim);
    readTmpfs(host, claim);
    readRuntime(host, claim);
    readVolumesFrom(host, podman);
    readSwap(host);
    readSharedMemory(host);
    passOverUnset(host);
    passOverHost(host);
    host.finish();
}

} // namespace bulkhead::claims
