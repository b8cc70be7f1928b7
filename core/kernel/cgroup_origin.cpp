#include "core/kernel/cgroup_origin.h"

#include "core/kernel/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace bulkhead::kernel {

namespace {

constexpr std::size_t kIdLength = 64; // docker, podman, containerd's CRI and cri-o: SHA-256 in hex
constexpr std::size_t kMaxName = 255; // NAME_MAX

bool isHex(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool isFullId(std::string_view text) {
    return text.size() == kIdLength && isHex(text);
}

/// What runtimes take as an id: letters, digits and + - . _ (opencontainers/runc, libcontainer/factory).
bool isPlainName(std::string_view text) {
    return !text.empty() && text.size() <= kMaxName && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
               c == '-' || c == '.' || c == '_';
    });
}

/// How an engine writes a container into one name of a path.
struct Form {
    std::string_view prefix;
    std::string_view suffix; ///< empty: with or without ".scope"
    std::string_view engine;
    bool fullId; ///< 64 hex digits, else any plain name
};

/// Longer prefixes first where one begins another. Sources: moby daemon/daemon_unix.go, podman
/// libpod/container_internal_linux.go, containerd cri, cri-o internal/config/cgmgr, runc and crun systemd
/// drivers, lxc src/lxc/cgroups, systemd src/nspawn.
constexpr std::array kForms = {
    Form{"docker-", ".scope", "docker", true},
    Form{"libpod-payload-", "", "podman", true},
    Form{"libpod-", ".scope", "podman", true},
    Form{"libpod-", "", "podman", true},
    Form{"cri-containerd-", ".scope", "containerd", true},
    Form{"crio-", ".scope", "cri-o", true},
    Form{"crio-", "", "cri-o", true},
    Form{"nerdctl-", ".scope", "containerd", true},
    Form{"runc-", ".scope", "runc", false},
    Form{"crun-", ".scope", "crun", false},
    Form{"lxc.payload.", "", "lxc", false},
    Form{"systemd-nspawn@", ".service", "systemd-nspawn", false},
};

/// Names that belong to an engine and hold no container.
constexpr std::array<std::string_view, 5> kEngineOwn = {
    "libpod-conmon-", "crio-conmon-", "lxc.monitor.", "machine-qemu", "machine-lxc"};

/// A directory of an engine whose entries are containers.
struct Parent {
    std::string_view name;
    std::string_view engine;
    bool fullId;
};

constexpr std::array kParents = {
    Parent{"docker", "docker", true},     Parent{"lxc", "lxc", false},
    Parent{"lxc.payload", "lxc", false},  Parent{"buildkit", "buildkit", false},
    Parent{"k8s.io", "containerd", true},
};

std::optional<CgroupOrigin> byForm(const std::string& name) {
    for (const Form& form : kForms) {
        const std::string_view text = name;
        if (!text.starts_with(form.prefix) || !text.ends_with(form.suffix) ||
            text.size() <= form.prefix.size() + form.suffix.size()) {
            continue;
        }
        const std::string_view id =
            text.substr(form.prefix.size(), text.size() - form.prefix.size() - form.suffix.size());
        if (form.fullId ? isFullId(id) : isPlainName(id)) {
            return CgroupOrigin{std::string(form.engine), std::string(id), ""};
        }
    }
    // machine-NAME.scope is what systemd-machined gives to nspawn's own containers
    const std::string_view text = name;
    if (text.starts_with("machine-") && text.ends_with(".scope") && text.size() > 14) {
        const std::string_view id = text.substr(8, text.size() - 14);
        if (isPlainName(id)) {
            return CgroupOrigin{"systemd-nspawn", std::string(id), ""};
        }
    }
    return std::nullopt;
}

