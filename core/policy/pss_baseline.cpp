#include "core/policy/pss_checks.h"

#include <algorithm>
#include <array>

namespace bulkhead::policy {

namespace {

constexpr std::array<std::string_view, 13> kAddable = {
    "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",      "MKNOD",
    "NET_BIND_SERVICE", "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT"};

/// A sysctl that is taken for safe, and since which minor version.
struct SafeSysctl {
    std::string_view name;
    int since = 0;
};

constexpr std::array kSafeSysctls = {
    SafeSysctl{"kernel.shm_rmid_forced", 0},
    SafeSysctl{"net.ipv4.ip_local_port_range", 0},
    SafeSysctl{"net.ipv4.tcp_syncookies", 0},
    SafeSysctl{"net.ipv4.ping_group_range", 0},
    SafeSysctl{"net.ipv4.ip_unprivileged_port_start", 0},
    SafeSysctl{"net.ipv4.ip_local_reserved_ports", 27},
    SafeSysctl{"net.ipv4.tcp_keepalive_time", 29},
    SafeSysctl{"net.ipv4.tcp_fin_timeout", 29},
    SafeSysctl{"net.ipv4.tcp_keepalive_intvl", 29},
    SafeSysctl{"net.ipv4.tcp_keepalive_probes", 29},
    SafeSysctl{"net.ipv4.tcp_rmem", 32},
    SafeSysctl{"net.ipv4.tcp_wmem", 32},
    SafeSysctl{"net.ipv4.tcp_slow_start_after_idle", 37},
    SafeSysctl{"net.ipv4.tcp_notsent_lowat", 37},
};

} // namespace

PssResult checkAddedCapabilities(Pod& pod, int /*minor*/) {
    std::vector<std::string> bad;
    std::set<std::string> capabilities;
    for (const PodContainer& container : pod.containers()) {
        const Field added = pod.below(container.context, {"capabilities", "add"});
        bool valid = true;
        for (const std::string& name : pod.texts(added)) {
            if (std::ranges::find(kAddable, std::string_view(name)) == kAddable.end()) {
                valid = false;
                capabilities.insert(name);
            }
        }
        if (!valid) {
            pod.forbid(added);
            bad.push_back(container.name);
        }
    }
    if (bad.empty()) {
        return {};
    }
    return {
        "non-default capabilities", containersNamed(bad) + " must not include " + joinQuoted(capabilities) +
                                        " in securityContext.capabilities.add"};
}

PssResult checkHostNamespaces(Pod& pod, int /*minor*/) {
    std::vector<std::string> shared;
    for (const char* key : {"hostNetwork", "hostPID", "hostIPC"}) {
        const Field field = pod.spec({key});
        if (pod.truth(field).value_or(false)) {
            pod.forbid(field);
            shared.push_back(std::string(key) + "=true");
        }
    }
    return shared.empty() ? PssResult{} : PssResult{"host namespaces", joined(shared, ", ")};
}

PssResult checkHostPaths(Pod& pod, int /*minor*/) {
    std::vector<std::string> bad;
    for (const Field& volume : pod.itemsOf(pod.spec({"volumes"}))) {
        const Field host = pod.below(volume, {"hostPath"});
        if (host.there()) {
            pod.forbid(pod.below(host, {"path"}));
            bad.push_back(pod.text(pod.below(volume, {"name"})).value_or(""));
        }
    }
    return bad.empty()
               ? PssResult{}
               : PssResult{
                     "hostPath volumes", oneOrMany(bad.size(), "volume", "volumes") + " " + joinQuoted(bad)};
}

PssResult checkHostPorts(Pod& pod, int /*minor*/) {
    std::vector<std::string> bad;
    std::set<std::string> ports;
    for (const PodContainer& container : pod.containers()) {
        bool valid = true;
        for (const Field& port : pod.itemsOf(pod.below(container.whole, {"ports"}))) {
            const Field field = pod.below(port, {"hostPort"});
            const auto number = pod.number(field).value_or(0);
            if (number != 0) {
                pod.forbid(field);
                ports.insert(std::to_string(number));
                valid = false;
            }
        }
        if (!valid) {
            bad.push_back(container.name);
        }
    }
    if (bad.empty()) {
        return {};
    }
    return {
        "hostPort", containersNamed(bad) + " " + oneOrMany(bad.size(), "uses", "use") + " " +
                        oneOrMany(ports.size(), "hostPort", "hostPorts") + " " +
                        joined({ports.begin(), ports.end()}, ", ")};
}

PssResult checkProbeHosts(Pod& pod, int /*minor*/) {
    std::set<std::string> bad;
    std::set<std::string> hosts;
    for (const PodContainer& container : pod.containers()) {
        const std::array handlers = {
            pod.below(container.whole, {"livenessProbe"}),
            pod.below(container.whole, {"readinessProbe"}),
            pod.below(container.whole, {"startupProbe"}),
            pod.below(container.whole, {"lifecycle", "postStart"}),
            pod.below(container.whole, {"lifecycle", "preStop"}),
        };
        for (const Field& handler : handlers) {
            for (const char* way : {"httpGet", "tcpSocket"}) {
                const Field field = pod.below(handler, {way, "host"});
                const std::string host = pod.text(field).value_or("");
                if (!host.empty()) {
                    pod.forbid(field);
                    bad.insert(container.name);
                    hosts.insert(host);
                }
            }
        }
    }
    if (bad.empty()) {
        return {};
    }
    return {
        "probe or lifecycle host",
        containersNamed({bad.begin(), bad.end()}) + " " + oneOrMany(bad.size(), "uses", "use") + " " +
            oneOrMany(hosts.size(), "probe or lifecycle host", "probe or lifecycle hosts") + " " +
            joinQuoted(hosts)};
}

PssResult checkPrivileged(Pod& pod, int /*minor*/) {
    std::vector<std::string> bad;
    for (const PodContainer& container : pod.containers()) {
        const Field field = pod.below(container.context, {"privileged"});
        if (pod.truth(field).value_or(false)) {
            pod.forbid(field);
            bad.push_back(container.name);
        }
    }
    return bad.empty()
               ? PssResult{}
               : PssResult{
                     "privileged", containersNamed(bad) + " must not set securityContext.privileged=true"};
}

PssResult procMountResult(Pod& pod) {
    std::vector<std::string> bad;
    std::set<std::string> types;
    for (const PodContainer& container : pod.containers()) {
        const Field field = pod.below(container.context, {"procMount"});
        const auto type = pod.text(field);
        if (type && *type != "Default") {
            pod.forbid(field);
            bad.push_back(container.name);
            types.insert(*type);
        }
    }
    return bad.empty()
               ? PssResult{}
               : PssResult{
                     "procMount", containersNamed(bad) + " must not set securityContext.procMount to " +
                                      joinQuoted(types)};
}

PssResult checkProcMount(Pod& pod, int minor) {
    return minor >= 35 && pod.hasOwnUsers() ? PssResult{} : procMountResult(pod);
}

PssResult checkSysctls(Pod& pod, int minor) {
    std::vector<std::string> bad;
    for (const Field& sysctl : pod.itemsOf(pod.spec({"securityContext", "sysctls"}))) {
        const Field field = pod.below(sysctl, {"name"});
        const std::string name = pod.text(field).value_or("");
        const bool safe = std::ranges::any_of(kSafeSysctls, [&](const SafeSysctl& known) {
            return known.name == name && known.since <= minor;
        });
        if (!safe) {
            pod.forbid(field);
            bad.push_back(name);
        }
    }
    return bad.empty() ? PssResult{} : PssResult{"forbidden sysctls", joined(bad, ", ")};
}

PssResult checkHostProcess(Pod& pod, int /*minor*/) {
    BadSetters bad;
    const Field ofPod = pod.spec({"securityContext", "windowsOptions", "hostProcess"});
    if (pod.truth(ofPod).value_or(false)) {
        pod.forbid(ofPod);
        bad.pod = true;
    }
    for (const PodContainer& container : pod.containers()) {
        const Field field = pod.below(container.context, {"windowsOptions", "hostProcess"});
        if (pod.truth(field).value_or(false)) {
            pod.forbid(field);
            bad.containers.push_back(container.name);
        }
    }
    return bad.any()
               ? PssResult{"hostProcess", joined(bad.words(), " and ") + " must not set securityContext.windowsOptions.hostProcess=true"}
               : PssResult{};
}

} // namespace bulkhead::policy
