#pragma once

#include "core/diagram/diagram.h"

#include <string>
#include <vector>

namespace bulkhead::report {

/// A subject's name with its snapshot; null where it has none of the shown vantage.
struct NamedSnapshot {
    std::string name;
    const model::Snapshot* snapshot = nullptr;
};

/// "### Not known": gaps by slot with what they need, every unreadable fact folded below.
[[nodiscard]] std::string
gapsSection(const diagram::Diagram& diagram, const std::vector<NamedSnapshot>& subjects);

/// Folded: every slot of every column.
[[nodiscard]] std::string slotsTable(const diagram::Diagram& diagram);

/// Folded: which capability is in which set of which subject.
[[nodiscard]] std::string capabilitiesTable(const std::vector<NamedSnapshot>& subjects);

/// Folded: own or the host's, with the inode number that tells which are the same.
[[nodiscard]] std::string namespacesTable(const std::vector<NamedSnapshot>& subjects);

/// Folded: by whom and on which machine each snapshot was taken.
[[nodiscard]] std::string provenanceTable(const std::vector<NamedSnapshot>& subjects);

} // namespace bulkhead::report
