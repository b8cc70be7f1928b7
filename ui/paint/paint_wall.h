#pragma once

#include "core/diagram/layout.h"
#include "core/diagram/palette.h"

class QPainter;

namespace bulkhead::paint {

/// One column's wall: hollow, solid, notched by arrows, or hatched.
void paintWall(QPainter& painter, const diagram::Item& item, const diagram::Palette& palette);

/// A thin dashed line across a column, between two stages.
void paintBoundary(QPainter& painter, const diagram::Item& item, const diagram::Palette& palette);

/// The line where asked becomes enforced, with its words.
void paintHandoff(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette);

} // namespace bulkhead::paint
