#include "ui/canvas/accessible_canvas.h"

#include "ui/canvas/accessible_cell.h"
#include "ui/canvas/diagram_view.h"

namespace bulkhead::canvas {

namespace {

QAccessibleInterface* makeInterface(const QString& /*className*/, QObject* object) {
    auto* view = qobject_cast<DiagramView*>(object);
    return view == nullptr ? nullptr : new AccessibleCanvas(*view);
}

/// Heads and labels are children too, so the grid of children is one wider and one higher.
int childColumns(const DiagramView& view) {
    return static_cast<int>(view.diagram().columns.size()) + 1;
}

} // namespace

AccessibleCanvas::AccessibleCanvas(DiagramView& view) : QAccessibleWidget(&view, QAccessible::Table) {}

AccessibleCanvas::~AccessibleCanvas() {
    for (const auto& [place, id] : m_cells) {
        QAccessible::deleteAccessibleInterface(id);
    }
}

void AccessibleCanvas::install() {
    static const bool once = [] {
        QAccessible::installFactory(makeInterface);
        return true;
    }();
    Q_UNUSED(once);
}

int AccessibleCanvas::childIndexOf(const DiagramView& view, const Cursor& place) {
    return (place.row + 1) * childColumns(view) + place.column + 1;
}

DiagramView& AccessibleCanvas::view() const {
    return *qobject_cast<DiagramView*>(object());
}

QAccessibleInterface* AccessibleCanvas::at(const Cursor& place) const {
    if (place.row < -1 || place.row >= rowCount() || place.column < -1 || place.column >= columnCount()) {
        return nullptr;
    }
    const auto known = m_cells.find({place.row, place.column});
    if (known != m_cells.end()) {
        return QAccessible::accessibleInterface(known->second);
    }
    auto* cell = new AccessibleCell(view(), place);
    m_cells[{place.row, place.column}] = QAccessible::registerAccessibleInterface(cell);
    return cell;
}

int AccessibleCanvas::childCount() const {
    return columnCount() == 0 ? 0 : (rowCount() + 1) * childColumns(view());
}

QAccessibleInterface* AccessibleCanvas::child(int index) const {
    if (index < 0 || index >= childCount()) {
        return nullptr;
    }
    return at({index / childColumns(view()) - 1, index % childColumns(view()) - 1});
}

QAccessibleInterface* AccessibleCanvas::childAt(int x, int y) const {
    const Cursor under = view().cursorUnder(view().viewport()->mapFromGlobal(QPoint(x, y)));
    return under.column < 0 ? nullptr : at(under);
}

QAccessibleInterface* AccessibleCanvas::focusChild() const {
    return view().hasFocus() && view().cursorCell().column >= 0 ? at(view().cursorCell()) : nullptr;
}

int AccessibleCanvas::indexOfChild(const QAccessibleInterface* child) const {
    const auto* cell = dynamic_cast<const AccessibleCell*>(child);
    return cell == nullptr || !cell->isValid() ? -1 : childIndexOf(view(), cell->place());
}

void* AccessibleCanvas::interface_cast(QAccessible::InterfaceType type) {
    return type == QAccessible::TableInterface ? static_cast<QAccessibleTableInterface*>(this)
                                               : QAccessibleWidget::interface_cast(type);
}

QAccessibleInterface* AccessibleCanvas::cellAt(int row, int column) const {
    return row < 0 || column < 0 ? nullptr : at({row, column});
}

int AccessibleCanvas::selectedCellCount() const {
    return static_cast<int>(selectedCells().size());
}

QList<QAccessibleInterface*> AccessibleCanvas::selectedCells() const {
    const Cursor& cursor = view().cursorCell();
    QAccessibleInterface* cell = cellAt(cursor.row, cursor.column);
    return cell == nullptr ? QList<QAccessibleInterface*>() : QList{cell};
}

QString AccessibleCanvas::columnDescription(int column) const {
    const QAccessibleInterface* head = column < 0 ? nullptr : at({-1, column});
    return head == nullptr ? QString() : head->text(QAccessible::Name);
}

QString AccessibleCanvas::rowDescription(int row) const {
    const QAccessibleInterface* label = row < 0 ? nullptr : at({row, -1});
    return label == nullptr ? QString() : label->text(QAccessible::Name);
}

int AccessibleCanvas::columnCount() const {
    return static_cast<int>(view().diagram().columns.size());
}

int AccessibleCanvas::rowCount() const {
    return static_cast<int>(view().diagram().rows.size());
}

/// Cells look up what they say, so only those that are no longer there must go.
void AccessibleCanvas::modelChange(QAccessibleTableModelChangeEvent* /*event*/) {
    std::erase_if(m_cells, [this](const auto& known) {
        const bool gone = known.first.first >= rowCount() || known.first.second >= columnCount();
        if (gone) {
            QAccessible::deleteAccessibleInterface(known.second);
        }
        return gone;
    });
}

} // namespace bulkhead::canvas
