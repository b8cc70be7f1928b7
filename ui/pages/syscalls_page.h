#pragma once

#include "ui/models/workspace.h"
#include "ui/pages/table_page.h"

class QComboBox;

namespace bulkhead::models {
class SyscallModel;
}

namespace bulkhead::pages {

/// The system calls of the columns, by ABI.
class SyscallsPage : public TablePage {
    Q_OBJECT

public:
    explicit SyscallsPage(models::Workspace& workspace, QWidget* parent = nullptr);

    void showSubjects();
    [[nodiscard]] QComboBox* abiChoice() const { return m_abi; }
    /// ABI and call of the row that the keyboard is on; empty where it is on none.
    [[nodiscard]] std::pair<std::string, std::string> currentCall() const;

    /// Library id of the column that the keyboard is on; -1 on the names of the calls.
    [[nodiscard]] int currentSubject() const;

Q_SIGNALS:
    /// The instructions that decide the current call shall be shown.
    void instructionsRequested();

private:
    SyscallsPage(models::Workspace& workspace, models::SyscallModel* model, QWidget* parent);
    void fillAbis();
    void showRows();

    models::Workspace& m_workspace;
    models::SyscallModel* m_model;
    QComboBox* m_abi;
};

} // namespace bulkhead::pages
