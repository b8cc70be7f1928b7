#pragma once

#include "core/kernel/reading.h"
#include "core/model/namespaces.h"
#include "core/os/proc_root.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace bulkhead::kernel {

/// What tells one namespace from another while both live: device and inode of its nsfs file (namespaces(7)).
struct NamespaceIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    auto operator<=>(const NamespaceIdentity&) const = default;
};

/// The namespaces of the machine itself, which "shared with host" is measured against.
struct HostReference {
    std::map<model::NamespaceType, NamespaceIdentity> namespaces; ///< the types that could be established
    bool known = false; ///< false: we may be inside a container ourselves, and do not know the host's
    std::string evidence;

    [[nodiscard]] std::optional<NamespaceIdentity> of(model::NamespaceType type) const;
};

/// Ours, if our uid_map is full, NS_GET_PARENT refuses and the inode numbers are those the machine boots
/// with; otherwise those of pid 1 under the same condition; otherwise unknown.
[[nodiscard]] HostReference readHostReference(const os::ProcRoot& root);

/// The inode number a kernel gives its first namespace of a type (include/linux/proc_ns.h, since Linux 3.8;
/// net and mnt have one since 6.18, before that theirs is handed out at boot).
[[nodiscard]] std::uint64_t initialInode(model::NamespaceType type);

/// Numbers from here on are handed out while the machine runs (fs/proc/generic.c, PROC_DYNAMIC_FIRST).
inline constexpr std::uint64_t kFirstDynamicInode = 0xF0000000;

} // namespace bulkhead::kernel
