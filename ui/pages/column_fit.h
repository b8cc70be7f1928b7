#pragma once

#include <QTreeView>
#include <vector>

namespace bulkhead::pages {

class BriefHeader;
class TableDelegate;

/// What a column needs: with everything it says, and with the brief words of a narrow one.
struct ColumnNeed {
    int full = 0;
    int brief = 0;
};

/// The needs of the columns that are shown, 0 for the hidden ones; a row whose first cell spans it needs
/// nothing.
[[nodiscard]] std::vector<ColumnNeed>
columnNeeds(const QTreeView& tree, const BriefHeader& header, const TableDelegate& delegate);

/// Widths within `room`, as far as brief words allow: what they leave is given to the columns from the first,
/// the name's before the others.
[[nodiscard]] std::vector<int> columnWidths(const std::vector<ColumnNeed>& needs, int room);

/// Widths within `room`: what is narrow is said in full, and the others share the rest, none more than it
/// wants. Wider than the room where even narrow ones do not fit.
[[nodiscard]] std::vector<int> sharedWidths(const std::vector<int>& wanted, int room);

/// Widths of a table of sentences: the `lesser` columns get room once the others have what they want, and lie
/// beyond the room, to be scrolled to, where those would become too narrow to be read.
[[nodiscard]] std::vector<int>
sentenceWidths(const std::vector<int>& wanted, const std::vector<int>& lesser, int room);

} // namespace bulkhead::pages
