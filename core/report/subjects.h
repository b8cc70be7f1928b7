#pragma once

#include "core/diagram/diagram.h"

#include <vector>

namespace bulkhead::report {

/// The snapshot a column shows: its subject at the diagram's vantage, or the vantage a column of one subject
/// is named after. Null where there is none.
[[nodiscard]] const model::Snapshot* snapshotOf(
    const diagram::Diagram& diagram, const diagram::Column& column,
    const std::vector<diagram::SubjectView>& subjects);

/// The snapshots of every column, in order; null where there is none.
[[nodiscard]] std::vector<const model::Snapshot*>
snapshotsOf(const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::report
