#pragma once

#include "core/base/error.h"

#include <filesystem>

namespace bulkhead::session {

/// A folder that ships with the program ("resources", "scenarios"): $BULKHEAD_DATA, beside the program's
/// build tree, or the installed share folder, whichever exists. NotFound names the places that were looked
/// at.
[[nodiscard]] base::Result<std::filesystem::path> findDataFolder(const std::filesystem::path& name);

/// A program that ships beside this one ("bulkhead-probe"). NotFound says where it was looked for.
[[nodiscard]] base::Result<std::filesystem::path> findSiblingProgram(const std::string& name);

} // namespace bulkhead::session
