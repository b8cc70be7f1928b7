#include "ui/canvas/diagram_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>
#include <map>

namespace bulkhead::canvas {

namespace {

constexpr double kZoomStep = 1.1;

/// Columns to the right and rows down for the keys that walk the grid.
std::optional<std::pair<int, int>> stepOf(int key) {
    constexpr int kFar = 1000;
    static const std::map<int, std::pair<int, int>> steps{
        {Qt::Key_Left, {-1, 0}},   {Qt::Key_Right, {1, 0}},    {Qt::Key_Up, {0, -1}},
        {Qt::Key_Down, {0, 1}},    {Qt::Key_Home, {-kFar, 0}}, {Qt::Key_End, {kFar, 0}},
        {Qt::Key_PageUp, {0, -8}}, {Qt::Key_PageDown, {0, 8}},
    };
    const auto found = steps.find(key);
    return found == steps.end() ? std::nullopt : std::optional(found->second);
}

} // namespace

void DiagramView::keyPressEvent(QKeyEvent* event) {
    const bool moving = (event->modifiers() & Qt::ControlModifier) != 0;
    const auto step = stepOf(event->key());
    if (step && moving && m_cursor.column >= 0 && step->first != 0) {
        const Cursor to = stepped(m_diagram, m_cursor, step->first, 0);
        if (to.column != m_cursor.column) {
            Q_EMIT moveRequested(m_cursor.column, to.column);
        }
    } else if (step) {
        moveCursor(stepped(m_diagram, m_cursor, step->first, step->second));
    } else if (event->key() == Qt::Key_Delete && m_cursor.column >= 0) {
        Q_EMIT removeRequested(m_cursor.column);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_cursor.column >= 0) {
        activateCursor();
    } else if (event->key() == Qt::Key_Menu && m_cursor.column >= 0) {
        const int index = itemOf(m_state->layout, m_cursor);
        const QRect rect = viewportRect(m_state->layout.items[static_cast<std::size_t>(index)]);
        Q_EMIT menuRequested(m_cursor.column, viewport()->mapToGlobal(rect.bottomLeft()));
    } else {
        QGraphicsView::keyPressEvent(event);
    }
}

/// Tab walks the differences, which are what there is to read, and leaves the canvas behind the last one.
bool DiagramView::focusNextPrevChild(bool next) {
    const auto found = nextDifference(m_diagram, m_cursor, !next);
    if (!hasFocus() || !found) {
        return QGraphicsView::focusNextPrevChild(next);
    }
    moveCursor(*found);
    return true;
}

void DiagramView::wheelEvent(QWheelEvent* event) {
    if ((event->modifiers() & Qt::ControlModifier) == 0) {
        QGraphicsView::wheelEvent(event);
        return;
    }
    constexpr double kNotch = 120; // QWheelEvent: eighths of a degree, 15 degrees a notch
    setZoom(m_zoom * std::pow(kZoomStep, event->angleDelta().y() / kNotch));
    event->accept();
}

QString DiagramView::toolTipAt(const QPointF& point) const {
    const diagram::Layout& picture = m_state->layout;
    for (std::size_t i = picture.items.size(); i-- > 0;) {
        const diagram::Item& item = picture.items[i];
        const QRectF rect(item.rect.x, item.rect.y, item.rect.width, item.rect.height);
        if (!rect.contains(point)) {
            continue;
        }
        if (item.kind == diagram::ItemKind::rowLabel && item.row >= 0) {
            const std::string_view question =
                m_diagram.rows[static_cast<std::size_t>(item.row)].slot->question;
            return QString::fromUtf8(question.data(), static_cast<qsizetype>(question.size()));
        }
        if (item.kind == diagram::ItemKind::dash) {
            return QString::fromStdString(describe(m_diagram, picture, {item.row, item.column}));
        }
        if (!item.fullText.empty()) {
            return QString::fromStdString(item.fullText);
        }
    }
    return {};
}

bool DiagramView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString words = toolTipAt(layoutPoint(help->pos()));
        // Escaped and in a paragraph: plain text would neither wrap nor be safe from markup of a target.
        QToolTip::showText(
            help->globalPos(),
            words.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(words.toHtmlEscaped()), viewport());
        return true;
    }
    if (event->type() == QEvent::Leave) {
        m_state->hoveredItem = -1;
        viewport()->update();
    }
    return QGraphicsView::viewportEvent(event);
}

} // namespace bulkhead::canvas
