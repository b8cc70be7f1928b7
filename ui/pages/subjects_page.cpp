#include "ui/pages/subjects_page.h"

#include "ui/models/subject_model.h"

namespace bulkhead::pages {

SubjectsPage::SubjectsPage(models::Workspace& workspace, QWidget* parent)
    : QTreeView(parent), m_workspace(workspace), m_model(new models::SubjectModel(workspace, this)) {
    setModel(m_model);
    setHeaderHidden(true);
    setUniformRowHeights(true);
    setDragEnabled(true);
    setDragDropMode(QAbstractItemView::DragOnly);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setExpandsOnDoubleClick(false);
    setIndentation(16);
    setTextElideMode(Qt::ElideMiddle); // names differ at their ends
    setAccessibleName(tr("Subjects"));
    expandAll();
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex& group) {
        expand(group);
    });
    // Enter activates, and so does a double click where the desktop wants that; doing it twice changes
    // nothing
    connect(this, &QAbstractItemView::activated, this, &SubjectsPage::activate);
    connect(this, &QAbstractItemView::doubleClicked, this, &SubjectsPage::activate);
}

void SubjectsPage::activate(const QModelIndex& index) {
    if (const int id = m_model->idAt(index); id >= 0) {
        m_workspace.addColumns({id});
    } else if (models::SubjectModel::groupAt(index) == models::SubjectGroup::live) {
        Q_EMIT liveRequested();
    }
}

} // namespace bulkhead::pages