std::optional<CgroupOrigin> byParent(std::string_view parent, const std::string& name) {
    const auto found = std::ranges::find(kParents, parent, &Parent::name);
    if (found != kParents.end() && (found->fullId ? isFullId(name) : isPlainName(name))) {
        return CgroupOrigin{std::string(found->engine), name, ""};
    }
    if (isFullId(name)) {
        return CgroupOrigin{"", name, ""};
    }
    return std::nullopt;
}

/// A pod uid: a UUID with - or, in a slice, _; static pods have 32 hex digits.
std::string podUid(std::string_view text) {
    std::string uid(text);
    std::ranges::replace(uid, '_', '-');
    const bool uuid = uid.size() == 36 && uid[8] == '-' && uid[13] == '-' && uid[18] == '-' && uid[23] == '-';
    std::string digits = uid;
    std::erase(digits, '-');
    return (uuid || uid.size() == 32) && digits.size() == 32 && isHex(digits) ? uid : "";
}

/// "pod<uid>", "kubepods-besteffort-pod<uid>.slice", "machine-libpod_pod_<id>.slice".
std::string podOf(std::string_view name) {
    std::string_view text = name;
    const bool slice = text.ends_with(".slice");
    if (slice) {
        text.remove_suffix(6);
    }
    if (text.starts_with("machine-libpod_pod_") || text.starts_with("user-libpod_pod_")) {
        const std::string_view id = text.substr(text.find("_pod_") + 5);
        return slice && isFullId(id) ? std::string(id) : "";
    }
    if (slice && text.starts_with("kubepods")) {
        const auto at = text.rfind("-pod");
        return at == std::string_view::npos ? "" : podUid(text.substr(at + 4));
    }
    return !slice && text.starts_with("pod") ? podUid(text.substr(3)) : "";
}

bool isEngineOwn(std::string_view name) {
    return std::ranges::any_of(kEngineOwn, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

} // namespace

std::string unescapeUnit(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = text.substr(at).starts_with("\\x")
                              ? numberOf<unsigned>(text.substr(std::min(at + 2, text.size()), 2), 16)
                              : std::nullopt;
        if (byte && at + 4 <= text.size()) {
            out += static_cast<char>(*byte);
            at += 3;
        } else {
            out += text[at];
        }
    }
    return out;
}

std::vector<CgroupOrigin> originsOf(std::string_view path) {
    std::vector<CgroupOrigin> origins;
    std::string pod;
    std::string_view parent;
    for (std::string_view part : splitAt(path, '/')) {
        if (part.empty()) {
            continue;
        }
        // where kubelet and runtime disagree on the driver: "kubepods-pod<uid>.slice:cri-containerd:<id>"
        const auto colons = splitAt(part, ':');
        std::string name = unescapeUnit(part);
        if (colons.size() == 3 && colons[0].ends_with(".slice")) {
            const std::string uid = podOf(colons[0]);
            pod = uid.empty() ? pod : uid;
            name = std::string(colons[1]) + "-" + std::string(colons[2]) + ".scope";
        }
        if (const std::string uid = podOf(part); !uid.empty()) {
            pod = uid;
        } else if (!isEngineOwn(name)) {
            auto origin = byForm(name);
            origin = origin ? origin : byParent(parent, name);
            if (origin) {
                // libpod_parent/<pod id>/libpod-<id>: what looked like a container was Podman's pod
                if (origin->engine == "podman" && !origins.empty() && origins.back().engine.empty() &&
                    origins.back().id == parent) {
                    pod = origins.back().id;
                    origins.pop_back();
                }
                origin->pod = pod;
                origins.push_back(std::move(*origin));
            }
        }
        parent = part;
    }
    return origins;
}

std::string unitOf(std::string_view path) {
    std::string unit;
    for (const std::string_view part : splitAt(path, '/')) {
        if (part.ends_with(".service")) {
            unit = unescapeUnit(part.substr(0, part.size() - 8));
        } else if (part.starts_with("app-") && part.ends_with(".scope")) {
            unit = unescapeUnit(part.substr(0, part.size() - 6));
        }
    }
    return unit;
}

} // namespace bulkhead::kernel
