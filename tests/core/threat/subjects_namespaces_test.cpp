#include "tests/core/threat/subjects.h"

#include <array>

namespace bulkhead::threat {

using model::NamespaceType;
using S = model::Snapshot&;

namespace {

void share(S s, NamespaceType type, bool shared = true) {
    set(space(s, type).sharedWithHost, shared);
}
constexpr auto kOwnPids = [](S s) { share(s, NamespaceType::pid, false); };
constexpr auto kOwnNet = [](S s) { share(s, NamespaceType::net, false); };
constexpr auto kMapped = [](S s) { mapRoot(s, 100000); };

constexpr std::array kNamespaces = {
    Tried{"root-in-initial-userns", [](S) {}, [](S s) { set(s.identity.uid, model::Ids{5, 5, 5, 5}); }},
    Tried{"host-pid-namespace", [](S s) { share(s, NamespaceType::pid); }, kOwnPids},
    Tried{"host-pid-as-other-user", [](S s) { share(s, NamespaceType::pid); }, kOwnPids, true},
    Tried{
        "host-pid-with-ptrace", [](S s) { share(s, NamespaceType::pid), give(s, "CAP_SYS_PTRACE"); },
        kOwnPids},
    Tried{"host-network-namespace", [](S s) { share(s, NamespaceType::net); }, kOwnNet},
    Tried{
        "host-abstract-sockets",
        [](S s) {
            share(s, NamespaceType::net);
            set(s.network.hostServices, Texts{"@/containerd-shim/moby/x/shim.sock"});
        },
        [](S s) { set(s.network.hostServices, Texts{"tcp 127.0.0.1:631"}); }},
    Tried{
        "metadata-endpoint-reachable", [](S s) { set(s.network.routes, Texts{"default via 10.0.0.1 eth0"}); },
        [](S s) { set(s.network.routes, Texts{}); }, true},
    Tried{
        "host-ipc-namespace", [](S s) { share(s, NamespaceType::ipc); },
        [](S s) { share(s, NamespaceType::ipc, false); }},
    Tried{
        "host-uts-namespace",
        [](S s) { share(s, NamespaceType::uts), give(s, "CAP_SYS_ADMIN"), allow(s, "sethostname"); },
        [](S s) { share(s, NamespaceType::uts, false); }},
    Tried{
        "cap-sys-admin-mount", [](S s) { give(s, "CAP_SYS_ADMIN"), allow(s, "mount"); },
        [](S s) { refuse(s, "mount"); }},
    Tried{
        "cap-sys-module",
        [](S s) {
            give(s, "CAP_SYS_MODULE"), allow(s, "finit_module"), setKnob(s, "kernel.modules_disabled", "0");
        },
        [](S s) { setKnob(s, "kernel.modules_disabled", "1"); }},
    Tried{
        "cap-dac-read-search",
        [](S s) { give(s, "CAP_DAC_READ_SEARCH"), allow(s, "open_by_handle_at"), addMount(s, "/x", "/srv"); },
        [](S s) { takeOverHost(s, "CAP_DAC_READ_SEARCH"); }},
    Tried{
        "cap-sys-rawio",
        [](S s) { give(s, "CAP_SYS_RAWIO"), allow(s, "iopl"), set(s.host.lockdown, std::string("none")); },
        [](S s) { set(s.host.lockdown, std::string("integrity")); }},
    Tried{
        "cap-net-admin-host-netns", [](S s) { share(s, NamespaceType::net), give(s, "CAP_NET_ADMIN"); },
        kOwnNet},
    Tried{
        "cap-net-raw-shared-l2", [](S s) { set(s.network.interfaces, Texts{"lo", "eth0"}); },
        [](S s) { set(s.network.interfaces, Texts{"lo"}); }, true},
    Tried{
        "cap-bpf-perfmon", [](S s) { give(s, "CAP_PERFMON"), allow(s, "perf_event_open"); },
        [](S s) { refuse(s, "perf_event_open"); }},
    Tried{
        "cap-sys-boot",
        [](S s) { give(s, "CAP_SYS_BOOT"), share(s, NamespaceType::pid), allow(s, "reboot"); }, kOwnPids},
    Tried{
        "cap-sys-boot-kexec",
        [](S s) {
            give(s, "CAP_SYS_BOOT"), allow(s, "kexec_load"), setKnob(s, "kernel.kexec_load_disabled", "0");
        },
        [](S s) { setKnob(s, "kernel.kexec_load_disabled", "1"); }},
    Tried{
        "cap-sys-time", [](S s) { give(s, "CAP_SYS_TIME"), allow(s, "clock_settime"); },
        [](S s) { takeOverHost(s, "CAP_SYS_TIME"); }},
    Tried{
        "cap-mknod-open-device-policy", [](S s) { give(s, "CAP_MKNOD"), setPolicy(s, {"a *:* rwm"}); },
        [](S s) { setPolicy(s, {"c *:* rwm", "b *:* m"}); }},
    Tried{
        "cap-audit-control",
        [](S s) {
            give(s, "CAP_AUDIT_CONTROL"), share(s, NamespaceType::pid), set(s.audit.state, std::string("on"));
        },
        [](S s) { set(s.audit.state, std::string("locked")); }},
    Tried{"mknod-with-host-user", [](S) {}, [](S s) { setPolicy(s, {"c 1:3 rwm"}); }, true},
    Tried{
        "cap-mac-admin", [](S s) { give(s, "CAP_MAC_ADMIN"); },
        [](S s) { takeOverHost(s, "CAP_MAC_ADMIN"); }},
    Tried{
        "cap-syslog-kmsg",
        [](S s) {
            addDevice(s, "/dev/kmsg", false, 1, 11, model::DeviceClass::log), setPolicy(s, {"c 1:11 r"});
        },
        [](S s) { setPolicy(s, {"c 1:3 rw"}); }},
    Tried{"default-capabilities-kept", [](S) {}, kMapped},
    Tried{
        "shared-pod-pid-namespace", [](S s) { space(s, NamespaceType::pid).sharedWith = {"sidecar"}; },
        [](S s) { space(s, NamespaceType::pid).sharedWith = {}; }},
    Tried{
        "host-cgroup-namespace", [](S s) { share(s, NamespaceType::cgroup); },
        [](S s) { share(s, NamespaceType::cgroup, false); }},
};

void openSettings(S s) {
    openPath(s, "/proc/sys", true);
    mountAt(s, "/proc/sys").readOnly = false;
}
constexpr auto kCoverSettings = [](S s) { openPath(s, "/proc/sys", false); };

constexpr std::array kKernels = {
    Tried{
        "cgroup-v1-release-agent", [](S s) { give(s, "CAP_SYS_ADMIN"), allow(s, "mount"); },
        [](S s) { set(s.host.cgroup, std::string("v2")); }},
    Tried{"core-pattern-writable", openSettings, kCoverSettings},
    Tried{
        "userns-creation-inside", [](S s) { allow(s, "unshare"); },
        [](S s) { set(s.host.userns.max, std::int64_t{0}); }},
    Tried{
        "io-uring-allowed", [](S s) { allow(s, "io_uring_setup"); },
        [](S s) { setKnob(s, "kernel.io_uring_disabled", "2"); }},
    Tried{"keyring-shared", [](S s) { allow(s, "keyctl"); }, [](S s) { refuse(s, "keyctl"); }},
    Tried{
        "userfaultfd-allowed",
        [](S s) { allow(s, "userfaultfd"), setKnob(s, "vm.unprivileged_userfaultfd", "1"); },
        [](S s) { setKnob(s, "vm.unprivileged_userfaultfd", "0"); }},
    Tried{
        "af-alg-socket-allowed", [](S s) { refuse(s, "socketcall"), allow(s, "socket"); },
        [](S s) { refuse(s, "socket"); }},
    Tried{
        "shared-kernel-unpatched",
        [](S s) {
            allow(s, "socket");
            set(s.host.distro, std::string("Ubuntu 24.04.2 LTS"));
            set(s.host.kernel, std::string("6.8.0-110-generic"));
        },
        [](S s) { set(s.host.kernel, std::string("6.8.0-117-generic")); }},
    Tried{
        "core-dumps-to-host", [](S s) { setKnob(s, "kernel.core_pattern", "|/usr/lib/handler %P"); },
        [](S s) { setKnob(s, "kernel.core_pattern", "core"); }},
    Tried{
        "usermode-helper-writable",
        [](S s) {
            openSettings(s);
            setKnob(s, "kernel.modprobe", "/sbin/modprobe");
        },
        kCoverSettings},
    Tried{
        "binfmt-misc-writable",
        [](S s) { addMount(s, "/x", "/proc/sys/fs/binfmt_misc").fsType = "binfmt_misc"; },
        [](S s) { mountAt(s, "/x").readOnly = true; }},
    Tried{
        "sysrq-trigger-writable",
        [](S s) { openPath(s, "/proc/sysrq-trigger", true), setKnob(s, "kernel.sysrq", "0"); },
        [](S s) { openPath(s, "/proc/sysrq-trigger", false); }},
    Tried{
        "sysfs-writable", [](S s) { mountAt(s, "/sys").readOnly = false; },
        [](S s) { mountAt(s, "/sys").readOnly = true; }},
    Tried{
        "debug-filesystems-exposed",
        [](S s) { addMount(s, "/sys/kernel/debug", "/sys/kernel/debug").fsType = "debugfs"; }, kMapped},
    Tried{
        "power-thermal-side-channel", [](S s) { openPath(s, "/proc/interrupts", false); },
        [](S s) {
            set(s.paths.states["/proc/interrupts"], model::PathState{model::Exposure::masked, false});
        }},
    Tried{
        "perf-events-unprivileged",
        [](S s) { allow(s, "perf_event_open"), setKnob(s, "kernel.perf_event_paranoid", "1"); },
        [](S s) { setKnob(s, "kernel.perf_event_paranoid", "2"); }},
};

} // namespace

std::span<const Tried> triedOfNamespaces() {
    return kNamespaces;
}

std::span<const Tried> triedOfKernels() {
    return kKernels;
}

} // namespace bulkhead::threat
