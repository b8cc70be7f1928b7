#pragma once

#include "core/lab/run_id.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// One mount of this process: where, what, and which part of its file system.
struct MountLine {
    std::string target;
    std::string root;
    std::string fsType;
    std::string superOptions;
};

/// The lines of a mountinfo text (proc(5)); lines that are cut short are left out.
[[nodiscard]] std::vector<MountLine> parseMountLines(std::string_view mountinfo);

/// Mount points of the cgroup file systems, v1 and v2.
[[nodiscard]] std::vector<MountLine> cgroupMounts();

/// Control groups named after containers of the lab, in every hierarchy: at its top, and beside our own
/// group, where an unprivileged runtime may put them.
[[nodiscard]] std::vector<std::filesystem::path> labCgroups();

/// Those of one run.
[[nodiscard]] std::vector<std::filesystem::path> cgroupsOf(const RunId& run);

/// A frozen task of cgroup v1 does not even die of SIGKILL.
void thawCgroup(const std::filesystem::path& cgroup);

/// Removes an empty control group and those below it; false while it is in use.
bool removeCgroup(const std::filesystem::path& cgroup);

} // namespace bulkhead::lab
