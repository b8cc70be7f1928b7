#pragma once

#include <string>

namespace bulkhead::claims {

/// A path from the root as engines clean it (Go's filepath.Clean): "/run/containerd/" is "/run/containerd";
/// what does not begin at the root stays as it is.
[[nodiscard]] std::string cleanPath(const std::string& path);

} // namespace bulkhead::claims
