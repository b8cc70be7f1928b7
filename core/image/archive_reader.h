#pragma once

#include "core/base/error.h"
#include "core/os/fd.h"

#include <filesystem>
#include <memory>
#include <string>

struct archive;

namespace bulkhead::image {

/// Frees a reader of libarchive.
struct CloseReader {
    void operator()(archive* reader) const;
};
using Reader = std::unique_ptr<archive, CloseReader>;

inline constexpr std::size_t kBlock = 65536;

/// A reader of tar, plain or packed with gzip or zstd, which is to be opened yet.
[[nodiscard]] Reader makeReader();

/// What libarchive says went wrong.
[[nodiscard]] std::string problemOf(archive& reader);

/// Malformed where the archive unpacks to more than an image does.
[[nodiscard]] base::Status checkUnpacked(archive& reader, const std::string& name);

/// An archive of the file system that is open.
struct OpenArchive {
    os::Fd file;
    Reader reader;
};
[[nodiscard]] base::Result<OpenArchive> openArchive(const std::filesystem::path& path);

} // namespace bulkhead::image
