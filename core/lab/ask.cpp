#include "core/lab/ask.h"

#include "core/engines/docker_defaults.h"

#include <algorithm>
#include <cctype>

namespace bulkhead::lab {

namespace fs = std::filesystem;
using catalog::Launcher;
using catalog::Scenario;
using engines::OciConfig;

namespace {

std::string architectureName(const std::string& name) {
    std::string out = "SCMP_ARCH_";
    for (const char c : name) {
        out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return out;
}

engines::OciSeccompRule::Argument argumentOf(const catalog::ArgumentTest& test) {
    using Operator = catalog::ArgumentTest::Operator;
    switch (test.op) {
    case Operator::less:
        return {test.index, "SCMP_CMP_LT", test.value, 0};
    case Operator::greater:
        return {test.index, "SCMP_CMP_GT", test.value, 0};
    case Operator::maskedEqual:
        return {test.index, "SCMP_CMP_MASKED_EQ", test.mask, test.value};
    default:
        return {test.index, "SCMP_CMP_EQ", test.value, 0};
    }
}

engines::OciSeccomp seccompOf(const catalog::ResolvedProfile& resolved) {
    engines::OciSeccomp seccomp;
    seccomp.otherwise = resolved.otherwise;
    for (const std::string& name : resolved.architectures) {
        seccomp.architectures.push_back(architectureName(name));
    }
    for (const catalog::ResolvedRule& rule : resolved.rules) {
        engines::OciSeccompRule& entry = seccomp.rules.emplace_back();
        entry = {rule.calls, rule.allow, rule.errorNumber, std::nullopt};
        if (rule.argument) {
            entry.argument = argumentOf(*rule.argument);
        }
    }
    return seccomp;
}

void askForIdentity(const Scenario& scenario, const LaunchContext& context, OciConfig& config) {
    config.uid = scenario.uid;
    config.gid = scenario.gid;
    const auto asked = scenario.capabilities.upTo(context.machine.ground.lastCapability);
    config.bounding = asked;
    // an execve by another user than root empties these sets, whatever is asked (capabilities(7))
    config.permitted = scenario.uid == 0 ? asked : model::CapabilitySet();
    config.effective = config.permitted;
    config.noNewPrivileges = scenario.noNewPrivileges;
    config.rlimits = scenario.rlimits;
    if (scenario.userNamespace) {
        const auto& mapping = *scenario.userNamespace;
        const model::IdRange range = mapping.launcherOnly
                                         ? model::IdRange{0, context.launcherId, 1}
                                         : model::IdRange{0, mapping.outside, mapping.length};
        config.uidMap.ranges = {range};
        config.gidMap.ranges = {range};
    }
}

/// Docker's namespaces: its own cgroup namespace only where cgroups are v2 alone.
void askForNamespaces(const Scenario& scenario, const LaunchContext& context, OciConfig& config) {
    config.namespaces = {"pid", "network", "ipc", "uts", "mount"};
    if (context.machine.ground.cgroupUnified) {
        config.namespaces.emplace_back("cgroup");
    }
    if (scenario.userNamespace) {
        config.namespaces.emplace_back("user");
    }
}

void askForMounts(const Scenario& scenario, const LaunchContext& context, OciConfig& config) {
    config.mounts = engines::dockerMounts(scenario.readOnlyKernelFiles);
    for (std::size_t i = 0; i < scenario.directories.size(); ++i) {
        const catalog::LabDirectory& directory = scenario.directories[i];
        config.mounts.push_back(
            {directory.target,
             "bind",
             labDirectory(context.bundle, i).string(),
             {"rbind", "rprivate", directory.readOnly ? "ro" : "rw"}});
    }
    if (scenario.protectPaths) {
        config.maskedPaths = engines::dockerMaskedPaths(context.machine.ground.throttlePaths);
        config.readonlyPaths = engines::dockerReadonlyPaths();
    }
}

/// Docker lets any user of the container's own network bind low ports and ping; the second setting takes
/// group ids, which a user namespace does not map.
void askForSysctls(const Scenario& scenario, OciConfig& config) {
    config.sysctls["net.ipv4.ip_unprivileged_port_start"] = "0";
    if (!scenario.userNamespace) {
        config.sysctls["net.ipv4.ping_group_range"] = "0 2147483647";
    }
}

void askForDevices(const Scenario& scenario, const LaunchContext& context, OciConfig& config) {
    if (scenario.hostDevices) {
        config.devices = context.machine.ground.devices;
    }
    config.deviceRules = engines::dockerDeviceRules();
    if (scenario.openDevicePolicy) {
        config.deviceRules = {{true, model::DeviceRules::everything().allowed.front()}};
    }
}

bool has(const std::vector<std::string>& list, const std::string& word) {
    return std::ranges::find(list, word) != list.end();
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        out += (out.empty() ? "" : ", ") + word;
    }
    return out;
}

/// Over a new user namespace every capability is there to give; over the host only what the launcher has.
void fitCapabilities(const Scenario& scenario, const Machine& machine, Fitted& fitted) {
    if (scenario.userNamespace) {
        return;
    }
    OciConfig& config = fitted.config;
    const auto lacking = config.bounding.minus(machine.ground.launcher);
    if (!lacking.empty()) {
        fitted.notes.push_back(
            "asked for " + joined(lacking.sortedNames()) +
            ": the launcher does not hold it, so it cannot give it");
    }
    for (model::CapabilitySet* set : {&config.bounding, &config.permitted, &config.effective}) {
        *set = set->intersected(machine.ground.launcher);
    }
}

void fitResourceLimits(const Machine& machine, Fitted& fitted) {
    if (machine.ground.launcher.has(*model::capabilityNamed("CAP_SYS_RESOURCE"))) {
        return;
    }
    for (auto& [name, limit] : fitted.config.rlimits) {
        const auto most = machine.hardLimits.find(name);
        if (most != machine.hardLimits.end() && limit.hard.value_or(~0ULL) > most->second) {
            fitted.notes.push_back(
                name + ": asked for " + (limit.hard ? std::to_string(*limit.hard) : "no limit") +
                "; the launcher may not raise it above " + std::to_string(most->second));
            limit.hard = most->second;
            limit.soft = std::min(limit.soft.value_or(~0ULL), most->second);
        }
    }
}

void fitControllers(const Machine& machine, Fitted& fitted) {
    engines::OciLimits& limits = fitted.config.limits;
    for (const auto& [name, limit] :
         {std::pair{"pids", &limits.pids}, std::pair{"memory", &limits.memory},
          std::pair{"cpu", &limits.cpu}}) {
        if (*limit && !has(machine.controllers, name)) {
            fitted.notes.push_back(
                std::string(name) + " limit: this machine offers no such cgroup controller, so none is set");
            limit->reset();
        }
    }
}

/// What runc accepts of a user without privilege: no resources and no cgroup of its own, no unmapped group.
void fitToUnprivileged(Fitted& fitted) {
    OciConfig& config = fitted.config;
    fitted.notes.emplace_back("device policy: an unprivileged launch cannot set one, so none is set");
    if (config.limits != engines::OciLimits{}) {
        fitted.notes.emplace_back("limits: an unprivileged launch cannot set any, so none is set");
    }
    if (!config.devices.empty()) {
        fitted.notes.emplace_back("host devices: an unprivileged launch cannot make device nodes");
    }
    config.deviceRules.clear();
    config.devices.clear();
    config.limits = {};
    config.cgroupsPath.clear();
    for (engines::OciMount& mount : config.mounts) {
        std::erase(mount.options, "gid=5");
    }
}

void fitSysctls(Fitted& fitted) {
    std::erase_if(fitted.config.sysctls, [&](const auto& entry) {
        std::string path = entry.first;
        std::ranges::replace(path, '.', '/');
        std::error_code error;
        const bool missing = !fs::exists(fs::path("/proc/sys") / path, error);
        if (missing) {
            fitted.notes.push_back("sysctl " + entry.first + ": this kernel has none");
        }
        return missing;
    });
}

} // namespace

void fitLimits(const Machine& machine, Fitted& fitted) {
    fitResourceLimits(machine, fitted);
    fitControllers(machine, fitted);
}

fs::path labDirectory(const fs::path& bundle, std::size_t index) {
    return bundle / ("host-directory-" + std::to_string(index + 1));
}

std::uint32_t containerRoot(const Scenario& scenario, const LaunchContext& context) {
    if (!scenario.userNamespace) {
        return 0;
    }
    return scenario.userNamespace->launcherOnly ? context.launcherId : scenario.userNamespace->outside;
}

OciConfig askFor(const Scenario& scenario, const LaunchContext& context) {
    OciConfig config;
    config.hostname = scenario.name;
    config.arguments = {"/bulkhead-probe", "hold"};
    config.environment = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", context.runMarker};
    config.readOnlyRoot = scenario.readOnlyRoot;
    config.cgroupsPath = "/" + context.containerId;
    config.limits = {scenario.limits.pids, scenario.limits.memory, scenario.limits.cpu};
    askForIdentity(scenario, context, config);
    askForNamespaces(scenario, context, config);
    askForMounts(scenario, context, config);
    askForSysctls(scenario, config);
    askForDevices(scenario, context, config);
    if (context.profile) {
        const auto kernel = catalog::parseKernelRelease(context.machine.ground.kernelRelease);
        config.seccomp = seccompOf(catalog::resolveProfile(
            *context.profile, {config.bounding, context.machine.ground.architecture,
                               kernel.value_or(catalog::KernelRelease{})}));
    }
    return config;
}

Fitted fitToLauncher(OciConfig asked, const Scenario& scenario, const LaunchContext& context) {
    Fitted fitted{std::move(asked), {}};
    if (scenario.launcher == Launcher::unprivileged) {
        fitToUnprivileged(fitted);
    }
    fitCapabilities(scenario, context.machine, fitted);
    fitLimits(context.machine, fitted);
    fitSysctls(fitted);
    if (context.machine.ground.apparmor) {
        fitted.notes.emplace_back(
            "AppArmor: Docker would apply docker-default here; the lab applies no profile");
    }
    return fitted;
}

} // namespace bulkhead::lab
