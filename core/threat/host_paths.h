#pragma once

#include "core/model/truth.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::threat {

/// Paths of the host that a condition asks about. "/etc/ssh" is met by a mount of it, or of a directory above
/// it but for the root, which is above everything and must be asked for. With a last slash, "/etc/ssh/", by a
/// mount of what lies below as well. "*" stands for one name. A leading "?" says that a host may lack the
/// path: of a mount above it nobody knows whether it shows that.
struct HostPathPattern {
    std::string text;
    std::vector<std::string> names; ///< none: the root
    bool below = false;
    bool mayLack = false;
};

[[nodiscard]] HostPathPattern parseHostPathPattern(std::string_view text);

/// Whether a mount of `hostPath` shows one of the paths; unknown: only one that the host may lack. /var/run
/// is /run, and /proc/1/root is the root (proc(5)).
[[nodiscard]] model::Truth
showsHostPath(std::string_view hostPath, const std::vector<HostPathPattern>& wanted);

/// Whether both are one path on every host: /var/run is /run, and //a/./b is /a/b.
[[nodiscard]] bool sameHostPath(std::string_view one, std::string_view other);

} // namespace bulkhead::threat
