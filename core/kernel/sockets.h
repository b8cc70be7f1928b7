#pragma once

#include "core/kernel/host_sockets.h"
#include "core/kernel/mount_tree.h"
#include "core/kernel/reading.h"
#include "core/kernel/status.h"
#include "core/kernel/task.h"
#include "core/model/device.h"
#include "core/model/identity.h"
#include "core/model/mount.h"

#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// Where runtime sockets are looked for.
struct SocketSearch {
    const os::ProcRoot& root;
    const Task& task;
    const MountTree& tree;
    const std::vector<model::Mount>& mounts;
    const Reading<TaskStatus>& status;
    const model::Identity& identity;
    const Reading<std::vector<HostSocket>>& listeners; ///< of the host
};

/// Control sockets of container runtimes within reach: those that are mounted one by one and known by their
/// names here or on the host, and every socket that a runtime of the host listens on, under whatever name,
/// that a mount of the host's directories brings in (the same file by device and inode). Where the host's
/// listeners are not known, a gap if a mounted directory may hold some and none was found.
[[nodiscard]] Reading<std::vector<model::RuntimeSocket>> readRuntimeSockets(const SocketSearch& in);

/// "docker" for docker.sock; empty for a socket of nobody we know.
[[nodiscard]] std::string_view runtimeOfSocket(std::string_view path);

/// What decides whether connect(2) is permitted (unix(7): write permission on the socket).
struct SocketFile {
    std::uint32_t owner = 0; ///< host numbering
    std::uint32_t group = 0;
    std::uint32_t mode = 0;
    std::uint64_t device = 0; ///< of the file, as is the inode
    std::uint64_t inode = 0;
};

/// By the process's file system ids on the host, or CAP_DAC_OVERRIDE where its user namespace maps the owner
/// (capabilities(7), fs/inode.c capable_wrt_inode_uidgid). Directories on the way are not judged.
[[nodiscard]] bool
mayConnect(const SocketFile& file, const TaskStatus& status, const model::Identity& identity);

} // namespace bulkhead::kernel
