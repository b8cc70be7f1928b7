#pragma once

#include "ui/models/finding_model.h"
#include "ui/models/workspace.h"
#include "ui/pages/table_page.h"

namespace bulkhead::pages {

/// What an attacker could do with the columns, and what stops it; the row in front selects its cell on the
/// canvas.
class FindingsPage : public TablePage {
    Q_OBJECT

public:
    explicit FindingsPage(models::Workspace& workspace, QWidget* parent = nullptr);

    void show(const std::vector<models::ThreatenedSubject>& subjects);
    /// Why nothing is judged.
    void showFailure(const QString& why);

private:
    void selectCell();

    models::Workspace& m_workspace;
    models::FindingModel* m_model;
};

} // namespace bulkhead::pages
