#include "ui/pages/column_fit.h"

#include "ui/pages/brief_header.h"
#include "ui/pages/table_delegate.h"

#include <QStyle>
#include <algorithm>
#include <numeric>

namespace bulkhead::pages {

namespace {

constexpr int kWidest = 380; ///< longer words are elided, and in the tooltip
constexpr int kWidestBrief = 150;
constexpr int kMostRows = 400; ///< that are measured; more would hold the window up

/// Measures the rows below a parent.
class Measure {
public:
    Measure(const QTreeView& tree, const TableDelegate& delegate, std::vector<ColumnNeed>& needs)
        : m_tree(tree), m_delegate(delegate), m_needs(needs) {
        m_option.initFrom(&tree);
        m_option.font = tree.font();
        m_option.widget = &tree;
    }

    void below(const QModelIndex& parent, int depth) {
        const QAbstractItemModel& model = *m_tree.model();
        for (int row = 0; row < model.rowCount(parent) && m_rows < kMostRows; ++row, ++m_rows) {
            if (!m_tree.isFirstColumnSpanned(row, parent)) {
                cells(row, parent, depth);
            }
            below(model.index(row, 0, parent), depth + 1);
        }
    }

private:
    void cells(int row, const QModelIndex& parent, int depth) {
        for (std::size_t column = 0; column < m_needs.size(); ++column) {
            if (m_tree.isColumnHidden(static_cast<int>(column))) {
                continue;
            }
            const QModelIndex index = m_tree.model()->index(row, static_cast<int>(column), parent);
            const int indent = (column == 0 ? depth * m_tree.indentation() : 0) + boxOf(index);
            ColumnNeed& need = m_needs[column];
            need.full = std::max(need.full, indent + m_delegate.sizeHint(m_option, index).width());
            need.brief = std::max(need.brief, indent + m_delegate.briefWidth(m_option, index));
        }
    }

    /// A box to check stands before the words.
    [[nodiscard]] int boxOf(const QModelIndex& index) const {
        const QStyle& style = *m_tree.style();
        return index.data(Qt::CheckStateRole).isValid()
                   ? style.pixelMetric(QStyle::PM_IndicatorWidth, &m_option, &m_tree) +
                         2 * (style.pixelMetric(QStyle::PM_FocusFrameHMargin, &m_option, &m_tree) + 1)
                   : 0;
    }

    const QTreeView& m_tree;
    const TableDelegate& m_delegate;
    std::vector<ColumnNeed>& m_needs;
    QStyleOptionViewItem m_option;
    int m_rows = 0;
};

} // namespace

std::vector<ColumnNeed>
columnNeeds(const QTreeView& tree, const BriefHeader& header, const TableDelegate& delegate) {
    std::vector<ColumnNeed> needs(static_cast<std::size_t>(tree.model()->columnCount()));
    for (std::size_t column = 0; column < needs.size(); ++column) {
        const int section = static_cast<int>(column);
        if (!tree.isColumnHidden(section)) {
            needs[column] = {header.titleWidth(section, false), header.titleWidth(section, true)};
        }
    }
    Measure(tree, delegate, needs).below({}, 1);
    for (ColumnNeed& need : needs) {
        need.full = std::min(need.full, kWidest);
        need.brief = std::min({need.brief, need.full, kWidestBrief});
    }
    return needs;
}

std::vector<int> columnWidths(const std::vector<ColumnNeed>& needs, int room) {
    std::vector<int> widths;
    widths.reserve(needs.size());
    for (const ColumnNeed& need : needs) {
        widths.push_back(need.brief);
    }
    int left = room - std::accumulate(widths.begin(), widths.end(), 0);
    for (std::size_t column = 0; column < needs.size(); ++column) {
        const int more = needs[column].full - widths[column];
        // Part of the room for its words helps a name; the others would say neither.
        const int given = more <= left ? more : column == 0 ? std::max(left, 0) : 0;
        widths[column] += given;
        left -= given;
    }
    return widths;
}

std::vector<int> sharedWidths(const std::vector<int>& wanted, int room) {
    constexpr int kLeast = 90; // below it not even the beginning of a sentence can be read
    constexpr int kNarrow = 150;
    const int columns = std::max(1, static_cast<int>(wanted.size()));
    const int first = std::clamp(room / columns, kLeast, kNarrow);
    std::vector<int> widths;
    widths.reserve(wanted.size());
    for (const int want : wanted) {
        widths.push_back(std::min(want, first));
    }
    int left = room - std::accumulate(widths.begin(), widths.end(), 0);
    while (left > 0) {
        std::vector<std::size_t> lacking;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (widths[i] < wanted[i]) {
                lacking.push_back(i);
            }
        }
        const int share = lacking.empty() ? 0 : left / static_cast<int>(lacking.size());
        if (share == 0) {
            break;
        }
        for (const std::size_t i : lacking) {
            const int given = std::min(share, wanted[i] - widths[i]);
            widths[i] += given;
            left -= given;
        }
    }
    return widths;
}

std::vector<int> sentenceWidths(const std::vector<int>& wanted, const std::vector<int>& lesser, int room) {
    constexpr int kReadable = 170; // two lines of it tell one step from another
    constexpr int kBeginning = 130;
    std::vector<int> greater;
    std::vector<int> rest;
    const auto isLesser = [&](std::size_t column) {
        return std::ranges::find(lesser, static_cast<int>(column)) != lesser.end();
    };
    int least = 0;
    int beginnings = 0;
    for (std::size_t column = 0; column < wanted.size(); ++column) {
        if (isLesser(column)) {
            rest.push_back(wanted[column]);
            beginnings += std::min(wanted[column], kBeginning);
        } else {
            greater.push_back(wanted[column]);
            least += std::min(wanted[column], kReadable);
        }
    }
    const bool together = least + beginnings <= room;
    greater = sharedWidths(greater, together ? room - beginnings : room);
    const int left = room - std::accumulate(greater.begin(), greater.end(), 0);
    rest = sharedWidths(rest, std::max(left, beginnings));
    std::vector<int> widths;
    widths.reserve(wanted.size());
    auto nextGreater = greater.begin();
    auto nextRest = rest.begin();
    for (std::size_t column = 0; column < wanted.size(); ++column) {
        widths.push_back(isLesser(column) ? *nextRest++ : *nextGreater++);
    }
    return widths;
}

} // namespace bulkhead::pages
