#pragma once

#include "core/compare/change.h"
#include "core/model/snapshot.h"

#include <set>
#include <string>

namespace bulkhead::compare {

/// What lies below a folder of the host that was asked for, and comes with it: mounts of the host, because a
/// bind is recursive as engines ask for it (mount(2), MS_REC), nodes and sockets. To have asked for the
/// folder is to have asked for them.
class BroughtAlong {
public:
    BroughtAlong(const model::Snapshot& declared, const model::Snapshot& enforced);

    /// The change is of one of them.
    [[nodiscard]] bool has(const Change& change) const;

private:
    std::set<std::string, std::less<>> m_elements; ///< paths of facts: mounts["/host/boot"]
};

} // namespace bulkhead::compare
