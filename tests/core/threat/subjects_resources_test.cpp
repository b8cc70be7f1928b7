#include "tests/core/threat/subjects.h"

#include <array>

namespace bulkhead::threat {

using model::DeviceClass;
using S = model::Snapshot&;

namespace {

constexpr auto kMapped = [](S s) { mapRoot(s, 100000); };
constexpr auto kReadOnly = [](S s) { mountAt(s, "/x").readOnly = true; };
constexpr auto kElsewhere = [](S s) { set(mountAt(s, "/x").hostPaths, Texts{"/srv/data"}); };

void setLimit(S s, const char* name, std::optional<std::uint64_t> value) {
    set(s.cgroup.limits[name], model::Limit{value, ""});
}
void passDevice(
    S s, const char* path, bool block, std::uint32_t major, std::uint32_t minor, DeviceClass kind) {
    addDevice(s, path, block, major, minor, kind);
    setPolicy(s, {"c *:* rw", "b 254:0 rw"});
}
constexpr auto kNoDevices = [](S s) { setPolicy(s, {"c 1:3 rwm"}); };

constexpr std::array kResources = {
    Tried{"hostpath-root", [](S s) { addMount(s, "/x", "/", true); }, kElsewhere},
    Tried{"hostpath-etc", [](S s) { addMount(s, "/x", "/etc", true); }, kElsewhere},
    Tried{"hostpath-home-root", [](S s) { addMount(s, "/x", "/root", true); }, kElsewhere},
    Tried{"hostpath-var-log", [](S s) { addMount(s, "/x", "/var/log"); }, kReadOnly},
    Tried{
        "hostpath-var-log-links",
        [](S s) {
            s.group.kind = "pod";
            addMount(s, "/x", "/var/log");
        },
        kReadOnly, true},
    Tried{"hostpath-kubelet", [](S s) { addMount(s, "/x", "/var/lib/kubelet", true); }, kElsewhere},
    Tried{
        "hostpath-proc", [](S s) { addMount(s, "/x", "/proc", true), give(s, "CAP_SYS_PTRACE"); },
        [](S s) { takeOverHost(s, "CAP_SYS_PTRACE"); }},
    Tried{
        "host-processes-visible", [](S s) { set(s.kernel.hostProcesses, true); },
        [](S s) { set(s.kernel.hostProcesses, false); }},
    Tried{"hostpath-sys", [](S s) { addMount(s, "/x", "/sys"); }, kReadOnly},
    Tried{"hostpath-dev", [](S s) { addMount(s, "/x", "/dev"); }, kElsewhere},
    Tried{
        "mount-propagation-to-host",
        [](S s) {
            give(s, "CAP_SYS_ADMIN"), allow(s, "mount");
            set(addMount(s, "/x", "/srv").sharedWithHostPeer, true);
        },
        [](S s) { set(mountAt(s, "/x").sharedWithHostPeer, false); }},
    Tried{
        "cgroupfs-writable", [](S s) { mountAt(s, "/sys/fs/cgroup/pids").readOnly = false; },
        [](S s) { mountAt(s, "/sys/fs/cgroup/pids").readOnly = true; }},
    Tried{
        "block-device-exposed", [](S s) { passDevice(s, "/dev/vda", true, 254, 0, DeviceClass::disk); },
        kNoDevices},
    Tried{
        "block-device-readable",
        [](S s) {
            addDevice(s, "/dev/vda", true, 254, 0, DeviceClass::disk);
            setPolicy(s, {"b 254:0 r"});
        },
        kNoDevices},
    Tried{
        "no-pids-limit", [](S s) { setLimit(s, "pids", std::nullopt); },
        [](S s) { setLimit(s, "pids", 100); }},
    Tried{
        "no-memory-limit", [](S s) { setLimit(s, "memory", std::nullopt); },
        [](S s) { setLimit(s, "memory", 1 << 26); }},
    Tried{
        "no-cpu-or-disk-limit", [](S s) { setLimit(s, "cpu", std::nullopt); },
        [](S s) { setLimit(s, "cpu", 500); }},
    Tried{
        "oom-protection", [](S s) { set(s.identity.oomScoreAdj, std::int64_t{-500}); },
        [](S s) { set(s.identity.oomScoreAdj, std::int64_t{0}); }},
    Tried{"hostpath-container-storage", [](S s) { addMount(s, "/x", "/var/lib/docker", true); }, kElsewhere},
    Tried{
        "host-service-sockets",
        [](S s) { addMount(s, "/x", "/run/dbus/system_bus_socket", true).kind = model::MountKind::socket; },
        kMapped},
    Tried{"host-executed-directory-writable", [](S s) { addMount(s, "/x", "/etc"); }, kReadOnly},
    Tried{
        "passthrough-devices",
        [](S s) { passDevice(s, "/dev/kvm", false, 10, 232, DeviceClass::virtualization); }, kNoDevices},
    Tried{
        "console-input-devices",
        [](S s) { passDevice(s, "/dev/input/event0", false, 13, 64, DeviceClass::input); }, kNoDevices},
    Tried{
        "flat-container-network", [](S s) { set(s.network.interfaces, Texts{"lo", "eth0"}); },
        [](S s) { set(s.network.interfaces, Texts{"lo"}); }, true},
    Tried{
        "volume-type-uncontrolled", [](S s) { set(s.config.asks, Texts{"a volume of type nfs"}); },
        [](S s) { set(s.config.asks, Texts{"read-only root"}); }},
    Tried{
        "log-driver-none", [](S s) { set(s.audit.logDriver, std::string("none")); },
        [](S s) { set(s.audit.logDriver, std::string("json-file")); }},
};

} // namespace

std::span<const Tried> triedOfResources() {
    return kResources;
}

} // namespace bulkhead::threat
