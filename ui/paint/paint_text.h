#pragma once

#include "core/diagram/layout.h"
#include "core/diagram/palette.h"

#include <QColor>
#include <QPainterPath>
#include <QRectF>
#include <string_view>

class QFontMetricsF;
class QPainter;

namespace bulkhead::paint {

[[nodiscard]] QColor toColor(const diagram::Colour& colour);
[[nodiscard]] QRectF toRect(const diagram::Rect& rect);

/// The mark's shape inside a square; empty for a mark without one. Drawn as a path, because the bundled sans
/// has no such characters and a substitute's metrics would differ between machines.
[[nodiscard]] QPainterPath glyphPath(diagram::Mark mark, const QRectF& square);

/// Two facing arrow heads, the sign of a contradiction, centred.
[[nodiscard]] QPainterPath facingArrowsPath(const QPointF& centre, double side);

/// An arrow to the right, for "asked → enforced".
[[nodiscard]] QPainterPath arrowPath(const QRectF& square);

/// Advance width of a text, mark glyphs included, in logical pixels.
[[nodiscard]] double textWidth(std::string_view text, const diagram::Font& font);
/// The same with the metrics of fontFor(font) at hand, which are dear to make.
[[nodiscard]] double
textWidth(std::string_view text, const diagram::Font& font, const QFontMetricsF& metrics);

/// Draws one line of text left-aligned and vertically centred in `rect`, mark glyphs as paths.
void drawText(
    QPainter& painter, const QRectF& rect, std::string_view text, const diagram::Font& font,
    const QColor& colour);

} // namespace bulkhead::paint
