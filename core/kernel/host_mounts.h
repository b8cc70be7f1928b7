#pragma once

#include "core/kernel/host_reference.h"
#include "core/kernel/mount_tree.h"
#include "core/kernel/reading.h"
#include "core/os/proc_root.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bulkhead::kernel {

/// The machine's own mounts: what a file system of a container is on the host, and where.
struct HostMounts {
    MountTree tree;
    std::set<std::int64_t> peerGroups;
    /// By device, then by root in the file system: indices in `tree` of visible mounts, shortest target
    /// first.
    std::map<std::string, std::map<std::string, std::vector<std::size_t>, std::less<>>> byRoot;
    std::set<std::string> devices; ///< of all mounts, covered ones too

    /// Host paths of a directory within a file system, shortest first; at most 8. Empty: the host does not
    /// mount it where it could be seen.
    [[nodiscard]] std::vector<std::string> pathsOf(const MountEntry& mount) const;
    /// The host mounts the file system, be it covered by now or another part of it (btrfs subvolumes).
    [[nodiscard]] bool holds(const MountEntry& mount) const { return devices.contains(mount.device); }
};

/// Our own mountinfo where we are in the host's mount namespace, else pid 1's; a gap where neither is the
/// host's.
[[nodiscard]] Reading<HostMounts> readHostMounts(const os::ProcRoot& root, const HostReference& host);

[[nodiscard]] HostMounts hostMountsOf(std::vector<MountEntry> entries);

} // namespace bulkhead::kernel
