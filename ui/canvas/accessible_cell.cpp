#include "ui/canvas/accessible_cell.h"

#include "ui/canvas/accessible_canvas.h"
#include "ui/canvas/diagram_view.h"

#include <QWindow>

namespace bulkhead::canvas {

namespace {

QString words(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace

AccessibleCell::AccessibleCell(DiagramView& view, const Cursor& place) : m_view(&view), m_place(place) {}

bool AccessibleCell::isValid() const {
    return m_view != nullptr && m_place.row < static_cast<int>(m_view->diagram().rows.size()) &&
           m_place.column < static_cast<int>(m_view->diagram().columns.size());
}

QWindow* AccessibleCell::window() const {
    return m_view == nullptr ? nullptr : m_view->window()->windowHandle();
}

QAccessibleInterface* AccessibleCell::parent() const {
    return m_view == nullptr ? nullptr : QAccessible::queryAccessibleInterface(m_view);
}

QString AccessibleCell::text(QAccessible::Text kind) const {
    if (!isValid() || (kind != QAccessible::Name && kind != QAccessible::Description)) {
        return {};
    }
    const diagram::Diagram& diagram = m_view->diagram();
    const diagram::Row* row =
        m_place.row < 0 ? nullptr : &diagram.rows[static_cast<std::size_t>(m_place.row)];
    if (kind == QAccessible::Description) {
        return row == nullptr ? QString() : words(row->slot->question);
    }
    if (m_place.column < 0) {
        return row == nullptr ? words(diagram.headline) : words(row->slot->label);
    }
    return QString::fromStdString(describe(diagram, m_view->picture(), m_place));
}

int AccessibleCell::itemIndex() const {
    const diagram::Layout& picture = m_view->picture();
    if (m_place.column >= 0) {
        return itemOf(picture, m_place);
    }
    const auto kind = m_place.row < 0 ? diagram::ItemKind::headline : diagram::ItemKind::rowLabel;
    for (std::size_t i = 0; i < picture.items.size(); ++i) {
        const diagram::Item& item = picture.items[i];
        if (item.kind == kind && (m_place.row < 0 || item.row == m_place.row)) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

QRect AccessibleCell::rect() const {
    const int index = isValid() ? itemIndex() : -1;
    if (index < 0) {
        return {};
    }
    const QRect rect = m_view->viewportRect(m_view->picture().items[static_cast<std::size_t>(index)]);
    return {m_view->viewport()->mapToGlobal(rect.topLeft()), rect.size()};
}

QAccessible::Role AccessibleCell::role() const {
    if (m_place.row < 0) {
        return m_place.column < 0 ? QAccessible::Heading : QAccessible::ColumnHeader;
    }
    return m_place.column < 0 ? QAccessible::RowHeader : QAccessible::Cell;
}

QAccessible::State AccessibleCell::state() const {
    QAccessible::State state;
    if (!isValid()) {
        state.invalid = true;
        return state;
    }
    state.readOnly = true;
    state.focusable = m_place.column >= 0;
    state.selectable = m_place.column >= 0;
    state.selected = isSelected();
    state.focused = state.selected && m_view->hasFocus();
    const QRect port(m_view->viewport()->mapToGlobal(QPoint()), m_view->viewport()->size());
    state.offscreen = !rect().intersects(port);
    state.invisible = !m_view->isVisible();
    return state;
}

void* AccessibleCell::interface_cast(QAccessible::InterfaceType type) {
    if (type == QAccessible::TableCellInterface) {
        return static_cast<QAccessibleTableCellInterface*>(this);
    }
    return type == QAccessible::ActionInterface && m_place.column >= 0
               ? static_cast<QAccessibleActionInterface*>(this)
               : nullptr;
}

bool AccessibleCell::isSelected() const {
    return m_view != nullptr && m_place.column >= 0 && m_view->cursorCell() == m_place;
}

QList<QAccessibleInterface*> AccessibleCell::columnHeaderCells() const {
    auto* canvas = dynamic_cast<AccessibleCanvas*>(parent());
    return canvas == nullptr || isHeader() ? QList<QAccessibleInterface*>()
                                           : QList{canvas->at({-1, m_place.column})};
}

QList<QAccessibleInterface*> AccessibleCell::rowHeaderCells() const {
    auto* canvas = dynamic_cast<AccessibleCanvas*>(parent());
    return canvas == nullptr || isHeader() ? QList<QAccessibleInterface*>()
                                           : QList{canvas->at({m_place.row, -1})};
}

QStringList AccessibleCell::actionNames() const {
    return {setFocusAction(), pressAction()};
}

/// What a click and Enter do.
void AccessibleCell::doAction(const QString& name) {
    if (!isValid() || m_place.column < 0) {
        return;
    }
    if (name == setFocusAction()) {
        m_view->setFocus(Qt::OtherFocusReason);
        m_view->moveCursor(m_place);
    } else if (name == pressAction()) {
        m_view->moveCursor(m_place);
        m_view->activateCursor();
    }
}

QStringList AccessibleCell::keyBindingsForAction(const QString& name) const {
    return name == pressAction() ? QStringList{QStringLiteral("Return")} : QStringList();
}

} // namespace bulkhead::canvas
