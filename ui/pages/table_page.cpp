#include "ui/pages/table_page.h"

#include "ui/models/cell_text.h"
#include "ui/models/selection_text.h"
#include "ui/models/table_filter.h"
#include "ui/pages/brief_header.h"
#include "ui/pages/column_choice.h"
#include "ui/pages/column_fit.h"
#include "ui/pages/table_delegate.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTableView>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>

namespace bulkhead::pages {

namespace {

constexpr int kRowHeight = 24;
constexpr int kTwoLines = 40;
constexpr int kWholeLines = 4; ///< of the row in full, before it scrolls

} // namespace

TablePage::TablePage(QAbstractItemModel& model, Kind kind, const QString& name, QWidget* parent)
    : QWidget(parent), m_filter(new models::TableFilter(this)), m_delegate(new TableDelegate(this)),
      m_edit(new QLineEdit), m_count(new QLabel), m_message(new QLabel), m_legend(new QLabel),
      m_bar(new QHBoxLayout) {
    m_filter->setSourceModel(&model);
    kind == Kind::table ? buildTable() : buildTree();
    m_view->setAccessibleName(name);
    m_view->setItemDelegate(m_delegate);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    addCopyAction();
    m_edit->setPlaceholderText(tr("Filter"));
    m_edit->setClearButtonEnabled(true);
    m_edit->setMaximumWidth(240);
    m_edit->setAccessibleName(tr("Filter of %1").arg(name));
    m_edit->setToolTip(tr("Rows in which every word occurs"));
    m_count->setForegroundRole(QPalette::PlaceholderText);
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText); // a reason may hold a name from a container
    for (QLabel* words : {m_message, m_legend}) {
        words->setWordWrap(true);
        words->setContentsMargins(10, 0, 10, 6);
        words->setTextInteractionFlags(Qt::TextSelectableByMouse);
        words->hide();
    }
    m_message->setForegroundRole(QPalette::PlaceholderText);
    m_legend->setTextFormat(Qt::RichText);
    m_legend->setAccessibleName(tr("What the letters stand for"));
    m_bar->setContentsMargins(8, 6, 8, 6);
    m_bar->setSpacing(8);
    m_bar->addWidget(m_edit);
    m_bar->addWidget(m_count);
    m_bar->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(m_bar);
    column->addWidget(m_message);
    column->addWidget(m_legend);
    column->addWidget(m_view, 1);
    connect(m_edit, &QLineEdit::textChanged, m_filter, &models::TableFilter::setText);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &TablePage::updateCount);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, &TablePage::updateCount);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, &TablePage::updateCount);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &TablePage::currentChanged);
}

void TablePage::buildTable() {
    auto* table = new QTableView;
    table->setModel(m_filter);
    table->setSortingEnabled(true);
    table->sortByColumn(-1, Qt::AscendingOrder);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);
    m_view = table;
    table->viewport()->installEventFilter(this);
    watchWidths(*table->horizontalHeader());
    connect(m_filter, &QAbstractItemModel::modelReset, this, &TablePage::fitColumns);
}

void TablePage::fitColumns() {
    if (auto* table = qobject_cast<QTableView*>(m_view)) {
        m_fitting = true;
        table->setWordWrap(false); // what each wants in one line
        table->resizeColumnsToContents();
        m_wanted.clear();
        for (int column = 0; column < m_filter->columnCount(); ++column) {
            m_wanted.push_back(table->columnWidth(column));
        }
        m_fitting = false;
        fitTable();
    } else {
        openRows();
        spanRows({});
        fitTree();
    }
}

/// Everything is said in full where there is room; else the wide columns share what the narrow ones leave.
void TablePage::fitTable() {
    auto* table = qobject_cast<QTableView*>(m_view);
    if (table == nullptr || m_userWidths || m_fitting) {
        return;
    }
    m_fitting = true;
    const int room = table->viewport()->width();
    const auto widths = m_sentences ? sentenceWidths(m_wanted, m_lesser, room) : sharedWidths(m_wanted, room);
    if (m_sentences) {
        table->setWordWrap(widths != m_wanted);
        table->verticalHeader()->setDefaultSectionSize(widths == m_wanted ? kRowHeight : kTwoLines);
    }
    for (int column = 0; column < static_cast<int>(widths.size()); ++column) {
        table->setColumnWidth(column, widths[static_cast<std::size_t>(column)]);
    }
    m_fitting = false;
}

