#pragma once

#include <string>

namespace bulkhead::claims {

/// A path from the root as engines clean it (Go's filepath.Clean): "/run/containerd/" is "/run/containerd";
/// what does not begin at the root stays as it is.
[[nodiscard]] std::string cleanPath(const std::string& path);

/// A path as the kubelet mounts there: what does not begin at the root is taken from the root (kubernetes
/// pkg/kubelet/kubelet_pods.go, makeMounts). Nothing stays nothing.
[[nodiscard]] std::string pathFromRoot(const std::string& path);

} // namespace bulkhead::claims
