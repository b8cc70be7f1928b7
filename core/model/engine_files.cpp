#include "core/model/engine_files.h"

#include <algorithm>
#include <array>

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

bool fits(std::string_view name, std::string_view wanted) {
    constexpr std::size_t kIdDigits = 64;
    constexpr std::size_t kStartDigits = 8;
    return wanted == "{id}"     ? isHex(name, kIdDigits)
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

} // namespace

bool isMadeByEngine(std::string_view hostPath, std::string_view target) {
    return std::ranges::any_of(kPlaces, [&](const Place& place) {
        return (place.target.empty() || place.target == target) && endsAs(hostPath, place.end);
    });
}

bool isVolumeOfEngine(std::string_view hostPath) {
    constexpr auto kFolders = std::to_array<std::string_view>(
        {"/var/lib/docker/volumes/", "/var/lib/containers/storage/volumes/",
         "/.local/share/containers/storage/volumes/", "/.local/share/docker/volumes/"});
    const auto pods = hostPath.find("/kubelet/pods/");
    const bool ofKubelet =
        pods != std::string_view::npos && hostPath.find("/volumes/", pods) != std::string_view::npos;
    return ofKubelet ||
           std::ranges::any_of(kFolders, [&](std::string_view folder) { return hostPath.contains(folder); });
}

} // namespace bulkhead::model
