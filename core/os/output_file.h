#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string_view>

namespace bulkhead::os {

/// Writes a file that the user named for a result, whole or not at all where it is, or will be, a regular
/// file: another takes its place with the mode, and where we may the owner, of the old one, a new one has the
/// mode that the umask leaves. Symbolic links are followed and stay. Into anything else (a device, a pipe,
/// our own standard output) it is written.
[[nodiscard]] base::Status writeOutputFile(const std::filesystem::path& path, std::string_view content);

} // namespace bulkhead::os
