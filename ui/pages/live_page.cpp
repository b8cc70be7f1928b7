#include "ui/pages/live_page.h"

#include "ui/pages/table_page.h"

#include <QAbstractItemView>
#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace bulkhead::pages {

LivePage::LivePage(QWidget* parent)
    : QWidget(parent), m_model(new models::PostureModel(this)),
      m_table(new TablePage(*m_model, TablePage::Kind::tree, tr("Subjects of this machine"))),
      m_columns(new QAction(tr("Put on the canvas"), this)), m_state(new QLabel), m_bar(new QProgressBar),
      m_refresh(new QPushButton(tr("&Refresh"))), m_cancel(new QPushButton(tr("Cancel"))),
      m_show(new QPushButton(tr("&Put on the canvas"))) {
    setAutoFillBackground(true);
    m_choice = m_table->addColumnChoice();
    m_table->setSpanned([this](const QModelIndex& index) { return m_model->postureAt(index) == nullptr; });
    buildHead();
    buildColumnsAction();
    layout()->addWidget(m_table);
    connect(m_refresh, &QPushButton::clicked, this, &LivePage::refreshRequested);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_cancel->setEnabled(false);
        m_state->setText(tr("Stopping..."));
        Q_EMIT cancelRequested();
    });
    connect(m_show, &QPushButton::clicked, m_columns, &QAction::trigger);
    connect(m_columns, &QAction::triggered, this, &LivePage::columnsRequested);
    connect(
        m_table->view()->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &LivePage::updateActions);
    connect(m_model, &QAbstractItemModel::modelReset, this, &LivePage::updateActions);
    updateActions();
}

void LivePage::buildHead() {
    auto* title = new QLabel(tr("On this machine"));
    QFont large = title->font();
    large.setPixelSize(17);
    large.setBold(true);
    title->setFont(large);
    m_state->setForegroundRole(QPalette::PlaceholderText);
    m_state->setTextFormat(Qt::PlainText);
    m_state->setWordWrap(true);
    m_state->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_bar->setMaximumWidth(180);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress"));
    m_bar->hide();
    m_cancel->hide();
    m_refresh->setToolTip(tr("Looks at every process of this machine again"));
    m_show->setToolTip(tr("Reads the selected subjects as they are now and compares them (Enter)"));
    m_show->setDefault(true);
    QFont strong = m_show->font(); // as the style sheet draws it: the button is as wide as its words then
    strong.setWeight(QFont::DemiBold);
    m_show->setFont(strong);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(title);
    words->addWidget(m_state);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 10, 10, 2);
    head->setSpacing(8);
    head->addLayout(words, 1);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_bar), static_cast<QWidget*>(m_cancel), static_cast<QWidget*>(m_refresh),
          static_cast<QWidget*>(m_show)}) {
        head->addWidget(widget);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
}

void LivePage::buildColumnsAction() {
    m_columns->setShortcuts({QKeySequence(Qt::Key_Return), QKeySequence(Qt::Key_Enter)});
    m_columns->setShortcutContext(Qt::WidgetShortcut);
    m_columns->setToolTip(m_show->toolTip());
    m_table->view()->addAction(m_columns);
    connect(m_table->view(), &QAbstractItemView::doubleClicked, m_columns, &QAction::trigger);
}

void LivePage::updateActions() {
    m_columns->setEnabled(!m_working && !selected().empty());
    m_show->setEnabled(m_columns->isEnabled());
    m_refresh->setEnabled(!m_working);
}

void LivePage::setColours(const diagram::Palette& palette) {
    m_table->setColours(palette);
}

void LivePage::begin(const QString& what) {
    m_working = true;
    m_state->setText(what);
    m_bar->setRange(0, 0);
    m_bar->show();
    m_cancel->setEnabled(true);
    m_cancel->show();
    updateActions();
}

void LivePage::report(int done, int total, const QString& line) {
    m_bar->setRange(0, total);
    m_bar->setValue(done);
    if (m_cancel->isEnabled()) {
        m_state->setText(line);
    }
}

void LivePage::end(const QString& words) {
    m_working = false;
    m_bar->hide();
    m_cancel->hide();
    m_state->setText(words);
    updateActions();
}

void LivePage::show(models::MachinePostures found) {
    m_model->show(std::move(found));
    m_table->setMessage(m_model->notes().join(QLatin1Char('\n')));
    end(m_model->summary());
}

QString LivePage::state() const {
    return m_state->text();
}

std::vector<model::SubjectSummary> LivePage::selected() const {
    std::vector<model::SubjectSummary> subjects;
    for (const QModelIndex& row : m_table->selectedSources()) {
        if (const model::Posture* posture = m_model->postureAt(row)) {
            subjects.push_back(posture->subject);
        }
    }
    return subjects;
}

} // namespace bulkhead::pages
