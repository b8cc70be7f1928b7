#pragma once

#include "ui/models/workspace.h"

#include <QTreeView>

namespace bulkhead::models {
class SubjectModel;
}

namespace bulkhead::pages {

/// The subjects the window knows, by where they came from. Checked, double-clicked or dragged they become
/// columns.
class SubjectsPage : public QTreeView {
    Q_OBJECT

public:
    explicit SubjectsPage(models::Workspace& workspace, QWidget* parent = nullptr);

Q_SIGNALS:
    /// The user asks what runs on this machine.
    void liveRequested();

private:
    void activate(const QModelIndex& index);

    models::Workspace& m_workspace;
    models::SubjectModel* m_model;
};

} // namespace bulkhead::pages
