#pragma once

#include <string_view>

namespace bulkhead::model {

/// A file that an engine made for one container, by where it lies on the host and where the container sees
/// it: the names of the network, Podman's mark, the log of a Pod's end, the first process of --init. All
/// other paths are the host's own, or may be. Sources: moby container/container_unix.go and
/// daemon/oci_linux.go, podman libpod/container_internal_linux.go, containerd internal/cri/server/helpers.go,
/// kubernetes pkg/kubelet/kubelet_pods.go, kubelet_getters.go and
/// kuberuntime/kuberuntime_container.go.
[[nodiscard]] bool isMadeByEngine(std::string_view hostPath, std::string_view target);

/// A folder in which an engine or a kubelet keeps a volume, by where it lies on the host.
[[nodiscard]] bool isVolumeOfEngine(std::string_view hostPath);

} // namespace bulkhead::model
