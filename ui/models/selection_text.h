#pragma once

#include <QModelIndexList>
#include <QString>

namespace bulkhead::models {

/// Selected cells as tab-separated lines, as spreadsheets paste them, with a line of headers. Cells that say
/// a thing by a sign are written as the words an accessible name has for it.
[[nodiscard]] QString selectionText(const QModelIndexList& selected);

} // namespace bulkhead::models
