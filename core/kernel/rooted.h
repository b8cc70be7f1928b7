#pragma once

#include "core/os/fd.h"

#include <expected>
#include <string>

namespace bulkhead::kernel {

/// A directory of the target by openat2(2) as if `root` were "/": its symbolic links resolve within it, magic
/// links never. Opened for listing; the access time stays where we may ask for that.
[[nodiscard]] std::expected<os::Fd, int> openRootedDirectory(int root, const std::string& path);

/// The same, only to look at names in it (O_PATH).
[[nodiscard]] std::expected<os::Fd, int> findRootedDirectory(int root, const std::string& path);

/// One name in a directory, no symbolic link, opened for listing.
[[nodiscard]] std::expected<os::Fd, int> openSubdirectory(int directory, const std::string& name);

} // namespace bulkhead::kernel
