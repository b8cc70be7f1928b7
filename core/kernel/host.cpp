#include "core/kernel/cgroup_file.h"
#include "core/kernel/collect.h"
#include "core/kernel/host_mounts.h"
#include "core/kernel/host_settings.h"
#include "core/kernel/machine.h"
#include "core/kernel/os_release.h"
#include "core/kernel/text.h"

#include <cerrno>
#include <sys/utsname.h>

namespace bulkhead::kernel {

using model::Fact;
using model::Host;
using model::Unreadable;

namespace {

constexpr std::string_view kNeedsSecurityfs =
    "securityfs mounted on the host: mount -t securityfs securityfs /sys/kernel/security";

Fact<std::string> valueOf(const os::ProcRoot& root, const std::string& path) {
    return factOf(readMachineValue(root, path), path);
}

Fact<std::int64_t> numberAt(const os::ProcRoot& root, const std::string& path) {
    const auto text = readMachineValue(root, path);
    if (!text) {
        return text.error().why;
    }
    const auto number = numberOf<std::int64_t>(*text);
    return number ? Fact<std::int64_t>(*number, observed(path))
                  : Fact<std::int64_t>(Unreadable{path + ": expected a number", ""});
}

Fact<std::string> readDistribution(const os::ProcRoot& root) {
    for (const std::string path : {"/etc/os-release", "/usr/lib/os-release"}) {
        if (const auto text = readMachineFile(root, path)) {
            auto name = parsePrettyName(*text);
            return name ? Fact<std::string>(*name, observed(path + " PRETTY_NAME"))
                        : Fact<std::string>(Unreadable{path + ": no PRETTY_NAME", ""});
        }
    }
    return Unreadable{"/etc/os-release: ENOENT", ""};
}

Fact<std::string> readArchitecture(const os::ProcRoot& root) {
    const std::string path = "/proc/sys/kernel/arch"; // since Linux 6.1
    auto value = readMachineValue(root, path);
    utsname names{};
    if (!value && root.live && ::uname(&names) == 0) {
        return {names.machine, observed("uname(2)")};
    }
    return factOf(std::move(value), path);
}

Fact<std::vector<std::string>> readModules(const os::ProcRoot& root) {
    const std::string path = "/sys/kernel/security/lsm";
    const auto text = readMachineValue(root, path);
    if (!text) {
        Unreadable why = text.error().why;
        why.needs = text.error().number == ENOENT ? std::string(kNeedsSecurityfs) : why.needs;
        return why;
    }
    std::vector<std::string> modules;
    for (const std::string_view name : splitAt(*text, ',')) {
        modules.emplace_back(name);
    }
    return {std::move(modules), observed(path)};
}

/// "none [integrity] confidentiality": the chosen one in brackets (kernel_lockdown(7)).
Fact<std::string> readLockdown(const os::ProcRoot& root, bool securityfsMounted) {
    const std::string path = "/sys/kernel/security/lockdown";
    const auto text = readMachineValue(root, path);
    if (!text && text.error().number == ENOENT && securityfsMounted) {
        return {"absent", observed(path + ": not there")};
    }
    if (!text) {
        Unreadable why = text.error().why;
        why.needs = text.error().number == ENOENT ? std::string(kNeedsSecurityfs) : why.needs;
        return why;
    }
    const auto open = text->find('[');
    const auto close = text->find(']');
    if (open == std::string::npos || close == std::string::npos || close < open) {
        return Unreadable{path + ": no mode in brackets", ""};
    }
    return {text->substr(open + 1, close - open - 1), observed(path)};
}

Fact<std::string> readYama(const os::ProcRoot& root) {
    const std::string path = "/proc/sys/kernel/yama/ptrace_scope";
    auto value = readMachineValue(root, path);
    if (!value && value.error().number == ENOENT) {
        return {"absent", observed(path + ": not there")};
    }
    return factOf(std::move(value), path);
}

/// Debian and Ubuntu add a switch each; a kernel without them leaves only the maximum.
model::UsernsPolicy readUserns(const os::ProcRoot& root) {
    model::UsernsPolicy policy;
    policy.max = numberAt(root, "/proc/sys/user/max_user_namespaces");
    const auto clone = readMachineValue(root, "/proc/sys/kernel/unprivileged_userns_clone");
    const auto restricted = readMachineValue(root, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
    if (!policy.max.known()) {
        policy.unprivileged = policy.max.unreadable() ? Fact<bool>(policy.max.gap()) : Fact<bool>();
        return policy;
    }
    const auto gone = [](const Reading<std::string>& value) { return value.error().number == ENOENT; };
    for (const auto* const value : {&clone, &restricted}) {
        if (!*value && !gone(*value) && policy.max.value() > 0) {
            policy.unprivileged = value->error().why; // a switch that is there and was not read
            return policy;
        }
    }
    const bool allowed =
        policy.max.value() > 0 && clone.value_or("1") != "0" && restricted.value_or("0") != "1";
    policy.unprivileged = {
        allowed, inferred("user.max_user_namespaces, kernel.unprivileged_userns_clone, "
                          "kernel.apparmor_restrict_unprivileged_userns")};
    return policy;
}

Fact<std::string> readCgroupVersion(const os::ProcRoot& root) {
    const auto hostMounts = readHostMounts(root, readHostReference(root));
    if (!hostMounts) {
        return hostMounts.error().why;
    }
    const auto version = cgroupVersionOf(hostMounts->tree);
    if (!version) {
        return Unreadable{"the host mounts no control groups", "cgroupfs mounted on the host"};
    }
    return {*version, observed("the host's mountinfo")};
}

} // namespace

Host readHost(const os::ProcRoot& root) {
    Host host;
    host.kernel = valueOf(root, "/proc/sys/kernel/osrelease");
    host.distro = readDistribution(root);
    host.arch = readArchitecture(root);
    host.cgroup = readCgroupVersion(root);
    host.lsms = readModules(root);
    host.bootId = valueOf(root, "/proc/sys/kernel/random/boot_id");
    host.capLastCap = numberAt(root, "/proc/sys/kernel/cap_last_cap");
    const HostReference reference = readHostReference(root);
    host.reference = {reference.known ? "known" : "unknown", observed(reference.evidence)};
    collectHostSettings(root, host);
    host.lockdown = readLockdown(root, host.lsms.known());
    host.yama = readYama(root);
    host.userns = readUserns(root);
    return host;
}

} // namespace bulkhead::kernel
