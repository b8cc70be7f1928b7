#include "core/claims/claim.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace bulkhead::claims {

namespace {

using Names = std::vector<std::string_view>;

/// The engines, as their sources of 2026 have them; what differs by version stands where it is decided.
const std::vector<EngineDefaults>& engines() {
    static const Names kDocker = {
        "CHOWN",  "DAC_OVERRIDE", "FSETID",  "FOWNER",           "MKNOD",      "NET_RAW", "SETGID",
        "SETUID", "SETFCAP",      "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL",    "AUDIT_WRITE"};
    static const std::vector<EngineDefaults> kEngines = {
        {"docker", "runc", kDocker, CapabilityAlgebra::addWins, false, "docker-default", "docker-default",
         false, false, std::nullopt, "moby, August 2026"},
        {"podman",
         "crun",
         {"CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID",
          "SETPCAP", "SETUID", "SYS_CHROOT"},
         CapabilityAlgebra::addWins,
         true,
         "podman-default",
         "containers-default",
         true,
         false,
         2048,
         "container-libs, April 2026"},
        {"containerd", "runc", kDocker, CapabilityAlgebra::dropWins, false, "", "cri-containerd.apparmor.d",
         false, true, std::nullopt, "containerd, August 2026"},
        {"crio",
         "crun",
         {"CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE",
          "KILL"},
         CapabilityAlgebra::dropWins,
         false,
         "",
         "crio-default",
         false,
         true,
         std::nullopt,
         "cri-o, August 2026"},
        {"runc",
         "runc",
         {"AUDIT_WRITE", "KILL", "NET_BIND_SERVICE"},
         CapabilityAlgebra::addWins,
         false,
         "",
         "",
         false,
         false,
         std::nullopt,
         "runc, August 2026"},
        {"crun",
         "crun",
         {"AUDIT_WRITE", "KILL", "NET_BIND_SERVICE"},
         CapabilityAlgebra::addWins,
         false,
         "",
         "",
         false,
         false,
         std::nullopt,
         "crun, August 2026"},
    };
    return kEngines;
}

std::vector<std::string> kernelOptions(bool open, std::vector<std::string> options) {
    if (!open) {
        options.emplace_back("ro");
    }
    return options;
}

} // namespace

const EngineDefaults* findEngine(std::string_view name) {
    const auto found = std::ranges::find(engines(), name, &EngineDefaults::name);
    return found == engines().end() ? nullptr : &*found;
}

std::string engineNames() {
    std::string names;
    for (const EngineDefaults& engine : engines()) {
        names += (names.empty() ? "" : ", ") + std::string(engine.name);
    }
    return names;
}

int EngineChoice::major() const {
    int number = std::numeric_limits<int>::max();
    std::from_chars(version.data(), version.data() + version.size(), number);
    return number;
}

base::Result<EngineChoice> chooseEngine(const std::string& asked, std::string_view otherwise) {
    EngineChoice choice{std::string(otherwise), ""};
    if (!asked.empty()) {
        const auto at = asked.find('@');
        choice.name = asked.substr(0, at);
        choice.version = at == std::string::npos ? "" : asked.substr(at + 1);
    }
    if (findEngine(choice.name) == nullptr) {
        return base::fail(
            base::ErrorKind::malformed, "--as " + asked + ": no such engine; there are " + engineNames());
    }
    return choice;
}

std::vector<std::string> maskedBy(const EngineChoice& engine, const Ground& ground) {
    std::vector<std::string> paths = {"/proc/acpi",          "/proc/kcore",       "/proc/keys",
                                      "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
                                      "/proc/timer_list",    "/proc/timer_stats", "/sys/firmware"};
    // Docker 20.10 and Podman 4 are from before these were found to be side channels.
    const bool young = engine.name == "docker" ? engine.major() >= 28 : engine.major() >= 6;
    if (engine.name == "podman") {
        paths.emplace_back("/sys/fs/selinux");
    } else {
        paths.emplace_back("/proc/asound");
    }
    const bool spec = engine.name == "runc" || engine.name == "crun";
    const bool cri = engine.name == "containerd" || engine.name == "crio";
    if (!spec && (young || cri)) {
        paths.emplace_back("/sys/devices/virtual/powercap");
    }
    if (!spec && !cri && young) {
        paths.emplace_back("/proc/interrupts");
        std::ranges::copy(ground.throttlePaths, std::back_inserter(paths));
    }
    std::ranges::sort(paths);
    return paths;
}

std::vector<std::string> readOnlyBy(const EngineChoice& engine) {
    std::vector<std::string> paths = {
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
    if (engine.name == "podman") {
        paths.insert(paths.begin(), "/proc/asound");
    }
    return paths;
}

std::vector<AskedMount> mountsBy(const EngineChoice& engine, bool open) {
    const model::Evidence from{
        model::EvidenceKind::defaulted,
        engine.name + (engine.version.empty() ? "" : " " + engine.version) + ": mounts of every container",
        "", 0};
    const auto mount = [&](const char* target, const char* type, std::vector<std::string> options) {
        AskedMount out;
        out.target = target;
        out.type = type;
        out.source = type;
        out.options = std::move(options);
        out.from = from;
        return out;
    };
    const std::vector<std::string> strict = {"nosuid", "noexec", "nodev"};
    return {
        mount("/proc", "proc", strict),
        mount("/dev", "tmpfs", {"nosuid"}),
        mount("/dev/pts", "devpts", {"nosuid", "noexec"}),
        mount("/sys", "sysfs", kernelOptions(open, strict)),
        mount("/sys/fs/cgroup", "cgroup", kernelOptions(open, strict)),
        mount("/dev/mqueue", "mqueue", strict),
        mount("/dev/shm", "tmpfs", strict),
    };
}

} // namespace bulkhead::claims
