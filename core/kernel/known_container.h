#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace bulkhead::kernel {

/// A container that a runtime's or an engine's state file names. It is believed for a process of that pid and
/// start time, if the file belongs to root or to who owns the process's user namespace.
struct KnownContainer {
    std::string engine;  ///< docker, podman, ...; the runtime where it was started by hand
    std::string runtime; ///< runc, crun, youki
    std::string id;
    std::string name;
    std::string image;
    std::string pod;     ///< uid or name of its pod; empty: none
    std::string podName; ///< "NAMESPACE/NAME" of a Kubernetes Pod, where the file says it
    std::string ref;     ///< what names it on the command line
    std::string source;  ///< the state file
    std::string bundle; ///< folder of its config.json; empty: not said, or said by a file that is not trusted
    std::uint32_t fileOwner = 0;
    std::int64_t pid = 0;                   ///< 0: not running
    std::optional<std::uint64_t> startTime; ///< clock ticks after boot; nullopt where the file does not say

    auto operator<=>(const KnownContainer&) const = default;
};

} // namespace bulkhead::kernel
