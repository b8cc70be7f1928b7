#pragma once

#include "core/kernel/host_reference.h"
#include "core/kernel/task.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace bulkhead::kernel {

/// What nsfs tells of one namespace (ioctl_nsfs(2)).
struct NamespaceFile {
    NamespaceIdentity self;
    Reading<NamespaceIdentity> owner;  ///< NS_GET_USERNS; EPERM where it is out of sight, or the first one
    Reading<std::uint32_t> ownerUid;   ///< NS_GET_OWNER_UID of a user namespace, or of the owner of another
    Reading<NamespaceIdentity> parent; ///< NS_GET_PARENT; EINVAL where the type has none
    Reading<std::int64_t> level;       ///< parents that can be walked
};

/// Opens /proc/PID/ns/NAME and asks its descriptor; on a captured tree the file's text holds the answers
/// (tests/fixtures/README.md).
[[nodiscard]] Reading<NamespaceFile> readNamespaceFile(const Task& task, std::string_view name);

/// "net:[4026531840]" with the lines of a captured tree after it.
[[nodiscard]] base::Result<NamespaceFile>
parseCapturedNamespace(std::string_view name, std::string_view text);

} // namespace bulkhead::kernel
