#pragma once

#include "core/kernel/mount_tree.h"
#include "core/model/mount.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// What a mount is to a container, by its file system, its place, and whether the host shows the same
/// directory (nullopt: that is not known). `heldByHost`: the host mounts the file system somewhere, though it
/// may show that directory nowhere.
[[nodiscard]] model::MountKind kindOf(
    const MountEntry& mount, const std::optional<std::vector<std::string>>& hostPaths,
    bool heldByHost = false);

/// A mount that hides what it covers and shows nothing in its place. A runtime masks a file with the
/// container's /dev/null and a directory with an empty file system, or an empty directory bound read-only
/// (OCI runtime-spec, linux.maskedPaths; runc libcontainer/rootfs_linux.go maskPath).
[[nodiscard]] bool showsNothing(
    const MountEntry& mount, const std::optional<std::vector<std::string>>& hostPaths,
    bool heldByHost = false);

/// procfs and what lives in it; sysfs and the kernel's other control file systems.
[[nodiscard]] bool isProcFileSystem(std::string_view fsType);
[[nodiscard]] bool isSysFileSystem(std::string_view fsType);
[[nodiscard]] bool isCgroupFileSystem(std::string_view fsType);

/// A file system whose server may keep a reader waiting for ever (FUSE, network, autofs): never looked into.
[[nodiscard]] bool mayStall(std::string_view fsType);

/// Nothing on the way to a path may keep us waiting: every mount from the root to it is a plain one.
[[nodiscard]] bool wayIsSafe(std::string_view target, const MountTree& tree);

} // namespace bulkhead::kernel
