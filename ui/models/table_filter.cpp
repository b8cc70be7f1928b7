#include "ui/models/table_filter.h"

#include "ui/models/cell_text.h"

#include <algorithm>

namespace bulkhead::models {

TableFilter::TableFilter(QObject* parent) : QSortFilterProxyModel(parent) {
    setRecursiveFilteringEnabled(true);
    setSortRole(sortKeyRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
    setDynamicSortFilter(true);
}

void TableFilter::setText(const QString& text) {
    m_words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void TableFilter::setOnlyDifferences(bool only) {
    m_onlyDifferences = only;
    invalidateFilter();
}

bool TableFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const QVariant differs = sourceModel()->index(row, 0, parent).data(differsRole);
    if (m_onlyDifferences && differs.isValid() && !differs.toBool()) {
        return false;
    }
    const int columns = sourceModel()->columnCount(parent);
    return std::ranges::all_of(m_words, [&](const QString& word) {
        for (int column = 0; column < columns; ++column) {
            const QModelIndex index = sourceModel()->index(row, column, parent);
            if (index.data().toString().contains(word, Qt::CaseInsensitive)) {
                return true;
            }
        }
        return false;
    });
}

} // namespace bulkhead::models
