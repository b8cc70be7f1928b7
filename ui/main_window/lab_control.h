#pragma once

#include "ui/main_window/services.h"
#include "ui/models/workspace.h"

#include <QObject>

namespace bulkhead::pages {
class LogPage;
}

namespace bulkhead::main_window {

/// Runs the lab off the GUI thread, shows how far it is, and puts the result on the canvas.
class LabControl : public QObject {
    Q_OBJECT

public:
    LabControl(
        const Services& services, models::Workspace& workspace, pages::LogPage& log,
        QObject* parent = nullptr);

    void run(const std::vector<std::string>& names);
    void cancel() { m_runner.cancel(); }
    [[nodiscard]] bool running() const { return m_runner.running(); }

Q_SIGNALS:
    void runningChanged(bool running);

private:
    void take(base::Result<std::vector<diagram::SubjectView>> result);

    const Services& m_services;
    models::Workspace& m_workspace;
    pages::LogPage& m_log;
    jobs::JobRunner m_runner;
};

} // namespace bulkhead::main_window
