#pragma once

#include "ui/models/workspace.h"
#include "ui/pages/table_page.h"

class QComboBox;

namespace bulkhead::models {
class ProgramModel;
}

namespace bulkhead::pages {

/// The filter programs of one column, one at a time, and the way of the system call that is selected in the
/// table of calls.
class FiltersPage : public TablePage {
    Q_OBJECT

public:
    explicit FiltersPage(models::Workspace& workspace, QWidget* parent = nullptr);

    void showSubjects();
    /// Follows a row of the system-call table; `subject` is a library id, -1 leaves the one that is shown.
    void follow(int subject, const std::string& abi, const std::string& call);
    [[nodiscard]] QComboBox* subjectChoice() const { return m_subject; }
    [[nodiscard]] QComboBox* filterChoice() const { return m_filter; }
    [[nodiscard]] models::ProgramModel* program() const { return m_model; }

private:
    FiltersPage(models::Workspace& workspace, models::ProgramModel* model, QWidget* parent);
    void fillFilters();
    void showProgram();
    void showCall();
    [[nodiscard]] const model::Snapshot* snapshot() const;

    models::Workspace& m_workspace;
    models::ProgramModel* m_model;
    QComboBox* m_subject;
    QComboBox* m_filter;
    QString m_why;      ///< there is no program to show; empty where there is
    std::string m_abi;  ///< of the followed call; empty: none
    std::string m_call; ///< empty: all others
};

} // namespace bulkhead::pages
