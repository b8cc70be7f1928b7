#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string_view>

namespace bulkhead::os {

/// Adds a line at the end of a file that others may add to: one write of an O_APPEND descriptor. The file is
/// made, readable by its owner alone, where there is none.
[[nodiscard]] base::Status appendLine(const std::filesystem::path& path, std::string_view line);

} // namespace bulkhead::os
