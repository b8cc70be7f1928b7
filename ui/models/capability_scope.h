#pragma once

#include "core/model/snapshot.h"

#include <QString>

namespace bulkhead::models {

/// Over what a capability of a process counts.
enum class CapabilityScope {
    host,    ///< the host's own namespaces: as good as the host's root, for what the capability covers
    own,     ///< the process's user namespace and what that owns
    unknown, ///< it is held, and which user namespace it belongs to could not be read
};

/// What one capability is worth, in words.
struct CapabilityWorth {
    CapabilityScope scope = CapabilityScope::unknown;
    QString overHost; ///< namespace types of the host over which it counts
    QString within;   ///< types of the namespaces the process is in over which it counts
    QString user;     ///< inode of its own user namespace, where it has one
    QString reason;   ///< why the scope is not known
};

/// The scope of a capability by who owns the process's namespaces. `effective` says that it is in the
/// effective set, which is what the kernel's account by type is about; other sets go by the user namespace
/// alone.
[[nodiscard]] CapabilityWorth
capabilityWorth(const model::Snapshot& snapshot, model::Capability capability, bool effective);

} // namespace bulkhead::models
