#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// What `lab clean` did, in lines for a person.
struct CleanReport {
    std::vector<std::string> removed; ///< "run 812-...: 6 processes, 48 control groups, its folder"
    std::vector<std::string> living;  ///< runs whose owner lives; left alone
    std::vector<std::string> left;    ///< what could not be removed, and why
};

/// Takes away everything that dead runs of this user left: processes, the runtime's state, mounts, control
/// groups and folders, after a SIGKILL at any moment. Runs of living owners are not touched. An empty path is
/// the default state root.
[[nodiscard]] base::Result<CleanReport> cleanLab(const std::filesystem::path& stateRoot = {});

} // namespace bulkhead::lab
