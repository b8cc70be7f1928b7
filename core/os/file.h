#pragma once

#include "core/base/error.h"
#include "core/os/fd.h"

#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::os {

/// Files of the kernel and of ours are small; what is larger is refused, not cut.
inline constexpr std::size_t kMaxFileSize = 64UL * 1024 * 1024;

/// The two calls below with the bare errno, for readers to whom each number means something else. EFBIG for
/// content larger than `limit`.
[[nodiscard]] std::expected<Fd, int> tryOpenAt(int directory, const std::string& path, int flags);
[[nodiscard]] std::expected<std::string, int> tryReadAll(const Fd& fd, std::size_t limit = kMaxFileSize);

/// Opens read-only below a directory descriptor (AT_FDCWD for the working directory), close-on-exec, no tty.
[[nodiscard]] base::Result<Fd> openAt(int directory, const std::string& path, int flags);

/// Everything up to end of file. Io when it is larger than `limit`; `name` stands in messages.
[[nodiscard]] base::Result<std::string>
readAll(const Fd& fd, std::string_view name, std::size_t limit = kMaxFileSize);

[[nodiscard]] base::Result<std::string>
readFile(const std::filesystem::path& path, std::size_t limit = kMaxFileSize);

/// Writes the whole file or nothing: a temporary file beside it, fsync, rename.
[[nodiscard]] base::Status writeFileAtomically(const std::filesystem::path& path, std::string_view content);

/// Names in a directory, sorted, without "." and ".."; at most `limit` of them, else Io.
[[nodiscard]] base::Result<std::vector<std::string>>
listDirectory(const std::filesystem::path& path, std::size_t limit = 100000);

} // namespace bulkhead::os
