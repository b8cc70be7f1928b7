#pragma once

#include "core/diagram/layout.h"
#include "core/diagram/palette.h"

#include <QRectF>

class QPainter;

namespace bulkhead::paint {

/// How one item is told from its neighbours while the user works on it. Never part of an export.
struct Emphasis {
    bool selected = false;
    bool focused = false; ///< selected, and the keyboard acts on it
    bool hovered = false;
};

/// Draws one item of a laid-out diagram.
void paintItem(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette, const Emphasis& emphasis = {});

/// Draws the whole picture on its canvas colour: what exports and tests use.
void paintLayout(QPainter& painter, const diagram::Layout& layout, const diagram::Palette& palette);

/// Everything an item may touch, its focus ring included.
[[nodiscard]] QRectF paintBounds(const diagram::Item& item);

} // namespace bulkhead::paint
