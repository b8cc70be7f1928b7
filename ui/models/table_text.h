#pragma once

#include <QString>
#include <string>

class QAbstractItemModel;

namespace bulkhead::models {

/// How a whole table is written to a file.
enum class TableFormat { commaSeparated, tabSeparated, markdown };

/// By the ending of a file's name: .md, .tsv, and .csv for all others.
[[nodiscard]] TableFormat tableFormatOf(const QString& path);

/// Every row that is shown, with the headers, cells in words where they say a thing by a sign. Trees are
/// written from the root down, a row each. A cell that a spreadsheet would take for a formula is kept from
/// it.
[[nodiscard]] std::string tableText(const QAbstractItemModel& model, TableFormat format);

} // namespace bulkhead::models
