#include "core/engines/oci_config.h"

#include <nlohmann/json.hpp>

namespace bulkhead::engines {

namespace {

using Json = nlohmann::ordered_json;

/// Resource limits without a bound (getrlimit(2), RLIM_INFINITY).
constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};
constexpr std::uint64_t kCpuPeriod = 100000; // microseconds, the kernel's own default

Json writeProcess(const OciConfig& config) {
    Json process;
    process["terminal"] = false;
    process["user"] = {{"uid", config.uid}, {"gid", config.gid}};
    process["args"] = config.arguments;
    process["env"] = config.environment;
    process["cwd"] = "/";
    process["capabilities"] = {
        {"bounding", config.bounding.sortedNames()},
        {"effective", config.effective.sortedNames()},
        {"permitted", config.permitted.sortedNames()},
        {"inheritable", Json::array()},
        {"ambient", Json::array()}};
    process["noNewPrivileges"] = config.noNewPrivileges;
    for (const auto& [name, limit] : config.rlimits) {
        process["rlimits"].push_back(
            {{"type", name},
             {"soft", limit.soft.value_or(kNoLimit)},
             {"hard", limit.hard.value_or(kNoLimit)}});
    }
    return process;
}

Json writeMounts(const OciConfig& config) {
    Json mounts = Json::array();
    for (const OciMount& mount : config.mounts) {
        mounts.push_back(
            {{"destination", mount.target},
             {"type", mount.type},
             {"source", mount.source},
             {"options", mount.options}});
    }
    return mounts;
}

Json writeMap(const model::IdMap& map) {
    Json lines = Json::array();
    for (const model::IdRange& range : map.ranges) {
        lines.push_back({{"containerID", range.inside}, {"hostID", range.outside}, {"size", range.length}});
    }
    return lines;
}

Json writeDeviceRules(const OciConfig& config) {
    Json rules = Json::array();
    for (const OciDeviceRule& entry : config.deviceRules) {
        Json line;
        line["allow"] = entry.allow;
        if (entry.rule.type != 'a') {
            line["type"] = std::string(1, entry.rule.type);
        }
        if (entry.rule.major) {
            line["major"] = *entry.rule.major;
        }
        if (entry.rule.minor) {
            line["minor"] = *entry.rule.minor;
        }
        const std::string text = entry.rule.toText();
        line["access"] = text.substr(text.rfind(' ') + 1);
        rules.push_back(std::move(line));
    }
    return rules;
}

Json writeResources(const OciConfig& config) {
    Json resources = Json::object();
    if (!config.deviceRules.empty()) {
        resources["devices"] = writeDeviceRules(config);
    }
    if (config.limits.pids) {
        resources["pids"] = {{"limit", *config.limits.pids}};
    }
    if (config.limits.memory) {
        resources["memory"] = {{"limit", *config.limits.memory}};
    }
    if (config.limits.cpu) {
        resources["cpu"] = {{"quota", *config.limits.cpu * kCpuPeriod / 1000}, {"period", kCpuPeriod}};
    }
    return resources;
}

Json writeDevices(const OciConfig& config) {
    Json devices = Json::array();
    for (const OciDevice& device : config.devices) {
        devices.push_back(
            {{"path", device.path},
             {"type", std::string(1, device.type)},
             {"major", device.major},
             {"minor", device.minor},
             {"fileMode", device.mode},
             {"uid", device.uid},
             {"gid", device.gid}});
    }
    return devices;
}

Json writeRule(const OciSeccompRule& rule) {
    Json line;
    line["names"] = rule.calls;
    line["action"] = rule.allow ? "SCMP_ACT_ALLOW" : "SCMP_ACT_ERRNO";
    if (!rule.allow) {
        line["errnoRet"] = rule.errorNumber;
    }
    if (rule.argument) {
        line["args"] = Json::array(
            {{{"index", rule.argument->index},
              {"value", rule.argument->value},
              {"valueTwo", rule.argument->valueTwo},
              {"op", rule.argument->op}}});
    }
    return line;
}

Json writeSeccomp(const OciSeccomp& seccomp) {
    Json out;
    out["defaultAction"] = "SCMP_ACT_ERRNO";
    out["defaultErrnoRet"] = seccomp.otherwise;
    out["architectures"] = seccomp.architectures;
    out["syscalls"] = Json::array();
    for (const OciSeccompRule& rule : seccomp.rules) {
        out["syscalls"].push_back(writeRule(rule));
    }
    return out;
}

Json writeLinux(const OciConfig& config) {
    Json out;
    if (Json resources = writeResources(config); !resources.empty()) {
        out["resources"] = std::move(resources);
    }
    if (!config.cgroupsPath.empty()) {
        out["cgroupsPath"] = config.cgroupsPath;
    }
    out["namespaces"] = Json::array();
    for (const std::string& type : config.namespaces) {
        out["namespaces"].push_back({{"type", type}});
    }
    if (!config.uidMap.ranges.empty()) {
        out["uidMappings"] = writeMap(config.uidMap);
        out["gidMappings"] = writeMap(config.gidMap);
    }
    if (!config.devices.empty()) {
        out["devices"] = writeDevices(config);
    }
    if (config.seccomp) {
        out["seccomp"] = writeSeccomp(*config.seccomp);
    }
    out["sysctl"] = config.sysctls;
    out["maskedPaths"] = config.maskedPaths;
    out["readonlyPaths"] = config.readonlyPaths;
    return out;
}

} // namespace

std::string writeSeccompProfile(const OciSeccomp& seccomp) {
    return writeSeccomp(seccomp).dump();
}

std::string writeConfig(const OciConfig& config) {
    Json out;
    out["ociVersion"] = "1.0.2";
    out["process"] = writeProcess(config);
    out["root"] = {{"path", "rootfs"}, {"readonly", config.readOnlyRoot}};
    out["hostname"] = config.hostname;
    out["mounts"] = writeMounts(config);
    out["linux"] = writeLinux(config);
    // a path that is not UTF-8 cannot be said in JSON; the runtime then refuses the path it does not find
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace bulkhead::engines
