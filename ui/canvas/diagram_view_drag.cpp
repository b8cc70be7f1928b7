#include "ui/canvas/diagram_view.h"
#include "ui/paint/paint_layout.h"
#include "ui/paint/paint_text.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

namespace bulkhead::canvas {

void DiagramView::mousePressEvent(QMouseEvent* event) {
    m_gesture = {};
    m_gesture.start = event->pos();
    m_gesture.last = event->pos();
    if (event->button() == Qt::MiddleButton) {
        m_gesture.kind = Gesture::Kind::panned;
        viewport()->setCursor(Qt::ClosedHandCursor);
        return;
    }
    const Cursor hit = cursorUnder(event->pos());
    if (hit.column >= 0) {
        moveCursor(hit);
    }
    if (event->button() == Qt::LeftButton && hit.column >= 0 && hit.row < 0) {
        m_gesture.kind = Gesture::Kind::headPressed;
        m_gesture.column = hit.column;
    }
}

void DiagramView::mouseMoveEvent(QMouseEvent* event) {
    if (m_gesture.kind == Gesture::Kind::panned) {
        const QPoint moved = event->pos() - m_gesture.last;
        horizontalScrollBar()->setValue(horizontalScrollBar()->value() - moved.x());
        verticalScrollBar()->setValue(verticalScrollBar()->value() - moved.y());
    } else if (
        m_gesture.kind == Gesture::Kind::headPressed && !m_diagram.oneSubject &&
        (event->pos() - m_gesture.start).manhattanLength() >= QApplication::startDragDistance()) {
        m_gesture.kind = Gesture::Kind::headDragged;
        viewport()->setCursor(Qt::ClosedHandCursor);
    }
    m_gesture.last = event->pos();
    const QPointF point = layoutPoint(event->pos());
    const Cursor hit = cursorAt(m_state->layout, point.x(), point.y());
    m_state->hoveredItem = hit.column < 0 ? -1 : itemOf(m_state->layout, hit);
    viewport()->update();
}

void DiagramView::mouseReleaseEvent(QMouseEvent* event) {
    const Gesture gesture = m_gesture;
    m_gesture = {};
    viewport()->unsetCursor();
    viewport()->update();
    if (gesture.kind != Gesture::Kind::headDragged) {
        return;
    }
    const int gap = gapAt(layoutPoint(event->pos()).x());
    const int to = gap > gesture.column ? gap - 1 : gap;
    if (to != gesture.column) {
        Q_EMIT moveRequested(gesture.column, to);
    }
}

void DiagramView::mouseDoubleClickEvent(QMouseEvent* event) {
    const QPointF point = layoutPoint(event->pos());
    const Cursor hit = cursorAt(m_state->layout, point.x(), point.y());
    if (hit.column >= 0 && hit.row < 0) {
        Q_EMIT headActivated(hit.column);
    } else if (hit.column >= 0) {
        Q_EMIT cellActivated(hit.row, hit.column);
    }
}

void DiagramView::contextMenuEvent(QContextMenuEvent* event) {
    const QPointF point = layoutPoint(event->pos());
    const Cursor hit = cursorAt(m_state->layout, point.x(), point.y());
    if (hit.column >= 0) {
        moveCursor(hit);
        Q_EMIT menuRequested(hit.column, event->globalPos());
    }
}

/// The place between two columns that `x` is nearest to: 0 in front of the first, the number of columns
/// behind the last.
int DiagramView::gapAt(double x) const {
    return static_cast<int>(std::ranges::count_if(m_state->layout.items, [x](const diagram::Item& item) {
        return item.kind == diagram::ItemKind::columnHead && item.rect.x + item.rect.width / 2 < x;
    }));
}

void DiagramView::drawDraggedColumn(QPainter& painter) const {
    const diagram::Layout& picture = m_state->layout;
    const QPointF at = mapToScene(m_gesture.last);
    const int gap = gapAt(layoutPoint(m_gesture.last).x());
    double line = 0;
    for (std::size_t i = 0; i < picture.items.size(); ++i) {
        const diagram::Item& item = picture.items[i];
        if (item.kind != diagram::ItemKind::columnHead) {
            continue;
        }
        constexpr double kHalfGap = 8;
        line = item.column < gap ? item.rect.right() + kHalfGap : line;
        line = item.column == 0 && gap == 0 ? item.rect.x - kHalfGap : line;
        if (item.column == m_gesture.column) {
            painter.save();
            painter.setOpacity(0.8);
            painter.translate(
                at.x() - item.rect.x - item.rect.width / 2, at.y() - item.rect.y - item.rect.height / 2);
            painter.fillRect(paint::paintBounds(item), paint::toColor(m_state->palette->panel));
            paint::paintItem(painter, item, picture, *m_state->palette, {true, true, false});
            painter.restore();
        }
    }
    const QRectF visible = mapToScene(viewport()->rect()).boundingRect();
    painter.fillRect(
        QRectF(line - 1, visible.top(), 2, visible.height()), paint::toColor(m_state->palette->ink));
}

void DiagramView::setDropTarget(bool target) {
    if (target != m_dropTarget) {
        m_dropTarget = target;
        viewport()->update();
    }
}

void DiagramView::dragEnterEvent(QDragEnterEvent* event) {
    if (m_accepts && m_accepts(*event->mimeData())) {
        setDropTarget(true);
        event->acceptProposedAction();
    } else {
        event->ignore();
    }
}

void DiagramView::dragMoveEvent(QDragMoveEvent* event) {
    event->setAccepted(m_dropTarget);
}

void DiagramView::dragLeaveEvent(QDragLeaveEvent* /*event*/) {
    setDropTarget(false);
}

void DiagramView::dropEvent(QDropEvent* event) {
    setDropTarget(false);
    if (m_accepts && m_accepts(*event->mimeData())) {
        event->acceptProposedAction();
        Q_EMIT dropped(event->mimeData());
    }
}

} // namespace bulkhead::canvas
