#pragma once

#include "core/diagram/diagram.h"

#include <vector>

namespace bulkhead::diagram {

/// The snapshots that decide a column: what is shown of the subject, and of the baseline it is compared with.
struct ColumnSource {
    const SubjectView* subject = nullptr;
    const SubjectView* baseline = nullptr;
    model::Vantage vantage = model::Vantage::enforced;
};

/// One cell for every slot, in the order of slots().
[[nodiscard]] std::vector<Cell> buildCells(const ColumnSource& source);

/// Cells of one vantage of a subject against its declaration: what differs is a contradiction.
[[nodiscard]] std::vector<Cell>
buildVantageCells(const model::Snapshot* declared, const model::Snapshot* shown);

/// Slots by mark; a slot that a declaration answers is counted only where the declared vantage is shown.
[[nodiscard]] Counts countMarks(const std::vector<Cell>& cells, model::Vantage vantage);

[[nodiscard]] Wall buildWall(const std::vector<Cell>& cells);

} // namespace bulkhead::diagram
