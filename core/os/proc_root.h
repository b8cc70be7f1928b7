#pragma once

#include "core/base/error.h"
#include "core/os/fd.h"

#include <filesystem>
#include <string>

namespace bulkhead::os {

/// The machine as collectors see it: the real one, or a captured tree below a folder. Every collector takes
/// it as an argument and never writes an absolute path of its own.
struct ProcRoot {
    std::filesystem::path proc = "/proc";
    std::filesystem::path sys = "/sys";
    std::filesystem::path etc = "/etc";
    bool live = true; ///< ioctls, statx and bpf(2) can be asked; false for a captured tree

    /// A captured tree: FOLDER/proc, FOLDER/sys, FOLDER/etc. Namespace links stand there as text files.
    [[nodiscard]] static ProcRoot captured(const std::filesystem::path& folder) {
        return {folder / "proc", folder / "sys", folder / "etc", false};
    }
};

} // namespace bulkhead::os
