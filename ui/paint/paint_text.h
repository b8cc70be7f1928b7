#pragma once

#include "core/diagram/layout.h"
#include "core/diagram/palette.h"

#include <QColor>
#include <QPainterPath>
#include <QRectF>
#include <string_view>

class QPainter;

namespace bulkhead::paint {

[[nodiscard]] QColor toColor(const diagram::Colour& colour);
[[nodiscard]] QRectF toRect(const diagram::Rect& rect);

/// The mark's shape inside a square; empty for a mark without one. Drawn as a path, because the bundled sans
/// has no such characters and a substitute's metrics would differ between machines.
[[nodiscard]] QPainterPath glyphPath(diagram::Mark mark, const QRectF& square);

/// Two facing arrows, the sign of a contradiction, centred; to be stroked.
[[nodiscard]] QPainterPath facingArrowsPath(const QPointF& centre, double side);

/// Advance width of a text, mark glyphs included, in logical pixels.
[[nodiscard]] double textWidth(std::string_view text, const diagram::Font& font);

/// Draws one line of text left-aligned and vertically centred in `rect`, mark glyphs as paths.
void drawText(
    QPainter& painter, const QRectF& rect, std::string_view text, const diagram::Font& font,
    const QColor& colour);

} // namespace bulkhead::paint
