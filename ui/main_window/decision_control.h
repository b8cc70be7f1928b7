#pragma once

#include "ui/main_window/services.h"
#include "ui/models/workspace.h"

#include <QObject>

namespace bulkhead::pages {
class DecisionsPage;
}

namespace bulkhead::main_window {

/// Holds the columns against the chosen policy off the GUI thread, anew whenever either changes.
class DecisionControl : public QObject {
    Q_OBJECT

public:
    DecisionControl(
        const Services& services, models::Workspace& workspace, pages::DecisionsPage& page,
        QObject* parent = nullptr);

    [[nodiscard]] bool running() const { return m_runner.running(); }

private:
    void decide();
    void chooseFile();
    /// The columns to be decided on; those that could not be read are named.
    [[nodiscard]] std::vector<session::CheckedSubject> subjects(QStringList& without) const;

    const Services& m_services;
    models::Workspace& m_workspace;
    pages::DecisionsPage& m_page;
    jobs::JobRunner m_runner;
};

} // namespace bulkhead::main_window
