#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace bulkhead::lab {

/// The one image of a run: a folder that is copied for each container.
struct RootImage {
    std::filesystem::path folder;
    std::string ref;    ///< "busybox 1.35.0"
    std::string digest; ///< "sha256:..." over names, kinds, modes and content
};

/// NotFound or Unsupported, naming the file and the package, where a program is missing or needs a loader:
/// the root file system has no library.
[[nodiscard]] base::Status
checkImagePrograms(const std::filesystem::path& busybox, const std::filesystem::path& probe);

/// Makes a root file system of busybox and bulkhead-probe in FOLDER.
[[nodiscard]] base::Result<RootImage> makeRootImage(
    const std::filesystem::path& busybox, const std::filesystem::path& probe,
    const std::filesystem::path& folder);

/// A copy that belongs to `uid` and `gid`: root of the container, in the host's numbering.
[[nodiscard]] base::Status
copyRootImage(const RootImage& image, const std::filesystem::path& to, std::uint32_t uid, std::uint32_t gid);

/// The image as a tar archive whose files are root's: what an engine imports.
[[nodiscard]] base::Result<std::string>
archiveRootImage(const RootImage& image, const std::filesystem::path& file, const std::string& searchPath);

/// A folder that stands in for one of the host, with a file that says so.
[[nodiscard]] base::Status makeLabDirectory(const std::filesystem::path& path, std::uint32_t owner);

} // namespace bulkhead::lab
