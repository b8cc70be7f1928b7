#include "ui/models/selection_text.h"

#include <QAbstractItemModel>
#include <QStringList>
#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace bulkhead::models {

namespace {

/// Rows from the root down: orders the rows of a tree as they are seen.
std::vector<int> rowPath(const QModelIndex& index) {
    std::vector<int> path;
    for (QModelIndex at = index; at.isValid(); at = at.parent()) {
        path.insert(path.begin(), at.row());
    }
    return path;
}

/// One field of a tab-separated line can hold neither tabs nor line ends.
QString field(const QVariant& value) {
    QString text = value.toString();
    for (const QLatin1Char separator : {QLatin1Char('\t'), QLatin1Char('\n'), QLatin1Char('\r')}) {
        text.replace(separator, QLatin1Char(' '));
    }
    return text;
}

QString cellText(const QModelIndex& index) {
    const QVariant words = index.data(Qt::AccessibleTextRole);
    return field(words.isValid() ? words : index.data());
}

} // namespace

QString selectionText(const QModelIndexList& selected) {
    if (selected.isEmpty()) {
        return {};
    }
    std::set<int> columns;
    std::map<std::vector<int>, std::map<int, QString>> rows;
    for (const QModelIndex& index : selected) {
        columns.insert(index.column());
        rows[rowPath(index)][index.column()] = cellText(index);
    }
    QStringList lines;
    QStringList heads;
    for (const int column : columns) {
        heads << field(selected.front().model()->headerData(column, Qt::Horizontal));
    }
    lines << heads.join(QLatin1Char('\t'));
    for (auto& [path, cells] : rows) {
        QStringList line;
        for (const int column : columns) {
            line << cells[column];
        }
        lines << line.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

} // namespace bulkhead::models
