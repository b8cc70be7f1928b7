#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace bulkhead::models {

/// Filter as you type: a row stays where every word occurs in one of its cells (a tree keeps the way to it).
class TableFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit TableFilter(QObject* parent = nullptr);

    void setText(const QString& text);
    /// Leaves out rows whose first cell says that nothing differs in them.
    void setOnlyDifferences(bool only);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
    bool m_onlyDifferences = false;
};

} // namespace bulkhead::models
