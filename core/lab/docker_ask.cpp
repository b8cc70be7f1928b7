#include "core/lab/engine_ask.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace bulkhead::lab {

using catalog::Scenario;
using Json = nlohmann::ordered_json;

namespace {

/// Docker's limits are 64 bits with a sign; -1 is none.
std::int64_t bound(const std::optional<std::uint64_t>& limit) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return limit ? static_cast<std::int64_t>(std::min(*limit, kMost)) : -1;
}

void addCapabilities(const Scenario& scenario, Json& host) {
    if (scenario.capabilities != catalog::dockerCapabilities()) {
        host["CapDrop"] = {"ALL"};
        host["CapAdd"] = scenario.capabilities.sortedNames();
    }
}

void addFilter(const EngineWish& wish, Json& host) {
    Json options = Json::array();
    if (wish.scenario.noNewPrivileges) {
        options.push_back("no-new-privileges");
    }
    if (wish.scenario.seccomp.empty()) {
        options.push_back("seccomp=unconfined");
    } else if (wish.scenario.seccomp != kDockersOwnFilter && wish.config.seccomp) {
        options.push_back("seccomp=" + engines::writeSeccompProfile(*wish.config.seccomp));
    }
    if (!options.empty()) {
        host["SecurityOpt"] = std::move(options);
    }
}

void addDevices(const EngineWish& wish, Json& host) {
    if (wish.scenario.hostDevices) {
        host["Devices"] = Json::array();
        for (const engines::OciDevice& device : wish.config.devices) {
            host["Devices"].push_back(
                {{"PathOnHost", device.path},
                 {"PathInContainer", device.path},
                 {"CgroupPermissions", "rwm"}});
        }
    }
    if (wish.scenario.openDevicePolicy) {
        host["DeviceCgroupRules"] = {"a *:* rwm"};
    }
}

void addLimits(EngineWish& wish, Json& host) {
    const engines::OciLimits& limits = wish.config.limits;
    constexpr std::uint64_t kNanosInThousandth = 1000000;
    if (limits.pids) {
        host["PidsLimit"] = bound(limits.pids);
    }
    if (limits.memory) {
        host["Memory"] = bound(limits.memory);
        host["MemorySwap"] = -1; // else Docker allows as much swap again
    }
    if (limits.cpu) {
        host["NanoCpus"] = *limits.cpu * kNanosInThousandth;
    }
    Json ulimits = Json::array();
    for (const auto& [name, limit] : wish.config.rlimits) {
        if (name == "RLIMIT_AS") {
            wish.notes.emplace_back("RLIMIT_AS: Docker has no word for it, so it is not set");
            continue;
        }
        ulimits.push_back(
            {{"Name", engineLimitName(name)}, {"Soft", bound(limit.soft)}, {"Hard", bound(limit.hard)}});
    }
    if (!ulimits.empty()) {
        host["Ulimits"] = std::move(ulimits);
    }
}

void addDirectories(const EngineWish& wish, Json& host) {
    for (std::size_t i = 0; i < wish.scenario.directories.size(); ++i) {
        const catalog::LabDirectory& directory = wish.scenario.directories[i];
        host["Mounts"].push_back(
            {{"Type", "bind"},
             {"Source", labDirectory(wish.context.launch.bundle, i).string()},
             {"Target", directory.target},
             {"ReadOnly", directory.readOnly},
             {"BindOptions", {{"Propagation", "rprivate"}}}});
    }
}

void addRoot(EngineWish& wish, Json& host) {
    if (!wish.scenario.readOnlyRoot) {
        return;
    }
    host["ReadonlyRootfs"] = true;
    wish.notes.emplace_back(
        "read-only root: Docker makes its other default mounts read-only with it, but for "
        "/proc and what is below /dev");
}

} // namespace

EngineAsk askDocker(EngineWish wish) {
    const Scenario& scenario = wish.scenario;
    Json host;
    host["NetworkMode"] = "none";
    if (wish.privileged) {
        host["Privileged"] = true;
    } else {
        addCapabilities(scenario, host);
        addFilter(wish, host);
        addDevices(wish, host);
        if (!scenario.protectPaths) {
            host["MaskedPaths"] = Json::array();
            host["ReadonlyPaths"] = Json::array();
        }
    }
    addRoot(wish, host);
    addLimits(wish, host);
    addDirectories(wish, host);
    Json body;
    body["Image"] = wish.context.image;
    body["Hostname"] = scenario.name;
    body["User"] = std::to_string(scenario.uid) + ":" + std::to_string(scenario.gid);
    body["Cmd"] = wish.config.arguments;
    body["Env"] = wish.config.environment;
    body["Labels"] = {
        {kRunLabel, wish.context.runLabel}, {kUserLabel, std::to_string(wish.context.launch.machine.uid)}};
    body["HostConfig"] = std::move(host);
    return {body.dump(-1, ' ', false, Json::error_handler_t::replace), "", std::move(wish.notes)};
}

} // namespace bulkhead::lab
