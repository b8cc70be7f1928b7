#pragma once

#include "core/kernel/reading.h"
#include "core/os/proc_root.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::kernel {

/// Where a path of the machine ("/proc/sys/kernel/osrelease") stands on this ProcRoot; nullopt for a path
/// outside /proc, /sys and /etc on a captured tree.
[[nodiscard]] std::optional<std::filesystem::path> placeOf(const os::ProcRoot& root, std::string_view path);

/// The content of a file of the machine, named as the machine names it.
[[nodiscard]] Reading<std::string> readMachineFile(const os::ProcRoot& root, const std::string& path);

/// A file of one value, without white space around it.
[[nodiscard]] Reading<std::string> readMachineValue(const os::ProcRoot& root, const std::string& path);

/// The path exists, whatever it is (faccessat(2), no open). A refusal to look counts as existing.
[[nodiscard]] bool machineHas(const os::ProcRoot& root, std::string_view path);

} // namespace bulkhead::kernel