/// What is looked for is seen wherever it is.
void TablePage::openRows() {
    auto* tree = qobject_cast<QTreeView*>(m_view);
    if (!m_opened || !m_edit->text().isEmpty()) {
        tree->expandAll();
        return;
    }
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        const QModelIndex index = m_filter->index(row, 0);
        if (m_opened(m_filter->mapToSource(index))) {
            tree->expand(index);
        }
    }
}

/// As wide as the words, where the window has the room; else as wide as the brief ones.
void TablePage::fitTree() {
    const auto* tree = qobject_cast<QTreeView*>(m_view);
    if (tree == nullptr || m_userWidths || m_fitting) {
        return;
    }
    m_fitting = true;
    const auto needs = columnNeeds(*tree, *m_header, *m_delegate);
    const auto widths = columnWidths(needs, tree->viewport()->width());
    for (int column = 0; column < static_cast<int>(widths.size()); ++column) {
        if (!m_header->isSectionHidden(column)) {
            m_header->resizeSection(column, widths[static_cast<std::size_t>(column)]);
        }
    }
    m_fitting = false;
}

bool TablePage::eventFilter(QObject* watched, QEvent* event) {
    if (m_view == nullptr) { // not built yet
        return QWidget::eventFilter(watched, event);
    }
    const bool viewport = watched == m_view->viewport();
    if (event->type() == QEvent::Resize && viewport) {
        fitTree();
        fitTable();
    } else if (!viewport && event->type() == QEvent::MouseButtonRelease) {
        m_handOnHeader = false;
    } else if (
        !viewport &&
        (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::MouseButtonDblClick)) {
        m_handOnHeader = true;
    }
    return QWidget::eventFilter(watched, event);
}

void TablePage::spanRows(const QModelIndex& parent) const {
    auto* tree = qobject_cast<QTreeView*>(m_view);
    for (int row = 0; m_spanned && row < m_filter->rowCount(parent); ++row) {
        const QModelIndex index = m_filter->index(row, 0, parent);
        tree->setFirstColumnSpanned(row, parent, m_spanned(m_filter->mapToSource(index)));
        spanRows(index);
    }
}

void TablePage::watchWidths(const QHeaderView& header) {
    header.viewport()->installEventFilter(this);
    connect(&header, &QHeaderView::sectionResized, this, [this] {
        // the header stretches its last section itself, also while a hand moves the edge of the panel
        m_userWidths = m_userWidths || (!m_fitting && m_handOnHeader);
    });
}

void TablePage::buildTree() {
    auto* tree = new QTreeView;
    tree->setObjectName(QStringLiteral("rows")); // as the style sheet knows it
    m_header = new BriefHeader(tree);
    tree->setHeader(m_header);
    tree->setModel(m_filter);
    tree->setSortingEnabled(true);
    tree->sortByColumn(-1, Qt::AscendingOrder);
    tree->setUniformRowHeights(true);
    tree->setSelectionBehavior(QAbstractItemView::SelectRows);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &TablePage::fitColumns);
    tree->viewport()->installEventFilter(this);
    watchWidths(*m_header);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, &TablePage::openRows);
    connect(m_edit, &QLineEdit::textChanged, this, [this, tree](const QString& text) {
        if (m_opened && !text.isEmpty()) {
            tree->expandAll();
        }
    });
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, [this] { spanRows({}); });
    m_view = tree;
}

