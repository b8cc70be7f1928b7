#include "ui/canvas/diagram_view.h"

#include "ui/canvas/accessible_canvas.h"
#include "ui/paint/fonts.h"
#include "ui/paint/paint_layout.h"
#include "ui/paint/paint_text.h"

#include <QAccessible>
#include <QGraphicsScene>
#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>
#include <algorithm>

namespace bulkhead::canvas {

namespace {

constexpr double kLeastZoom = 0.5;
constexpr double kMostZoom = 3.0;

} // namespace

DiagramView::DiagramView(QWidget* parent) : QGraphicsView(parent), m_state(std::make_shared<CanvasState>()) {
    AccessibleCanvas::install();
    m_state->palette = &diagram::lightPalette();
    setScene(new QGraphicsScene(this));
    setFrameShape(QFrame::NoFrame);
    setAlignment(Qt::AlignLeft | Qt::AlignTop);
    setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    // The pinned head lies over what scrolls below it, so a scroll cannot reuse pixels.
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAcceptDrops(true);
    viewport()->setAcceptDrops(true);
    setAccessibleName(tr("Trust-boundary diagram"));
    setBackgroundBrush(paint::toColor(m_state->palette->canvas));
}

void DiagramView::setDiagram(const diagram::Diagram& diagram) {
    m_diagram = diagram;
    m_lanes.clear(); // of the columns before
    m_notes.clear();
    m_cursor.row = std::min(m_cursor.row, static_cast<int>(diagram.rows.size()) - 1);
    if (m_cursor.column >= static_cast<int>(diagram.columns.size())) {
        m_cursor = {};
    }
    relayout();
    QAccessibleTableModelChangeEvent changed(this, QAccessibleTableModelChangeEvent::ModelReset);
    QAccessible::updateAccessibility(&changed);
}

void DiagramView::setLanes(std::vector<diagram::AttackLane> lanes) {
    if (lanes != m_lanes) {
        m_lanes = std::move(lanes);
        relayout();
    }
}

void DiagramView::setNotes(std::vector<diagram::ColumnNote> notes) {
    if (notes != m_notes) {
        m_notes = std::move(notes);
        relayout();
    }
}

void DiagramView::setColours(const diagram::Palette& palette) {
    m_state->palette = &palette;
    setBackgroundBrush(paint::toColor(palette.canvas));
    viewport()->update();
}

void DiagramView::setZoom(double zoom) {
    const double bounded = std::clamp(zoom, kLeastZoom, kMostZoom);
    if (bounded != m_zoom) {
        m_zoom = bounded;
        setTransform(QTransform::fromScale(m_zoom, m_zoom));
        relayout();
        Q_EMIT zoomChanged(m_zoom);
    }
}

void DiagramView::relayout() {
    m_laidOutWidth = width();
    diagram::LayoutOptions options;
    options.width = std::max(1.0, roomForPicture() / m_zoom);
    options.lanes = m_lanes;
    options.notes = m_notes;
    auto next = std::make_shared<CanvasState>(*m_state);
    next->layout = diagram::layoutDiagram(m_diagram, paint::qtTextMeasure(), options);
    next->hoveredItem = -1;
    // Items share the state that they were made for, so the old ones go before the picture changes under
    // them.
    scene()->clear();
    m_state = std::move(next);
    for (std::size_t i = 0; i < m_state->layout.items.size(); ++i) {
        scene()->addItem(new DiagramItem(m_state, i));
    }
    fitScene();
    updateEmphasis();
}

/// Without the vertical bar, whether it is there or not: a bar that changed the layout's width would change
/// its height, which decides about the bar.
double DiagramView::roomForPicture() const {
    return width() - verticalScrollBar()->sizeHint().width();
}

void DiagramView::fitScene() {
    setSceneRect(0, 0, m_state->layout.width, m_state->layout.height);
    const bool wider = m_state->layout.width * m_zoom > roomForPicture() + 1;
    setHorizontalScrollBarPolicy(wider ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
}

void DiagramView::resizeEvent(QResizeEvent* event) {
    QGraphicsView::resizeEvent(event);
    if (m_laidOutWidth != width()) {
        relayout();
    }
}

void DiagramView::setCursorCell(const Cursor& cursor) {
    const bool moved = cursor != m_cursor;
    if (moved) {
        m_cursor = cursor;
        showCursor();
    }
    updateEmphasis();
    announceCursor(moved);
}

void DiagramView::moveCursor(const Cursor& cursor) {
    if (cursor != m_cursor) {
        setCursorCell(cursor);
        Q_EMIT cursorMoved(cursor.row, cursor.column);
    }
}

void DiagramView::activateCursor() {
    if (m_cursor.column < 0) {
        return;
    }
    if (m_cursor.row < 0) {
        Q_EMIT headActivated(m_cursor.column);
    } else {
        Q_EMIT cellActivated(m_cursor.row, m_cursor.column);
    }
}

Cursor DiagramView::cursorUnder(const QPoint& viewportPosition) const {
    const QPointF point = layoutPoint(viewportPosition);
    return cursorAt(m_state->layout, point.x(), point.y());
}

/// A screen reader follows the focus from cell to cell.
void DiagramView::announceCursor(bool moved) {
    if (moved && hasFocus() && m_cursor.column >= 0) {
        QAccessibleEvent focus(this, QAccessible::Focus);
        focus.setChild(AccessibleCanvas::childIndexOf(*this, m_cursor));
        QAccessible::updateAccessibility(&focus);
    }
}

/// Scrolls the cursor's cell out from under the pinned head.
void DiagramView::showCursor() {
    const int index = itemOf(m_state->layout, m_cursor);
    if (index < 0) {
        return;
    }
    const diagram::Item& item = m_state->layout.items[static_cast<std::size_t>(index)];
    if (item.rect.y < m_state->layout.headBottom) {
        verticalScrollBar()->setValue(verticalScrollBar()->minimum());
    }
    QRectF rect = paint::toRect(item.rect);
    rect.setTop(rect.top() - std::min(m_state->layout.headBottom, viewport()->height() / m_zoom / 2));
    ensureVisible(rect, 8, 8);
}

void DiagramView::updateEmphasis() {
    m_state->selectedItem = itemOf(m_state->layout, m_cursor);
    m_state->focused = hasFocus();
    const QString words = QString::fromStdString(describe(m_diagram, m_state->layout, m_cursor));
    if (words != accessibleDescription()) {
        setAccessibleDescription(words);
        QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&changed);
    }
    viewport()->update();
}

double DiagramView::scrolledTop() const {
    return std::max(0.0, mapToScene(QPoint(0, 0)).y());
}

QPointF DiagramView::layoutPoint(const QPoint& viewportPosition) const {
    const QPointF point = mapToScene(viewportPosition);
    const bool onHead = viewportPosition.y() < m_state->layout.headBottom * m_zoom;
    return onHead ? QPointF(point.x(), point.y() - scrolledTop()) : point;
}

QRect DiagramView::viewportRect(const diagram::Item& item) const {
    QRectF rect = paint::toRect(item.rect);
    if (item.rect.bottom() <= m_state->layout.headBottom) {
        rect.translate(0, scrolledTop());
    }
    return mapFromScene(rect).boundingRect();
}

void DiagramView::drawForeground(QPainter* painter, const QRectF& rect) {
    drawPinnedHead(*painter, rect);
    if (m_gesture.kind == Gesture::Kind::headDragged) {
        drawDraggedColumn(*painter);
    }
    if (m_dropTarget) {
        const QRectF visible = mapToScene(viewport()->rect()).boundingRect();
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(paint::toColor(m_state->palette->ink), 2 / m_zoom, Qt::DashLine));
        painter->drawRect(visible.adjusted(3, 3, -3, -3));
    }
}

