#pragma once

#include "core/diagram/layout.h"
#include "core/diagram/palette.h"

class QPainter;

namespace bulkhead::paint {

/// The way of an attack: a thick line with a solid end on what it reaches, or a bar where it is stopped.
void paintAttackLine(QPainter& painter, const diagram::Item& item, const diagram::Palette& palette);

/// An outlined box over the columns that share namespaces, with its words.
void paintSharedBox(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette);

} // namespace bulkhead::paint
