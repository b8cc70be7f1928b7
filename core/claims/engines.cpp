#include "core/claims/claim.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace bulkhead::claims {

namespace {

using Names = std::vector<std::string_view>;

Names dockersCapabilities() {
    return {"CHOWN",  "DAC_OVERRIDE", "FSETID",  "FOWNER",           "MKNOD",      "NET_RAW", "SETGID",
            "SETUID", "SETFCAP",      "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL",    "AUDIT_WRITE"};
}

/// Engines that people ask for containers.
std::vector<EngineDefaults> enginesOfPeople() {
    return {
        {.name = "docker",
         .runtime = "runc",
         .capabilities = dockersCapabilities(),
         .filter = "docker-default",
         .apparmor = "docker-default",
         .pids = std::nullopt,
         .stand = "moby, August 2026"},
        {.name = "podman",
         .runtime = "crun",
         .capabilities =
             {"CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID",
              "SETPCAP", "SETUID", "SYS_CHROOT"},
         .addedAreAmbient = true,
         .filter = "podman-default",
         .apparmor = "containers-default",
         .cgroupNamespaceAlways = true,
         .pids = 2048,
         .stand = "container-libs, April 2026"},
    };
}

/// Engines that the kubelet asks.
std::vector<EngineDefaults> enginesOfKubelet() {
    return {
        {.name = "containerd",
         .runtime = "runc",
         .capabilities = dockersCapabilities(),
         .algebra = CapabilityAlgebra::dropWins,
         .prefixesNames = true,
         .filter = "",
         .apparmor = "cri-containerd.apparmor.d",
         .privilegedIgnoresProfiles = true,
         .pids = std::nullopt,
         .stand = "containerd, August 2026"},
        {.name = "crio",
         .runtime = "crun",
         .capabilities =
             {"CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE",
              "KILL"},
         .algebra = CapabilityAlgebra::dropWins,
         .filter = "",
         .apparmor = "crio-default",
         .privilegedIgnoresProfiles = true,
         .pids = std::nullopt,
         .stand = "cri-o, August 2026"},
    };
}

/// Runtimes, which do what a config.json says; the sets are those of "runc spec".
std::vector<EngineDefaults> runtimesAlone() {
    return {
        {.name = "runc",
         .runtime = "runc",
         .capabilities = {"AUDIT_WRITE", "KILL", "NET_BIND_SERVICE"},
         .filter = "",
         .apparmor = "",
         .pids = std::nullopt,
         .stand = "runc, August 2026"},
        {.name = "crun",
         .runtime = "crun",
         .capabilities = {"AUDIT_WRITE", "KILL", "NET_BIND_SERVICE"},
         .filter = "",
         .apparmor = "",
         .pids = std::nullopt,
         .stand = "crun, August 2026"},
    };
}

/// The engines, as their sources of 2026 have them; what differs by version stands where it is decided.
const std::vector<EngineDefaults>& engines() {
    static const std::vector<EngineDefaults> kEngines = [] {
        std::vector<EngineDefaults> all = enginesOfPeople();
        for (const auto& more : {enginesOfKubelet(), runtimesAlone()}) {
            all.insert(all.end(), more.begin(), more.end());
        }
        return all;
    }();
    return kEngines;
}

std::vector<std::string> kernelOptions(bool open, std::vector<std::string> options) {
    if (!open) {
        options.emplace_back("ro");
    }
    return options;
}

/// How an engine is run, as --as says it.
struct Setting {
    std::string_view name;
    UserMapping users;
    bool ofPodman;
};

constexpr std::array kSettings = {
    Setting{"rootful", UserMapping::rootful, true},
    Setting{"userns-remap", UserMapping::remapped, false},
    Setting{"rootless", UserMapping::rootless, true},
};

/// The numbers that a version begins with, three at most; the "v" of a release's tag is no part of it.
std::vector<int> partsOf(std::string_view version) {
    constexpr std::size_t kMost = 3;
    version.remove_prefix(version.starts_with('v') ? 1 : 0);
    std::vector<int> parts;
    const char* at = version.data();
    const char* const end = at + version.size();
    for (int part = 0; parts.size() < kMost; ++at) {
        const auto [next, error] = std::from_chars(at, end, part);
        if (error != std::errc{}) {
            break;
        }
        parts.push_back(part);
        at = next;
        if (at == end || *at != '.') {
            break;
        }
    }
    return parts;
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
    const std::vector<int> own = partsOf(version);
    return own.empty() ? std::numeric_limits<int>::max() : own.front();
}

bool EngineChoice::isSince(const std::array<int, 3>& release) const {
    const std::vector<int> own = partsOf(version);
    const auto [mine, others] = std::ranges::mismatch(own, release);
    return mine == own.end() || *mine > *others;
}

base::Result<EngineChoice> chooseEngine(const std::string& asked, std::string_view otherwise) {
    EngineChoice choice{std::string(otherwise), "", UserMapping::unsaid};
    const auto comma = asked.find(',');
    if (const std::string engine = asked.substr(0, comma); !engine.empty()) {
        const auto at = engine.find('@');
        choice.name = engine.substr(0, at);
        choice.version = at == std::string::npos ? "" : engine.substr(at + 1);
    }
    if (findEngine(choice.name) == nullptr) {
        return base::fail(
            base::ErrorKind::malformed, "--as " + asked + ": no such engine; there are " + engineNames());
    }
    if (comma == std::string::npos) {
        return choice;
    }
    const std::string setting = asked.substr(comma + 1);
    const auto known = std::ranges::find_if(kSettings, [&](const Setting& candidate) {
        return candidate.name == setting &&
               (choice.name == "docker" || (choice.name == "podman" && candidate.ofPodman));
    });
    if (known == kSettings.end()) {
        return base::fail(
            base::ErrorKind::malformed, "--as " + asked + ": " + choice.name +
                                            " has no such setting; there are " +
                                            (choice.name == "docker"   ? "rootful, userns-remap, rootless"
                                             : choice.name == "podman" ? "rootful, rootless"
                                                                       : "none of this engine"));
    }
    choice.users = known->users;
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
        constexpr int kWithout = 5; // 4.3.1 as it ran has it, container-libs of 2026 have not
        if (engine.major() < kWithout) {
            paths.emplace_back("/sys/dev/block");
        }
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
