#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace bulkhead::image {

/// Bounds of what is read of an image: its index, its manifests and configurations are small texts.
inline constexpr std::size_t kMaxText = 4UL << 20U;
inline constexpr std::size_t kMaxTexts = 64UL << 20U; ///< all together
inline constexpr std::size_t kMaxEntries = 200'000;
inline constexpr long long kMaxUnpacked = 64LL << 30U;
inline constexpr long long kFreeUnpacked = 256LL << 20U; ///< from here on the ratio counts
inline constexpr long long kMaxRatio = 100;

/// A text of an image by its name: "index.json", "blobs/sha256/...". NotFound where there is none.
using ImageFiles = std::function<base::Result<std::string>(const std::string& name)>;

/// The texts of an OCI layout folder; nothing that a link leads to is read.
[[nodiscard]] ImageFiles filesOfFolder(const std::filesystem::path& folder);

/// The texts of an archive, which is read once, and never unpacked to disk. Refused where it holds more, or
/// unpacks to more, than an image does.
[[nodiscard]] base::Result<std::map<std::string, std::string>>
readArchive(const std::filesystem::path& archive);

/// The texts of an image, folder or archive.
[[nodiscard]] base::Result<ImageFiles> openImage(const std::filesystem::path& path);

} // namespace bulkhead::image
