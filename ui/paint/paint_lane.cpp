#include "ui/paint/paint_lane.h"

#include "ui/paint/paint_text.h"

#include <QPainter>
#include <QPainterPath>

namespace bulkhead::paint {

void paintAttackLine(QPainter& painter, const diagram::Item& item, const diagram::Palette& palette) {
    const QRectF rect(item.rect.x, item.rect.y, item.rect.width, item.rect.height);
    const QColor colour = toColor(palette.of(item.mark).mark);
    const double x = rect.center().x();
    const double half = rect.width() / 2;
    painter.setPen(QPen(colour, half, item.possible ? Qt::DashLine : Qt::SolidLine, Qt::FlatCap));
    painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom() - half));
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawEllipse(QPointF(x, rect.top()), half * 0.9, half * 0.9);
    if (item.blocked) {
        painter.drawRect(QRectF(x - half * 1.6, rect.bottom() - half, half * 3.2, half));
        return;
    }
    QPainterPath tip; // points into the cell that it reaches
    tip.moveTo(x - half, rect.bottom() - half * 1.4);
    tip.lineTo(x + half * 1.4, rect.bottom());
    tip.lineTo(x - half, rect.bottom() + half * 1.4);
    tip.closeSubpath();
    painter.drawPath(tip);
}

void paintSharedBox(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette) {
    const QRectF rect(item.rect.x, item.rect.y, item.rect.width, item.rect.height);
    painter.setBrush(toColor(palette.panel));
    painter.setPen(QPen(toColor(palette.line), 1.5));
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
    const diagram::Font font = diagram::fontOf(item.style, layout.compact, layout.scale);
    const QRectF words(item.textRect.x, item.textRect.y, item.textRect.width, item.textRect.height);
    drawText(painter, words, item.text, font, toColor(palette.ink));
}

} // namespace bulkhead::paint
