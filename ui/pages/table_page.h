#pragma once

#include <QAbstractItemView>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QLineEdit;

namespace bulkhead::models {
class TableFilter;
}

namespace bulkhead::pages {

/// A model as a table or tree that can be sorted, filtered as one types, and copied.
class TablePage : public QWidget {
    Q_OBJECT

public:
    enum class Kind { table, tree };

    TablePage(QAbstractItemModel& model, Kind kind, const QString& name, QWidget* parent = nullptr);

    [[nodiscard]] QAbstractItemView* view() const { return m_view; }
    [[nodiscard]] QLineEdit* filterEdit() const { return m_edit; }
    /// Puts a control beside the filter.
    void addControl(const QString& label, QWidget* control);
    /// Says in place of the rows why there are none; empty removes it.
    void setMessage(const QString& message);
    void copySelection() const;

private:
    void buildTable();
    void buildTree();
    void addCopyAction();
    void updateCount();

    models::TableFilter* m_filter;
    QAbstractItemView* m_view = nullptr;
    QLineEdit* m_edit;
    QLabel* m_count;
    QLabel* m_message;
    QHBoxLayout* m_bar;
};

} // namespace bulkhead::pages
