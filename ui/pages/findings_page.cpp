#include "ui/pages/findings_page.h"

namespace bulkhead::pages {

FindingsPage::FindingsPage(models::Workspace& workspace, QWidget* parent)
    : TablePage(*new models::FindingModel, Kind::table, tr("Findings"), parent), m_workspace(workspace),
      m_model(qobject_cast<models::FindingModel*>(sourceModel())) {
    m_model->setParent(this);
    setSentences({models::FindingModel::factsColumn, models::FindingModel::referencesColumn});
    addWhole(tr("The finding in front, in full"));
    connect(this, &TablePage::currentChanged, this, &FindingsPage::selectCell);
}

void FindingsPage::show(const std::vector<models::ThreatenedSubject>& subjects) {
    m_model->show(subjects);
    setMessage(subjects.empty() ? QString() : m_model->summary());
}

void FindingsPage::showFailure(const QString& why) {
    m_model->show({});
    setMessage(why);
}

void FindingsPage::selectCell() {
    const QModelIndex row = currentSource();
    if (!row.isValid() || m_workspace.oneSubject() >= 0) {
        return;
    }
    for (int column = 0; column < static_cast<int>(m_workspace.diagram().columns.size()); ++column) {
        if (m_workspace.idOfColumn(column) == m_model->subjectAt(row.row())) {
            m_workspace.select({m_model->slotAt(row.row()), column});
        }
    }
}

} // namespace bulkhead::pages
