#pragma once

#include "core/diagram/palette.h"
#include "ui/models/table_text.h"

#include <QAbstractItemView>
#include <QWidget>
#include <functional>
#include <vector>

class QCheckBox;
class QHBoxLayout;
class QHeaderView;
class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace bulkhead::models {
class TableFilter;
}

namespace bulkhead::pages {

class BriefHeader;
class ColumnChoice;
class TableDelegate;

/// A model as a table or tree that can be sorted, filtered as one types, copied and exported.
class TablePage : public QWidget {
    Q_OBJECT

public:
    enum class Kind { table, tree };

    TablePage(QAbstractItemModel& model, Kind kind, const QString& name, QWidget* parent = nullptr);

    [[nodiscard]] QAbstractItemView* view() const { return m_view; }
    [[nodiscard]] QLineEdit* filterEdit() const { return m_edit; }
    /// Rows of a tree whose first cell takes the whole row, by the index of the model.
    void setSpanned(std::function<bool(const QModelIndex& index)> spanned) { m_spanned = std::move(spanned); }
    /// Rows of a tree whose children are seen at first, by the index of the model; all without it.
    void setOpened(std::function<bool(const QModelIndex& index)> opened) { m_opened = std::move(opened); }
    /// Puts a control at the end of the bar.
    void addEndControl(QWidget* control);
    /// Puts a control beside the filter.
    void addControl(const QString& label, QWidget* control);
    /// Offers to leave out the rows in which nothing differs.
    QCheckBox* addDifferences();
    /// Lets the user choose which columns are shown.
    ColumnChoice* addColumnChoice();
    /// Says the row that the keyboard is on in full below the rows (wholeRole of the model).
    void addWhole(const QString& name);
    [[nodiscard]] QPlainTextEdit* whole() const { return m_whole; }
    /// A table of sentences: two lines a row where the window is too narrow for one, and `lesser` columns get
    /// room once the others have it.
    void setSentences(std::vector<int> lesser);
    void setColours(const diagram::Palette& palette);
    /// Says above the rows what holds for all of them, or why there are none; empty removes it.
    void setMessage(const QString& message);
    [[nodiscard]] QString message() const;
    /// What the letters of the cells stand for: rich text of our own, everything from a target escaped.
    void setLegend(const QString& html);
    void copySelection() const;
    /// The rows that are shown, as a file holds them.
    [[nodiscard]] std::string text(models::TableFormat format) const;
    [[nodiscard]] QAbstractItemModel* sourceModel() const;
    /// The row of the model that the keyboard is on.
    [[nodiscard]] QModelIndex currentSource() const;
    /// Puts the keyboard on a row of the model and brings it into view; nothing where it is filtered out.
    void showSource(const QModelIndex& index);
    /// The first cells of the selected rows of the model, in the order in which they are shown.
    [[nodiscard]] QModelIndexList selectedSources() const;

    bool eventFilter(QObject* watched, QEvent* event) override;

Q_SIGNALS:
    void currentChanged();

private:
    void buildTable();
    void buildTree();
    void addCopyAction();
    void orderTabs();
    void fitColumns();
    void fitTable();
    void watchWidths(const QHeaderView& header);
    void fitTree();
    void openRows();
    void spanRows(const QModelIndex& parent) const;
    void showWhole();
    void updateCount();

    models::TableFilter* m_filter;
    TableDelegate* m_delegate;
    QAbstractItemView* m_view = nullptr;
    BriefHeader* m_header = nullptr; ///< of a tree
    std::vector<int> m_wanted;       ///< of a table: the widths in which everything is said
    bool m_fitting = false;
    bool m_handOnHeader = false; ///< the mouse was pressed there
    bool m_userWidths = false;   ///< the user has set the width of a column; they stay
    std::function<bool(const QModelIndex&)> m_spanned;
    std::function<bool(const QModelIndex&)> m_opened;
    QLineEdit* m_edit;
    QLabel* m_count;
    QLabel* m_message;
    QLabel* m_legend;
    QHBoxLayout* m_bar;
    QPlainTextEdit* m_whole = nullptr; ///< where there is one
    std::vector<int> m_lesser;         ///< of a table of sentences: columns that tell the least
    bool m_sentences = false;
};

} // namespace bulkhead::pages
