#include "ui/paint/paint_cell.h"

#include "ui/paint/fonts.h"
#include "ui/paint/paint_text.h"

#include <QPainter>
#include <QPainterPath>
#include <QTextOption>
#include <algorithm>

namespace bulkhead::paint {

namespace {

constexpr double kRadius = 2;
constexpr double kHatchStep = 6;
constexpr double kErrorPadding = 8;
constexpr double kTextGap = 4; ///< least space between a tab and the words

/// The outline of a box whose stroke of `width` lies inside `rect`, so that it is sharp and never grows the
/// box.
QRectF strokeRect(const QRectF& rect, double width) {
    return rect.adjusted(width / 2, width / 2, -width / 2, -width / 2);
}

/// The tab is a square, or whatever the layout left before the words.
double tabWidth(const QRectF& rect, const QRectF& text) {
    return std::min(rect.height(), std::max(0.0, text.left() - rect.left() - kTextGap));
}

void fillHatch(QPainter& painter, const QRectF& rect, const QColor& colour, double scale) {
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setPen(QPen(colour, scale));
    const double step = kHatchStep * scale;
    const int lines = static_cast<int>((rect.width() + rect.height()) / step) + 1;
    for (int i = 0; i < lines; ++i) {
        const double x = rect.left() - rect.height() + i * step;
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()));
    }
    painter.restore();
}

} // namespace

void paintChip(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette) {
    const diagram::MarkColours& colours = palette.of(item.mark);
    const QRectF box = toRect(item.rect);
    const double tab = tabWidth(box, toRect(item.textRect));
    QPainterPath outline;
    outline.addRoundedRect(box, kRadius, kRadius);
    painter.fillPath(outline, toColor(colours.tint));
    painter.save();
    painter.setClipPath(outline, Qt::IntersectClip);
    painter.fillRect(QRectF(box.left(), box.top(), tab, box.height()), toColor(colours.mark));
    painter.restore();
    const double stroke = layout.scale;
    painter.setPen(QPen(toColor(colours.mark), stroke));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(strokeRect(box, stroke), kRadius, kRadius);
    const double side = std::min(tab, box.height()) * 0.38;
    const QPointF centre(box.left() + tab / 2, box.center().y());
    const QRectF square(centre.x() - side / 2, centre.y() - side / 2, side, side);
    painter.fillPath(glyphPath(item.mark, square), toColor(colours.glyph));
    drawText(
        painter, toRect(item.textRect), item.text, diagram::fontOf(item.style, layout.compact, layout.scale),
        toColor(palette.ink));
}

void paintHatch(QPainter& painter, const QRectF& box, const diagram::Palette& palette, double scale) {
    painter.fillRect(box, toColor(palette.panel));
    QColor hatch = toColor(palette.line);
    hatch.setAlphaF(0.28F);
    fillHatch(painter, box, hatch, scale);
}

void paintGap(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette) {
    const QRectF box = toRect(item.rect);
    paintHatch(painter, box, palette, layout.scale);
    QPen pen(toColor(palette.line), layout.scale);
    pen.setDashPattern({3, 2});
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(strokeRect(box, layout.scale), kRadius, kRadius);
    const QRectF words = toRect(item.textRect);
    const diagram::Font font = diagram::fontOf(item.style, layout.compact, layout.scale);
    const double tab = tabWidth(box, words);
    const diagram::Font bold{font.pixels, 700};
    const double mark = textWidth("?", bold);
    const QRectF question(box.left() + (tab - mark) / 2, box.top(), mark, box.height());
    // The words stand on plain panel: hatching behind letters makes them hard to read.
    const double worded = textWidth(item.text, font);
    const QRectF plain(
        question.left() - 3, box.top() + 2 * layout.scale, words.left() - question.left() + worded + 7,
        box.height() - 4 * layout.scale);
    painter.fillRect(plain.intersected(strokeRect(box, 2 * layout.scale)), toColor(palette.panel));
    drawText(painter, question, "?", bold, toColor(palette.muted));
    drawText(painter, words, item.text, font, toColor(palette.muted));
}

void paintContradiction(QPainter& painter, const diagram::Item& item, const diagram::Palette& palette) {
    const QRectF box = toRect(item.rect);
    const double side = std::min(box.width(), box.height());
    const double stroke = std::max(1.0, side * 0.09);
    const QRectF ring(box.center().x() - side / 2, box.center().y() - side / 2, side, side);
    painter.setBrush(toColor(palette.canvas));
    painter.setPen(QPen(toColor(palette.ink), stroke));
    painter.drawEllipse(strokeRect(ring, stroke));
    const QColor arrows = toColor(item.gotMore ? palette.weaker.mark : palette.ink);
    painter.fillPath(facingArrowsPath(ring.center(), side * 0.95), arrows);
}

void paintColumnError(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette) {
    const QRectF box = toRect(item.rect);
    painter.fillRect(box, toColor(palette.panel));
    QPen pen(toColor(palette.line), layout.scale);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(strokeRect(box, layout.scale), kRadius, kRadius);
    const diagram::Font font = diagram::fontOf(item.style, layout.compact, layout.scale);
    const std::string& words = item.fullText.empty() ? item.text : item.fullText;
    const double pad = kErrorPadding * layout.scale;
    QTextOption wrap(Qt::AlignLeft | Qt::AlignTop);
    wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    painter.setFont(fontFor(font));
    painter.setPen(toColor(palette.ink));
    painter.drawText(
        toRect(item.textRect).adjusted(pad, pad, -pad, -pad), QString::fromStdString(words), wrap);
}

} // namespace bulkhead::paint
