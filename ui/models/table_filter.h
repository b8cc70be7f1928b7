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

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
};

} // namespace bulkhead::models
