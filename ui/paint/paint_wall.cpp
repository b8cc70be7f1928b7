#include "ui/paint/paint_wall.h"

#include "ui/paint/paint_text.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace bulkhead::paint {

namespace {

/// Share of the item's height that the bar itself takes; the notches' arrows need the rest.
constexpr double kBarShare = 0.45;
constexpr int kNotchesDrawn = 12; ///< more than these could not be told apart

QRectF barOf(const QRectF& rect) {
    const double height = std::clamp(rect.height() * kBarShare, 6.0, 16.0);
    return {rect.left(), rect.center().y() - height / 2, rect.width(), height};
}

QPainterPath arrowDown(QPointF centre, double width, double height) {
    QPainterPath path;
    const double shaft = width * 0.42;
    const double neck = centre.y() + height * 0.05;
    path.moveTo(centre.x() - shaft / 2, centre.y() - height / 2);
    path.lineTo(centre.x() + shaft / 2, centre.y() - height / 2);
    path.lineTo(centre.x() + shaft / 2, neck);
    path.lineTo(centre.x() + width / 2, neck);
    path.lineTo(centre.x(), centre.y() + height / 2);
    path.lineTo(centre.x() - width / 2, neck);
    path.lineTo(centre.x() - shaft / 2, neck);
    path.closeSubpath();
    return path;
}

void outlineBar(QPainter& painter, const QRectF& bar, const QColor& colour, const QColor& fill) {
    const double stroke = 1.5;
    painter.setBrush(fill);
    painter.setPen(QPen(colour, stroke));
    painter.drawRect(bar.adjusted(stroke / 2, stroke / 2, -stroke / 2, -stroke / 2));
}

/// Notches evenly spread; their arrows shrink until all fit side by side.
void paintNotches(
    QPainter& painter, const QRectF& rect, const QRectF& bar, int notches, const diagram::Palette& palette) {
    const int drawn = std::min(notches, kNotchesDrawn);
    const double pitch = bar.width() / (drawn + 1);
    const double width = std::min({rect.height() * 0.9, pitch * 0.8, 18.0});
    for (int i = 1; i <= drawn; ++i) {
        const QPointF centre(bar.left() + pitch * i, bar.center().y());
        painter.fillRect(
            QRectF(centre.x() - width * 0.68, bar.top() - 1, width * 1.36, bar.height() + 2),
            toColor(palette.canvas));
        painter.fillPath(
            arrowDown(centre, width, std::min(rect.height(), width * 1.25)), toColor(palette.weaker.mark));
    }
}

void paintHatch(QPainter& painter, const QRectF& bar, const QColor& colour) {
    painter.save();
    painter.setClipRect(bar, Qt::IntersectClip);
    painter.setPen(QPen(colour, 1.2));
    for (double x = bar.left() - bar.height(); x < bar.right(); x += 5) {
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x + bar.height(), bar.top()));
    }
    painter.restore();
}

QPen dashedPen(const QColor& colour, double width) {
    QPen pen(colour, width);
    pen.setDashPattern({5, 3});
    return pen;
}

} // namespace

void paintWall(QPainter& painter, const diagram::Item& item, const diagram::Palette& palette) {
    const QRectF rect = toRect(item.rect);
    const QRectF bar = barOf(rect);
    const QColor boundary = toColor(palette.boundary);
    const QColor canvas = toColor(palette.canvas);
    switch (item.wall.kind) {
    case diagram::WallKind::solid:
        painter.fillRect(bar, boundary);
        break;
    case diagram::WallKind::hatched:
        outlineBar(painter, bar, toColor(palette.line), canvas);
        paintHatch(painter, bar, toColor(palette.line));
        break;
    case diagram::WallKind::notched:
        outlineBar(painter, bar, boundary, canvas);
        paintNotches(painter, rect, bar, item.wall.notches, palette);
        break;
    case diagram::WallKind::hollow:
        outlineBar(painter, bar, boundary, canvas);
        break;
    }
}

void paintBoundary(QPainter& painter, const diagram::Item& item, const diagram::Palette& palette) {
    const QRectF rect = toRect(item.rect);
    painter.setPen(dashedPen(toColor(palette.line), 1));
    // A line on the pixel grid stays one pixel thick.
    const double y = std::floor(rect.center().y()) + 0.5;
    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y));
}

void paintHandoff(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette) {
    const QRectF rect = toRect(item.rect);
    const double y = std::floor(rect.center().y()) + 0.5;
    const diagram::Font font = diagram::fontOf(item.style, layout.compact, layout.scale);
    painter.setPen(dashedPen(toColor(palette.muted), 1));
    if (item.text.empty()) {
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y));
        return;
    }
    const QRectF words = toRect(item.textRect);
    const double pad = 6 * layout.scale;
    const double end = words.left() + textWidth(item.text, font);
    if (words.left() - pad > rect.left()) {
        painter.drawLine(QPointF(rect.left(), y), QPointF(words.left() - pad, y));
    }
    if (end + pad < rect.right()) {
        painter.drawLine(QPointF(end + pad, y), QPointF(rect.right(), y));
    }
    drawText(painter, words, item.text, font, toColor(palette.muted));
}

} // namespace bulkhead::paint
