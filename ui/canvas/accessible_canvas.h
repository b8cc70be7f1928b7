#pragma once

#include "ui/canvas/cell_walk.h"

#include <QAccessibleWidget>
#include <map>
#include <utility>

namespace bulkhead::canvas {

class AccessibleCell;
class DiagramView;

/// The canvas as a table for screen readers: rows are the slots, columns the subjects; the first row and
/// column of children are the heads and labels.
class AccessibleCanvas : public QAccessibleWidget, public QAccessibleTableInterface {
public:
    explicit AccessibleCanvas(DiagramView& view);
    ~AccessibleCanvas() override;
    AccessibleCanvas(const AccessibleCanvas&) = delete;
    AccessibleCanvas& operator=(const AccessibleCanvas&) = delete;

    /// Qt asks this once it is told of it; canvases only ever exist with it.
    static void install();
    [[nodiscard]] static int childIndexOf(const DiagramView& view, const Cursor& place);
    [[nodiscard]] QAccessibleInterface* at(const Cursor& place) const;

    [[nodiscard]] int childCount() const override;
    [[nodiscard]] QAccessibleInterface* child(int index) const override;
    [[nodiscard]] QAccessibleInterface* childAt(int x, int y) const override;
    [[nodiscard]] QAccessibleInterface* focusChild() const override;
    [[nodiscard]] int indexOfChild(const QAccessibleInterface* child) const override;
    void* interface_cast(QAccessible::InterfaceType type) override;

    [[nodiscard]] QAccessibleInterface* caption() const override { return at({-1, -1}); }
    [[nodiscard]] QAccessibleInterface* summary() const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface* cellAt(int row, int column) const override;
    [[nodiscard]] int selectedCellCount() const override;
    [[nodiscard]] QList<QAccessibleInterface*> selectedCells() const override;
    [[nodiscard]] QString columnDescription(int column) const override;
    [[nodiscard]] QString rowDescription(int row) const override;
    [[nodiscard]] int selectedColumnCount() const override { return 0; }
    [[nodiscard]] int selectedRowCount() const override { return 0; }
    [[nodiscard]] int columnCount() const override;
    [[nodiscard]] int rowCount() const override;
    [[nodiscard]] QList<int> selectedColumns() const override { return {}; }
    [[nodiscard]] QList<int> selectedRows() const override { return {}; }
    [[nodiscard]] bool isColumnSelected(int /*column*/) const override { return false; }
    [[nodiscard]] bool isRowSelected(int /*row*/) const override { return false; }
    bool selectRow(int /*row*/) override { return false; }
    bool selectColumn(int /*column*/) override { return false; }
    bool unselectRow(int /*row*/) override { return false; }
    bool unselectColumn(int /*column*/) override { return false; }
    void modelChange(QAccessibleTableModelChangeEvent* event) override;

private:
    [[nodiscard]] DiagramView& view() const;

    mutable std::map<std::pair<int, int>, QAccessible::Id> m_cells; ///< Qt owns what it has an id for
};

} // namespace bulkhead::canvas
