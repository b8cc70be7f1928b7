#pragma once

#include "core/diagram/layout.h"
#include "core/diagram/palette.h"

class QPainter;
class QRectF;

namespace bulkhead::paint {

/// A changed cell: tinted box, solid tab with the mark's glyph, words.
void paintChip(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette);

/// The hatching of what could not be read, on the panel's colour.
void paintHatch(QPainter& painter, const QRectF& box, const diagram::Palette& palette, double scale);

/// What could not be read: hatched box, question mark, the reason.
void paintGap(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette);

/// Two facing arrows in an ink ring: the vantages disagree.
void paintContradiction(QPainter& painter, const diagram::Item& item, const diagram::Palette& palette);

/// What happened to a column and what to do, in words, wrapped.
void paintColumnError(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette);

} // namespace bulkhead::paint