void DiagramView::drawPinnedHead(QPainter& painter, const QRectF& /*visible*/) const {
    const double top = scrolledTop();
    if (top <= 0) {
        return;
    }
    const QRectF seen = mapToScene(viewport()->rect()).boundingRect();
    painter.save();
    painter.translate(0, top);
    const double bottom = m_state->layout.headBottom;
    painter.fillRect(QRectF(seen.left(), 0, seen.width(), bottom), paint::toColor(m_state->palette->canvas));
    for (std::size_t i = 0; i < m_state->layout.items.size(); ++i) {
        if (m_state->layout.items[i].rect.bottom() <= bottom) {
            paintStateItem(painter, *m_state, i);
        }
    }
    painter.setPen(QPen(paint::toColor(m_state->palette->line), 0.5));
    painter.drawLine(QPointF(seen.left(), bottom), QPointF(seen.right(), bottom));
    painter.restore();
}

void DiagramView::focusInEvent(QFocusEvent* event) {
    QGraphicsView::focusInEvent(event);
    if (m_cursor.column < 0 && event->reason() != Qt::MouseFocusReason) {
        moveCursor(stepped(m_diagram, {}, 0, 0));
    }
    updateEmphasis();
}

void DiagramView::focusOutEvent(QFocusEvent* event) {
    QGraphicsView::focusOutEvent(event);
    updateEmphasis();
}

} // namespace bulkhead::canvas
