#include "ui/pages/cut_page.h"

#include "ui/pages/job_bar.h"

#include <QAction>
#include <QBoxLayout>
#include <QComboBox>
#include <QHeaderView>
#include <QSignalBlocker>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>

namespace bulkhead::pages {

CutPage::CutPage(QWidget* parent)
    : TablePage(*new models::CutModel, Kind::tree, tr("What to change"), parent),
      m_model(qobject_cast<models::CutModel*>(sourceModel())), m_subjects(new QComboBox), m_bar(new JobBar) {
    m_model->setParent(this);
    setSpanned([this](const QModelIndex& index) { return m_model->isSpanned(index); });
    setOpened([this](const QModelIndex& index) { return !m_model->changeAt(index); });
    qobject_cast<QTreeView*>(view())->header()->setStretchLastSection(true); // ways take the whole row
    m_subjects->setAccessibleName(tr("Subject whose ways to the host are cut"));
    m_subjects->setToolTip(tr("The subject whose ways to the host are cut"));
    m_subjects->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_subjects->setMaximumWidth(180);
    addControl(tr("&Of"), m_subjects);
    qobject_cast<QVBoxLayout*>(layout())->insertWidget(1, m_bar);
    m_bar->setContentsMargins(10, 0, 10, 6);
    connect(m_subjects, &QComboBox::activated, this, &CutPage::subjectChosen);
    addWhole(tr("The change or way in front, in full"));
    showFailure({});
}

void CutPage::setSubjects(const std::vector<std::pair<int, QString>>& subjects, int current) {
    const QSignalBlocker quiet(m_subjects);
    const int before = subject();
    m_subjects->clear();
    for (const auto& [id, name] : subjects) {
        m_subjects->addItem(name, id);
    }
    const int wanted = m_subjects->findData(current);
    m_subjects->setCurrentIndex(std::max({wanted, wanted < 0 ? m_subjects->findData(before) : -1, 0}));
    m_subjects->setEnabled(m_subjects->count() > 0);
}

int CutPage::subject() const {
    return m_subjects->currentIndex() < 0 ? -1 : m_subjects->currentData().toInt();
}

void CutPage::setActions(const QList<QAction*>& actions) {
    for (QAction* action : actions) {
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        button->setFocusPolicy(Qt::TabFocus);
        addEndControl(button);
    }
}

void CutPage::showPlan(
    std::shared_ptr<const session::CutPlan> plan, session::CutChoice chosen, const threat::Attack& left) {
    m_note.clear();
    m_model->showPlan(std::move(plan), std::move(chosen), left);
    say();
}

void CutPage::setLeft(const threat::Attack& left) {
    m_note.clear(); // of another choice
    m_model->setLeft(left);
    say();
}

void CutPage::setNote(const QString& note) {
    m_note = note;
    say();
}

void CutPage::say() {
    setMessage(QStringList{m_model->summary(), m_note}.join(QLatin1Char('\n')).trimmed());
}

void CutPage::showFailure(const QString& why) {
    m_note.clear();
    m_model->showPlan(nullptr, {}, {});
    setMessage(why);
}

void CutPage::showEvent(QShowEvent* event) {
    TablePage::showEvent(event);
    Q_EMIT shown();
}

} // namespace bulkhead::pages
