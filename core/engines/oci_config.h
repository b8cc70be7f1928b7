#pragma once

#include "core/claims/ground.h"
#include "core/model/capability.h"
#include "core/model/device_rule.h"
#include "core/model/id_map.h"
#include "core/model/identity.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::engines {

/// A mount of an OCI configuration, in the order in which the runtime makes them.
struct OciMount {
    std::string target;
    std::string type;
    std::string source;
    std::vector<std::string> options;

    bool operator==(const OciMount&) const = default;
};

/// A device node the runtime makes in the container.
using OciDevice = claims::AskedDevice;

/// One line of linux.resources.devices; a later one overrides an earlier.
struct OciDeviceRule {
    bool allow = false;
    model::DeviceRule rule;

    bool operator==(const OciDeviceRule&) const = default;
};

/// One entry of linux.seccomp.syscalls with at most one argument.
struct OciSeccompRule {
    struct Argument {
        std::uint32_t index = 0;
        std::string op; ///< "SCMP_CMP_EQ"
        std::uint64_t value = 0;
        std::uint64_t valueTwo = 0; ///< of SCMP_CMP_MASKED_EQ: what the masked argument must equal

        bool operator==(const Argument&) const = default;
    };

    std::vector<std::string> calls;
    bool allow = true;
    std::uint32_t errorNumber = 0;
    std::optional<Argument> argument;

    bool operator==(const OciSeccompRule&) const = default;
};

/// linux.seccomp: everything no rule names answers with an errno.
struct OciSeccomp {
    std::uint32_t otherwise = 1;
    std::vector<std::string> architectures; ///< "SCMP_ARCH_X86_64"
    std::vector<OciSeccompRule> rules;

    bool operator==(const OciSeccomp&) const = default;
};

/// linux.resources; nullopt leaves a limit to the cgroup.
struct OciLimits {
    std::optional<std::uint64_t> pids;
    std::optional<std::uint64_t> memory; ///< bytes
    std::optional<std::uint64_t> cpu;    ///< thousandths of a core

    bool operator==(const OciLimits&) const = default;
};

/// What a runtime is asked for: the part of the OCI runtime specification that the lab uses.
struct OciConfig {
    std::string hostname;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    model::CapabilitySet bounding;
    model::CapabilitySet permitted;
    model::CapabilitySet effective;
    bool noNewPrivileges = false;
    std::map<std::string, model::ResourceLimit> rlimits;
    bool readOnlyRoot = false;
    std::vector<OciMount> mounts;
    std::vector<std::string> namespaces; ///< "pid", "network": each a new one
    model::IdMap uidMap;
    model::IdMap gidMap;
    std::vector<std::string> maskedPaths;
    std::vector<std::string> readonlyPaths;
    std::map<std::string, std::string> sysctls;
    std::vector<OciDevice> devices;
    std::vector<OciDeviceRule> deviceRules;
    OciLimits limits;
    std::string cgroupsPath; ///< empty: left to the runtime
    std::optional<OciSeccomp> seccomp;

    bool operator==(const OciConfig&) const = default;
};

/// The filter alone, as a profile file: what `--security-opt seccomp=` takes.
[[nodiscard]] std::string writeSeccompProfile(const OciSeccomp& seccomp);

/// config.json of the OCI runtime specification 1.0.2, with its root file system in "rootfs".
[[nodiscard]] std::string writeConfig(const OciConfig& config);

} // namespace bulkhead::engines
