#pragma once

#include "core/kernel/host_mounts.h"
#include "core/kernel/host_reference.h"
#include "core/kernel/reading.h"
#include "core/os/proc_root.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// A Unix socket that a process of the host listens on, by its file.
struct HostSocket {
    std::string path; ///< on the host, symbolic links of its directory resolved
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t listener = 0; ///< inode of the socket itself, which its owner's descriptors show
};

/// Listening sockets of the host's network namespace whose file the host still shows; at most 4096. A gap
/// where we are not on the host itself.
[[nodiscard]] Reading<std::vector<HostSocket>>
readHostSockets(const os::ProcRoot& root, const HostReference& host, const Reading<HostMounts>& hostMounts);

/// Path and listener of every listening line of /proc/net/unix (proc(5)) that has an absolute path.
[[nodiscard]] std::vector<HostSocket> parseListeners(std::string_view text);

/// Which runtime's program holds the listener among its descriptors, where it lives in the host's mount
/// namespace: "docker" for dockerd. Empty for a program that is no runtime.
[[nodiscard]] std::string runtimeOfListener(const os::ProcRoot& root, std::uint64_t listener);

} // namespace bulkhead::kernel
