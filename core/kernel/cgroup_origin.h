#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// A container that a control group path names. A name is no proof: whoever can make control groups can make
/// one that looks like this.
struct CgroupOrigin {
    std::string
        engine; ///< docker, podman, containerd, cri-o, ...; empty where only the form of an id is there
    std::string id;
    std::string pod; ///< the pod it belongs to: a Kubernetes uid, or Podman's id

    auto operator<=>(const CgroupOrigin&) const = default;
};

/// The containers a path passes through, outermost first: engines inside containers nest their control
/// groups. The parts of a path that engines keep for themselves (conmon, lxc.monitor) name none.
[[nodiscard]] std::vector<CgroupOrigin> originsOf(std::string_view path);

/// The last systemd service or application scope in a path, without its ending and its escapes ("nginx",
/// "app-flatpak-org.example.App-12"); empty where there is none.
[[nodiscard]] std::string unitOf(std::string_view path);

/// systemd.unit(5): `\x2d` in a unit name is a byte.
[[nodiscard]] std::string unescapeUnit(std::string_view text);

} // namespace bulkhead::kernel
