#pragma once

#include "core/model/mount.h"

#include <optional>
#include <string_view>
#include <vector>

namespace bulkhead::model {

/// A file that an engine made for one container, by where it lies on the host and where the container sees
/// it: the names of the network, Podman's mark, the log of a Pod's end, the first process of --init. All
/// other paths are the host's own, or may be. Sources: moby container/container_unix.go and
/// daemon/oci_linux.go, podman libpod/container_internal_linux.go, containerd internal/cri/server/helpers.go,
/// kubernetes pkg/kubelet/kubelet_pods.go, kubelet_getters.go and
/// kuberuntime/kuberuntime_container.go.
[[nodiscard]] bool isMadeByEngine(std::string_view hostPath, std::string_view target);

/// Whether the path holds the id of one container, sandbox or Pod, by where engines put it, so that it is
/// another the next time: Docker's shared memory, Podman's secrets, what a kubelet keeps for a Pod.
[[nodiscard]] bool isOfOneContainer(std::string_view hostPath);

/// Where Docker and Podman keep a volume: FOLDER/volumes/NAME/_data (moby volume/local, podman
/// libpod/runtime_volume_common.go).
struct VolumePlace {
    std::string_view folder;
    std::string_view name;
    std::string_view below; ///< what lies below _data
    bool anonymous = false; ///< the engine chose the name
};

/// A path of this shape, whosever folder it is in; its texts are parts of the path.
[[nodiscard]] std::optional<VolumePlace> volumePlaceOf(std::string_view hostPath);

/// The Pod that a volume is kept for, by its path: ROOT/pods/UID/volumes/PLUGIN/NAME or its subpaths; empty
/// where it is none (kubernetes pkg/kubelet/kubelet_getters.go).
[[nodiscard]] std::string_view podOfVolume(std::string_view hostPath);

/// Whether an engine or a kubelet keeps a volume there: in a folder of theirs, or by a name that nobody
/// chooses.
[[nodiscard]] bool isVolumeOfEngine(std::string_view hostPath);

/// The volumes of another Pod are host paths that somebody chose. A kubelet gives each container files of
/// its own Pod, by which that one is known; what has none was not made by a kubelet.
void tellVolumesOfOtherPods(std::vector<Mount>& mounts);

} // namespace bulkhead::model
