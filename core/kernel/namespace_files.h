#pragma once

#include "core/kernel/host_reference.h"
#include "core/kernel/task.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// A user namespace on the way up, and the uid that created it, in our numbering.
struct UserNamespace {
    NamespaceIdentity self;
    std::uint32_t ownerUid = 0;

    bool operator==(const UserNamespace&) const = default;
};

/// What nsfs tells of one namespace (ioctl_nsfs(2)).
struct NamespaceFile {
    NamespaceIdentity self;
    Reading<NamespaceIdentity> owner;  ///< NS_GET_USERNS; EPERM where it is out of sight, or the first one
    Reading<std::uint32_t> ownerUid;   ///< NS_GET_OWNER_UID of a user namespace, or of the owner of another
    Reading<NamespaceIdentity> parent; ///< NS_GET_PARENT; EINVAL where the type has none
    Reading<std::int64_t> level;       ///< parents that can be walked
    /// The owning user namespace (a user namespace itself), its parent and so on, as far as we may see.
    std::vector<UserNamespace> owners;
};

/// Opens /proc/PID/ns/NAME and asks its descriptor; on a captured tree the file's text holds the answers
/// (tests/fixtures/README.md).
[[nodiscard]] Reading<NamespaceFile> readNamespaceFile(const Task& task, std::string_view name);

/// Parents of a pid or user namespace, nearest first, as far as we may see (NS_GET_PARENT).
[[nodiscard]] std::vector<NamespaceIdentity> parentsOf(const os::Fd& fd);

/// "net:[4026531840]" with the lines of a captured tree after it.
[[nodiscard]] base::Result<NamespaceFile>
parseCapturedNamespace(std::string_view name, std::string_view text);

} // namespace bulkhead::kernel
