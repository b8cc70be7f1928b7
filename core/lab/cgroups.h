#pragma once

#include "core/kernel/mountinfo.h"
#include "core/lab/run_id.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::lab {

/// The lines of a mountinfo text (proc(5)). What cleans up goes on with what it can read: lines that are cut
/// short are left out.
[[nodiscard]] std::vector<kernel::MountEntry> parseMountLines(std::string_view mountinfo);

/// Mount points of the cgroup file systems, v1 and v2.
[[nodiscard]] std::vector<kernel::MountEntry> cgroupMounts();

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
