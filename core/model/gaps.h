#pragma once

#include "core/model/snapshot.h"

#include <string>
#include <vector>

namespace bulkhead::model {

/// A fact that could not be read, by its path.
struct Gap {
    std::string path;
    Unreadable why;

    auto operator<=>(const Gap&) const = default;
};

/// Every unreadable fact of a snapshot, in document order.
[[nodiscard]] std::vector<Gap> gapsOf(const Snapshot& snapshot);

/// Every stated fact's path, in document order: "capabilities.effective", `mounts["/proc"].hostPaths`.
[[nodiscard]] std::vector<std::pair<std::string, Evidence>> evidenceOf(const Snapshot& snapshot);

} // namespace bulkhead::model
