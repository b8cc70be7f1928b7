#pragma once

#include "core/kernel/mount_tree.h"
#include "core/kernel/reading.h"
#include "core/os/fd.h"

#include <string>

namespace bulkhead::kernel {

/// A place of the target, found by O_PATH from its root, one name at a time: at every step the mount that was
/// really entered must be one of `mounts` that keeps no reader waiting, so that a file system mounted since
/// they were judged is never asked anything. No symbolic link is followed. ENOENT where nothing is there;
/// the number is 0 where the way is refused.
[[nodiscard]] Reading<os::Fd> openJudged(int root, const std::string& path, const MountTree& mounts);

/// The mount that a descriptor lies on is this one, or no mount of the tree (nullptr). By its id and device,
/// without asking the file system (statx(2), AT_STATX_DONT_SYNC).
[[nodiscard]] const MountEntry* mountUnder(int fd, const MountTree& mounts);

/// One name in a directory, on the same mount: EXDEV where another one begins there.
[[nodiscard]] std::expected<os::Fd, int> openBeside(int directory, const std::string& name, int flags);

} // namespace bulkhead::kernel
