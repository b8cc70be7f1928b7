#pragma once

#include "core/kernel/file_buffer.h"
#include "core/kernel/host_reference.h"
#include "core/kernel/mount_tree.h"
#include "core/os/proc_root.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace bulkhead::watch {

/// The limits and the device policy of control groups, as a number that is another one when they were changed
/// in place ("docker update"). A few small files of each group, which are not understood here: a subject
/// whose number is another one is read in full.
class GroupLimits {
public:
    GroupLimits(const os::ProcRoot& root, const kernel::HostReference& host);

    /// By the text of /proc/PID/cgroup; 0 where the groups cannot be read.
    [[nodiscard]] std::size_t of(const std::string& cgroupFile);

private:
    [[nodiscard]] std::size_t read(const std::string& cgroupFile);

    std::optional<kernel::MountTree> m_mounts;
    kernel::FileBuffer m_buffer;
    std::map<std::string, std::size_t> m_known; ///< by the text
};

} // namespace bulkhead::watch
