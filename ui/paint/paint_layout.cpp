#include "ui/paint/paint_layout.h"

#include "ui/paint/paint_cell.h"
#include "ui/paint/paint_lane.h"
#include "ui/paint/paint_text.h"
#include "ui/paint/paint_wall.h"

#include <QPainter>
#include <algorithm>

namespace bulkhead::paint {

namespace {

using diagram::ItemKind;
using diagram::Mark;

constexpr double kRingReach = 3;
constexpr double kCountHeight = 21; ///< of the line below a column's name

/// Column counts wear their mark's text colour; everything else is ink or muted.
QColor textColour(const diagram::Item& item, const diagram::Palette& palette) {
    switch (item.kind) {
    case ItemKind::columnCount:
    case ItemKind::attackNote:
    case ItemKind::reason:
        return item.mark == Mark::weaker || item.mark == Mark::stronger || item.mark == Mark::neutral ||
                       item.mark == Mark::incomparable
                   ? toColor(palette.of(item.mark).text)
                   : toColor(palette.muted);
    case ItemKind::wallTitle:
        return toColor(palette.boundary);
    case ItemKind::rowLabel:
    case ItemKind::columnNote:
    case ItemKind::stageEnforcer:
    case ItemKind::dash:
        return toColor(palette.muted);
    default:
        return toColor(palette.ink);
    }
}

void paintWords(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette) {
    const diagram::Font font = diagram::fontOf(item.style, layout.compact, layout.scale);
    QRectF rect = toRect(item.textRect);
    if (item.kind == ItemKind::stageEnforcer) {
        rect.setLeft(std::max(rect.left(), rect.right() - textWidth(item.text, font)));
    }
    drawText(painter, rect, item.text, font, textColour(item, palette));
}

void paintKind(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette) {
    switch (item.kind) {
    case ItemKind::chip:
        return paintChip(painter, item, layout, palette);
    case ItemKind::gapCell:
    case ItemKind::gapStrip:
        return paintGap(painter, item, layout, palette);
    case ItemKind::boundary:
        return paintBoundary(painter, item, palette);
    case ItemKind::handoff:
        return paintHandoff(painter, item, layout, palette);
    case ItemKind::wall:
        return paintWall(painter, item, palette);
    case ItemKind::contradiction:
        return paintContradiction(painter, item, palette);
    case ItemKind::sharedBox:
        return paintSharedBox(painter, item, layout, palette);
    case ItemKind::attackLine:
        return paintAttackLine(painter, item, palette);
    case ItemKind::columnError:
        return paintColumnError(painter, item, layout, palette);
    default:
        return paintWords(painter, item, layout, palette);
    }
}

void paintHover(QPainter& painter, const QRectF& rect, const diagram::Palette& palette) {
    QColor veil = toColor(palette.ink);
    veil.setAlphaF(0.05F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(veil);
    painter.drawRoundedRect(rect, 2, 2);
}

/// The selection is an ink ring outside the box, so that it never touches the colours that carry meaning.
void paintRing(QPainter& painter, const QRectF& rect, const diagram::Palette& palette, bool focused) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(toColor(focused ? palette.ink : palette.line), focused ? 2 : 1.5));
    painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), 3, 3);
}

/// A head's ring takes in the count below the name; a cell's is its box.
QRectF ringRect(const diagram::Item& item, double scale) {
    const QRectF rect = toRect(item.rect);
    return item.kind == ItemKind::columnHead ? rect.adjusted(-4, 0, 4, kCountHeight * scale) : rect;
}

} // namespace

QRectF paintBounds(const diagram::Item& item) {
    constexpr double kMostScale = 2; // presenting draws at 40/26
    return ringRect(item, kMostScale)
        .united(toRect(item.textRect))
        .adjusted(-kRingReach, -kRingReach, kRingReach, kRingReach);
}

void paintItem(
    QPainter& painter, const diagram::Item& item, const diagram::Layout& layout,
    const diagram::Palette& palette, const Emphasis& emphasis) {
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    const QRectF rect = toRect(item.rect);
    if (emphasis.hovered && !emphasis.selected) {
        paintHover(painter, rect, palette);
    }
    paintKind(painter, item, layout, palette);
    if (emphasis.selected) {
        paintRing(painter, ringRect(item, layout.scale), palette, emphasis.focused);
    }
}

void paintLayout(QPainter& painter, const diagram::Layout& layout, const diagram::Palette& palette) {
    painter.fillRect(QRectF(0, 0, layout.width, layout.height), toColor(palette.canvas));
    for (const diagram::Item& item : layout.items) {
        paintItem(painter, item, layout, palette);
    }
}

} // namespace bulkhead::paint