void TablePage::addCopyAction() {
    auto* copy = new QAction(tr("Copy"), m_view);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    copy->setToolTip(tr("Copies the selected cells as tab-separated text"));
    connect(copy, &QAction::triggered, this, &TablePage::copySelection);
    m_view->addAction(copy);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void TablePage::addControl(const QString& label, QWidget* control) {
    auto* words = new QLabel(label);
    words->setBuddy(control);
    m_bar->insertWidget(m_bar->count() - 2, words);
    m_bar->insertWidget(m_bar->count() - 2, control);
    orderTabs();
}

void TablePage::addEndControl(QWidget* control) {
    m_bar->addWidget(control);
    orderTabs();
}

/// Tab walks as the eye does: along the bar, to the rows, to the row in full.
void TablePage::orderTabs() {
    QWidget* before = m_edit;
    const auto next = [&](QWidget* widget) {
        setTabOrder(before, widget);
        before = widget;
    };
    for (int i = 0; i < m_bar->count(); ++i) {
        QWidget* widget = m_bar->itemAt(i)->widget();
        if (widget != nullptr && widget != m_edit && widget->focusPolicy() != Qt::NoFocus) {
            next(widget);
        }
    }
    next(m_view);
    if (m_whole != nullptr) {
        next(m_whole);
    }
}

QCheckBox* TablePage::addDifferences() {
    auto* box = new QCheckBox(tr("Only differences"));
    box->setToolTip(tr("Leaves out the rows in which the subjects do not differ"));
    m_bar->insertWidget(m_bar->count() - 2, box);
    orderTabs();
    connect(box, &QCheckBox::toggled, m_filter, &models::TableFilter::setOnlyDifferences);
    connect(box, &QCheckBox::toggled, this, &TablePage::updateCount);
    return box;
}

ColumnChoice* TablePage::addColumnChoice() {
    auto* tree = qobject_cast<QTreeView*>(m_view);
    QHeaderView& header =
        tree != nullptr ? *tree->header() : *qobject_cast<QTableView*>(m_view)->horizontalHeader();
    auto* choice = new ColumnChoice(header, this);
    m_bar->addWidget(choice->button());
    orderTabs();
    connect(choice, &ColumnChoice::changed, this, [this] {
        m_userWidths = false;
        fitTree();
    });
    return choice;
}

void TablePage::setSentences(std::vector<int> lesser) {
    m_sentences = true;
    m_lesser = std::move(lesser);
}

void TablePage::addWhole(const QString& name) {
    m_whole = new QPlainTextEdit;
    m_whole->setObjectName(QStringLiteral("whole"));
    m_whole->setReadOnly(true);
    m_whole->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_whole->setTabChangesFocus(true);
    m_whole->setAccessibleName(name);
    m_whole->setFixedHeight(kWholeLines * m_whole->fontMetrics().lineSpacing() + 16);
    m_whole->hide();
    layout()->addWidget(m_whole);
    orderTabs();
    connect(this, &TablePage::currentChanged, this, &TablePage::showWhole);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &TablePage::showWhole);
}

void TablePage::showWhole() {
    const QString words = m_view->currentIndex().data(models::wholeRole).toString();
    if (words != m_whole->toPlainText()) {
        m_whole->setPlainText(words);
    }
    m_whole->setVisible(!words.isEmpty());
}

void TablePage::setColours(const diagram::Palette& palette) {
    m_delegate->setColours(palette);
    m_view->viewport()->update();
}

void TablePage::setLegend(const QString& html) {
    m_legend->setText(html);
    m_legend->setVisible(!html.isEmpty());
}

std::string TablePage::text(models::TableFormat format) const {
    return models::tableText(*m_filter, format);
}

QAbstractItemModel* TablePage::sourceModel() const {
    return m_filter->sourceModel();
}

QModelIndex TablePage::currentSource() const {
    return m_filter->mapToSource(m_view->currentIndex());
}

void TablePage::showSource(const QModelIndex& index) {
    const QModelIndex shown = m_filter->mapFromSource(index);
    if (shown.isValid()) {
        m_view->setCurrentIndex(shown);
        m_view->scrollTo(shown, QAbstractItemView::PositionAtCenter);
    }
}

QModelIndexList TablePage::selectedSources() const {
    QModelIndexList rows = m_view->selectionModel()->selectedRows();
    const auto* tree = qobject_cast<QTreeView*>(m_view);
    std::ranges::stable_sort(rows, {}, [this, tree](const QModelIndex& row) {
        return tree == nullptr ? row.row() : m_view->visualRect(row).top();
    });
    for (QModelIndex& row : rows) {
        row = m_filter->mapToSource(row);
    }
    return rows;
}

void TablePage::setMessage(const QString& message) {
    m_message->setText(message);
    m_message->setVisible(!message.isEmpty());
}

QString TablePage::message() const {
    return m_message->text();
}

void TablePage::copySelection() const {
    QApplication::clipboard()->setText(models::selectionText(m_view->selectionModel()->selectedIndexes()));
}

void TablePage::updateCount() {
    const int all = m_filter->sourceModel()->rowCount();
    const int shown = m_filter->rowCount();
    m_count->setText(all == shown ? QString() : tr("%1 of %2").arg(shown).arg(all));
}

} // namespace bulkhead::pages
