#include "core/lab/engine_ask.h"

#include <nlohmann/json.hpp>

namespace bulkhead::lab {

using catalog::Scenario;
using Json = nlohmann::ordered_json;

namespace {

/// Podman's own default is eleven capabilities: what the scenario says is asked for by name.
void addSecurity(EngineWish& wish, Json& body, EngineAsk& ask) {
    const Scenario& scenario = wish.scenario;
    body["cap_drop"] = {"ALL"};
    body["cap_add"] = scenario.capabilities.sortedNames();
    if (wish.config.seccomp) {
        ask.profile = engines::writeSeccompProfile(*wish.config.seccomp);
    }
    const std::string profile = wish.config.seccomp ? wish.context.profileFile.string() : "unconfined";
    body["seccomp_profile_path"] = profile;
    body["annotations"] = {{"io.podman.annotations.seccomp", profile}}; // what its inspect tells it by
    if (!scenario.protectPaths) {
        body["unmask"] = {"ALL"};
    }
    if (scenario.hostDevices) {
        body["devices"] = Json::array();
        for (const engines::OciDevice& device : wish.config.devices) {
            body["devices"].push_back({{"path", device.path + ":" + device.path + ":rwm"}});
        }
    }
    if (scenario.openDevicePolicy) {
        body["device_cgroup_rule"] = {{{"allow", true}, {"type", "a"}, {"access", "rwm"}}};
    }
}

void addMapping(const EngineWish& wish, Json& body) {
    const auto& mapping = wish.scenario.userNamespace;
    if (!mapping || mapping->launcherOnly) {
        return; // a rootless engine maps its user by itself
    }
    const Json ids = {{{"container_id", 0}, {"host_id", mapping->outside}, {"size", mapping->length}}};
    body["userns"] = {{"nsmode", "private"}};
    body["idmappings"] = {
        {"HostUIDMapping", false}, {"HostGIDMapping", false}, {"UIDMap", ids}, {"GIDMap", ids}};
}

/// Podman asks for more open files and processes than the machine's root may have where that root lacks
/// CAP_SYS_RESOURCE, and then starts nothing at all.
void lowerPodmansOwn(EngineWish& wish) {
    const Machine& machine = wish.context.launch.machine;
    if (machine.ground.launcher.has(*model::capabilityNamed("CAP_SYS_RESOURCE"))) {
        return;
    }
    for (const char* name : {"RLIMIT_NOFILE", "RLIMIT_NPROC"}) {
        const auto most = machine.hardLimits.find(name);
        if (most != machine.hardLimits.end() && !wish.config.rlimits.contains(name)) {
            wish.config.rlimits[name] = {most->second, most->second};
            wish.notes.push_back(
                std::string(name) + ": " + std::to_string(most->second) +
                ", the most that the launcher may give; Podman's own default lies above it");
        }
    }
}

void addLimits(EngineWish& wish, Json& body) {
    constexpr std::uint64_t kPeriod = 100000; // microseconds; a thousandth of a core is 100 of them
    const engines::OciLimits& limits = wish.config.limits;
    Json resources = Json::object();
    if (limits.pids) {
        resources["pids"] = {{"limit", *limits.pids}};
    }
    if (limits.memory) {
        resources["memory"] = {{"limit", *limits.memory}};
    }
    if (limits.cpu) {
        resources["cpu"] = {{"quota", *limits.cpu * kPeriod / 1000}, {"period", kPeriod}};
    }
    if (!resources.empty()) {
        body["resource_limits"] = std::move(resources);
    }
    if (!limits.pids) {
        wish.notes.emplace_back(
            "pids limit: the scenario has none, Podman sets its own (2048 unless configured)");
    }
    lowerPodmansOwn(wish);
    for (const auto& [name, limit] : wish.config.rlimits) {
        body["r_limits"].push_back(
            {{"type", engineLimitName(name)},
             {"soft", limit.soft.value_or(~0ULL)},
             {"hard", limit.hard.value_or(~0ULL)}});
    }
}

void addDirectories(const EngineWish& wish, Json& body) {
    for (std::size_t i = 0; i < wish.scenario.directories.size(); ++i) {
        const catalog::LabDirectory& directory = wish.scenario.directories[i];
        body["mounts"].push_back(
            {{"destination", directory.target},
             {"type", "bind"},
             {"source", labDirectory(wish.context.launch.bundle, i).string()},
             {"options", {"rbind", "rprivate", directory.readOnly ? "ro" : "rw"}}});
    }
}

Json environmentOf(const std::vector<std::string>& lines) {
    Json out = Json::object();
    for (const std::string& line : lines) {
        const auto equals = line.find('=');
        out[line.substr(0, equals)] = line.substr(equals + 1);
    }
    return out;
}

} // namespace

EngineAsk askPodman(EngineWish wish) {
    const Scenario& scenario = wish.scenario;
    EngineAsk ask;
    Json body;
    body["name"] = wish.context.launch.containerId;
    body["image"] = wish.context.image;
    body["hostname"] = scenario.name;
    body["user"] = std::to_string(scenario.uid) + ":" + std::to_string(scenario.gid);
    body["command"] = wish.config.arguments;
    body["env"] = environmentOf(wish.config.environment);
    body["labels"] = {
        {kRunLabel, wish.context.runLabel}, {kUserLabel, std::to_string(wish.context.launch.machine.uid)}};
    body["systemd"] = "false";
    body["netns"] = {{"nsmode", "none"}};
    if (wish.privileged) {
        body["privileged"] = true;
    } else {
        addSecurity(wish, body, ask);
    }
    body["no_new_privileges"] = scenario.noNewPrivileges;
    body["read_only_filesystem"] = scenario.readOnlyRoot;
    body["read_write_tmpfs"] = false; // folders of tmpfs beside a read-only root are the client's idea
    addMapping(wish, body);
    addLimits(wish, body);
    addDirectories(wish, body);
    ask.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    ask.notes = std::move(wish.notes);
    return ask;
}

} // namespace bulkhead::lab
