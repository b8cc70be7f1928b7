#include "core/model/engine_files.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <set>

namespace bulkhead::model {

namespace {

/// "{id}" is a container's or sandbox's, "{any}" one name, "{hex8}" what the kubelet makes up for one start
/// of a container. Roots of kubelets differ by distribution (/var/lib/kubelet, /var/lib/k0s/kubelet).
struct Place {
    std::string_view target;
    std::string_view end; ///< of the path on the host, in whole names
};

constexpr auto kPlaces = std::to_array<Place>({
    {"/etc/resolv.conf", "containers/{id}/resolv.conf"},
    {"/etc/hostname", "containers/{id}/hostname"},
    {"/etc/hosts", "containers/{id}/hosts"},
    {"/etc/resolv.conf", "{id}/userdata/resolv.conf"},
    {"/etc/hostname", "{id}/userdata/hostname"},
    {"/etc/hosts", "{id}/userdata/hosts"},
    {"/dev/shm", "{id}/userdata/shm"},
    {"/run/.containerenv", "{id}/userdata/.containerenv"},
    {"/etc/resolv.conf", "sandboxes/{id}/resolv.conf"},
    {"/etc/hostname", "sandboxes/{id}/hostname"},
    {"/etc/hosts", "sandboxes/{id}/hosts"},
    {"/etc/hosts", "pods/{any}/etc-hosts"},
    {"/dev/shm", "sandboxes/{id}/shm"},
    {"", "kubelet/pods/{any}/containers/{any}/{hex8}"}, // the last words; the Pod says where they stand
    {"/sbin/docker-init", "bin/docker-init"},
    {"/sbin/docker-init", "docker/docker-init"},
    {"/run/podman-init", "podman/catatonit"},
    {"/run/podman-init", "bin/catatonit"},
});

bool isHex(std::string_view name, std::size_t digits) {
    return name.size() == digits && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A container's, a sandbox's or an anonymous volume's.
bool isId(std::string_view name) {
    constexpr std::size_t kDigits = 64;
    return isHex(name, kDigits);
}

bool fits(std::string_view name, std::string_view wanted) {
    constexpr std::size_t kStartDigits = 8;
    return wanted == "{id}"     ? isId(name)
           : wanted == "{hex8}" ? isHex(name, kStartDigits)
           : wanted == "{any}"  ? !name.empty()
                                : name == wanted;
}

std::string_view lastName(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

std::string_view withoutLastName(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool endsAs(std::string_view path, std::string_view end) {
    while (!end.empty()) {
        if (!fits(lastName(path), lastName(end))) {
            return false;
        }
        path = withoutLastName(path);
        end = withoutLastName(end);
    }
    return path.starts_with('/');
}

std::string_view firstName(std::string_view path) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    return path.substr(0, path.find('/'));
}

/// What follows a name of a path, which is a part of it.
std::string_view behind(std::string_view path, std::string_view name) {
    return path.substr(static_cast<std::size_t>(name.data() - path.data()) + name.size());
}

/// A UID, or of a static Pod the hash of its file (kubernetes pkg/kubelet/config/common.go).
bool isPodId(std::string_view name) {
    constexpr std::size_t kHash = 32;
    constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return isHex(name, kHash) || std::ranges::equal(name, kShape, [](char c, char shape) {
               return shape == 'x' ? isHex({&c, 1}, 1) : c == shape;
           });
}

/// The name behind "pods".
std::string_view podOf(std::string_view path) {
    constexpr std::string_view kPods = "/pods/";
    const auto at = path.find(kPods);
    return at == std::string_view::npos ? std::string_view() : firstName(path.substr(at + kPods.size()));
}

} // namespace

bool isMadeByEngine(std::string_view hostPath, std::string_view target) {
    return std::ranges::any_of(kPlaces, [&](const Place& place) {
        return (place.target.empty() || place.target == target) && endsAs(hostPath, place.end);
    });
}

bool isOfOneContainer(std::string_view hostPath) {
    constexpr auto kFolders =
        std::to_array<std::string_view>({"containers", "overlay-containers", "sandboxes"});
    std::string_view before;
    for (std::string_view rest = hostPath; !rest.empty();) {
        const std::string_view name = firstName(rest);
        rest = behind(rest, name);
        const bool container = isId(name) && (std::ranges::find(kFolders, before) != kFolders.end() ||
                                              firstName(rest) == "userdata");
        if (container || (before == "pods" && isPodId(name))) {
            return true;
        }
        before = name;
    }
    return false;
}

std::optional<VolumePlace> volumePlaceOf(std::string_view hostPath) {
    constexpr std::string_view kVolumes = "/volumes/";
    constexpr std::string_view kData = "/_data";
    for (auto at = hostPath.find(kVolumes); at != std::string_view::npos;
         at = hostPath.find(kVolumes, at + 1)) {
        const std::string_view rest = hostPath.substr(at + kVolumes.size());
        const std::string_view name = rest.substr(0, rest.find('/'));
        const std::string_view data = rest.substr(name.size());
        const bool within =
            data.starts_with(kData) && (data.size() == kData.size() || data[kData.size()] == '/');
        if (!name.empty() && within && hostPath.starts_with('/')) {
            VolumePlace out{hostPath.substr(0, at), name, data.substr(kData.size()), isId(name)};
            out.below.remove_prefix(out.below.empty() ? 0 : 1);
            return out;
        }
    }
    return std::nullopt;
}

std::string_view podOfVolume(std::string_view hostPath) {
    constexpr std::string_view kPods = "/pods/";
    constexpr std::string_view kUsual = "/kubelet"; // /var/lib/kubelet, /var/lib/k0s/kubelet, ...
    for (auto at = hostPath.find(kPods); at != std::string_view::npos; at = hostPath.find(kPods, at + 1)) {
        std::string_view rest = hostPath.substr(at + kPods.size());
        const std::string_view id = firstName(rest);
        rest = behind(rest, id);
        const std::string_view kind = firstName(rest);
        rest = behind(rest, kind);
        const std::string_view first = firstName(rest);
        const bool volume =
            kind == "volumes" && first.contains('~') && !firstName(behind(rest, first)).empty();
        const bool usual = hostPath.substr(0, at).ends_with(kUsual) && !id.empty();
        if ((volume || (kind == "volume-subpaths" && !first.empty())) &&
            (usual || (isPodId(id) && hostPath.starts_with('/')))) {
            return id;
        }
    }
    return {};
}

bool isVolumeOfEngine(std::string_view hostPath) {
    constexpr auto kRoots =
        std::to_array<std::string_view>({"/var/lib/docker", "/var/lib/containers/storage"});
    constexpr auto kHomes =
        std::to_array<std::string_view>({"/.local/share/containers/storage", "/.local/share/docker"});
    if (!podOfVolume(hostPath).empty()) {
        return true;
    }
    const auto place = volumePlaceOf(hostPath);
    return place &&
           (place->anonymous || std::ranges::find(kRoots, place->folder) != kRoots.end() ||
            std::ranges::any_of(kHomes, [&](std::string_view end) { return place->folder.ends_with(end); }));
}

void tellVolumesOfOtherPods(std::vector<Mount>& mounts) {
    std::set<std::string_view> own;
    for (const Mount& mount : mounts) {
        if (mount.kind == MountKind::engineFile && mount.hostPaths.known()) {
            std::ranges::transform(mount.hostPaths.value(), std::inserter(own, own.end()), podOf);
        }
    }
    own.erase("");
    const auto ofOther = [&own](const std::string& path) {
        const std::string_view pod = podOfVolume(path);
        return !pod.empty() && !own.contains(pod);
    };
    for (Mount& mount : mounts) {
        if (mount.kind == MountKind::volume && mount.hostPaths.known() &&
            std::ranges::any_of(mount.hostPaths.value(), ofOther)) {
            mount.kind = MountKind::bind;
        }
    }
}

} // namespace bulkhead::model
