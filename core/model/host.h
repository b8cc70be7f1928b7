#pragma once

#include "core/model/fact.h"
#include "core/model/table.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bulkhead::model {

/// Whether user namespaces can be created on the machine (user_namespaces(7)).
struct UsernsPolicy {
    Fact<std::int64_t> max;
    Fact<bool> unprivileged;

    bool operator==(const UsernsPolicy&) const = default;
};

/// The machine on which the snapshot was taken. Never compared: it is the ground the boundary stands on.
struct Host {
    Fact<std::string> kernel;
    Fact<std::string> distro;
    Fact<std::string> arch;
    Fact<std::string> cgroup; ///< "v1", "v2" or "hybrid"
    Fact<std::vector<std::string>> lsms;
    Fact<std::string> bootId;
    Fact<std::int64_t> capLastCap;
    Fact<std::string> reference; ///< "known" where the host's own namespaces are known, else "unknown"
    std::map<std::string, Fact<std::string>> knobs;
    std::map<std::string, Fact<std::string>>
        vulnerabilities;                           ///< by name of the flaw: the mitigation in force
    Fact<std::vector<std::string>> bootParameters; ///< those that weaken or set up protection
    Fact<std::string> lockdown;
    Fact<std::string> yama;
    UsernsPolicy userns;

    bool operator==(const Host&) const = default;
};

template <>
struct Table<UsernsPolicy> {
    static constexpr auto rows = rowsOf(
        Row{"max", &UsernsPolicy::max, "user.max_user_namespaces", Compare::host},
        Row{"unprivileged", &UsernsPolicy::unprivileged, "an unprivileged user may create one",
            Compare::host});
};

template <>
struct Table<Host> {
    static constexpr auto rows = rowsOf(
        Row{"kernel", &Host::kernel, "release (uname -r)", Compare::host},
        Row{"distro", &Host::distro, "PRETTY_NAME of os-release(5)", Compare::host},
        Row{"arch", &Host::arch, "machine (uname -m)", Compare::host},
        Row{"cgroup", &Host::cgroup, "v1, v2 or hybrid", Compare::host},
        Row{"lsms", &Host::lsms, "active security modules (/sys/kernel/security/lsm)", Compare::host},
        Row{"bootId", &Host::bootId, "/proc/sys/kernel/random/boot_id", Compare::host},
        Row{"capLastCap", &Host::capLastCap, "highest capability of the kernel", Compare::host},
        Row{"reference", &Host::reference, "known where the host's own namespaces are known", Compare::host},
        Row{"knobs", &Host::knobs, "kernel settings by sysctl name", Compare::host},
        Row{"vulnerabilities", &Host::vulnerabilities,
            "flaws of the processor and what the kernel does about them "
            "(/sys/devices/system/cpu/vulnerabilities)",
            Compare::host},
        Row{"bootParameters", &Host::bootParameters,
            "kernel parameters that weaken or set up protection (/proc/cmdline)", Compare::host},
        Row{"lockdown", &Host::lockdown, "kernel_lockdown(7) mode", Compare::host},
        Row{"yama", &Host::yama, "kernel.yama.ptrace_scope; absent where Yama is not built in",
            Compare::host},
        Row{"userns", &Host::userns, "whether user namespaces can be created", Compare::host});
};

} // namespace bulkhead::model
