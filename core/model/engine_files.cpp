#include "core/model/engine_files.h"

#include <algorithm>
#include <array>

namespace bulkhead::model {

namespace {

/// "{id}" is a container's or sandbox's, "{any}" one name.
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
    {"", "pods/{any}/containers/{any}/{any}"}, // the file of the last words; the Pod says where it stands
    {"/sbin/docker-init", "bin/docker-init"},
    {"/sbin/docker-init", "docker/docker-init"},
    {"/run/podman-init", "podman/catatonit"},
    {"/run/podman-init", "bin/catatonit"},
});

bool isId(std::string_view name) {
    constexpr std::size_t kHexDigits = 64;
    return name.size() == kHexDigits && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
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
        const std::string_view name = lastName(path);
        const std::string_view wanted = lastName(end);
        const bool fits = wanted == "{id}" ? isId(name) : wanted == "{any}" ? !name.empty() : name == wanted;
        if (!fits) {
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
    const bool ofKubelet = hostPath.starts_with("/var/lib/kubelet/pods/") && hostPath.contains("/volumes/");
    return ofKubelet ||
           std::ranges::any_of(kFolders, [&](std::string_view folder) { return hostPath.contains(folder); });
}

} // namespace bulkhead::model
