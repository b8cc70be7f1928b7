#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace bulkhead::image {

/// Bounds of what is read of an image: its index, its manifests and configurations are small texts.
inline constexpr std::size_t kMaxText = 4UL << 20U;
inline constexpr std::size_t kMaxTexts = 64UL << 20U; ///< all together
inline constexpr std::size_t kMaxEntries = 200'000;
inline constexpr long long kMaxUnpacked = 64LL << 30U;
inline constexpr long long kFreeUnpacked = 256LL << 20U; ///< from here on the ratio counts
inline constexpr long long kMaxRatio = 100;

/// The next bytes of a file; empty at its end.
using Pieces = std::function<base::Result<std::string_view>()>;

/// Told of a file that was asked for; what it leaves unread is passed over.
using TakeFile = std::function<base::Status(const std::string& name, const Pieces& pieces)>;

/// The files of an image by their names: "index.json", "blobs/sha256/...".
struct ImageFiles {
    /// A small file as a text. NotFound where there is none.
    std::function<base::Result<std::string>(const std::string& name)> text;
    /// The file that a name stands for: archives link an entry to another.
    std::function<std::string(const std::string& name)> real;
    /// Each of the files once, in the order in which they stand; those that are not there are left out.
    std::function<base::Status(const std::set<std::string>& names, const TakeFile& take)> stream;
};

/// The files of an OCI layout folder; nothing that a link leads to is read.
[[nodiscard]] ImageFiles filesOfFolder(const std::filesystem::path& folder);

/// An archive's small files, and its links from one entry to another.
struct ArchiveTexts {
    std::map<std::string, std::string> texts;
    std::map<std::string, std::string> links; ///< to names of entries
};

/// Reads an archive once; nothing is unpacked to disk. Refused where it holds more, or unpacks to more, than
/// an image does.
[[nodiscard]] base::Result<ArchiveTexts> readArchive(const std::filesystem::path& archive);

/// The named entries of an archive, piece by piece.
[[nodiscard]] base::Status
streamArchive(const std::filesystem::path& archive, const std::set<std::string>& names, const TakeFile& take);

/// The files of an image, folder or archive.
[[nodiscard]] base::Result<ImageFiles> openImage(const std::filesystem::path& path);

} // namespace bulkhead::image
