#pragma once

#include "ui/main_window/services.h"
#include "ui/models/workspace.h"

#include <QObject>

namespace bulkhead::pages {
class LivePage;
}

namespace bulkhead::main_window {

/// Looks at what runs on this machine, and reads the subjects that are asked for, both off the GUI thread.
class LiveControl : public QObject {
    Q_OBJECT

public:
    LiveControl(
        const Services& services, models::Workspace& workspace, pages::LivePage& page,
        QObject* parent = nullptr);

    /// Sweeps the machine, unless something is under way.
    void refresh();
    /// Sweeps it where it has not been looked at yet.
    void refreshOnce();
    /// Reads the selected subjects and makes them columns. What cannot be read becomes a column that says
    /// why.
    void showSelected();
    void cancel() { m_runner.cancel(); }
    [[nodiscard]] bool running() const { return m_runner.running(); }

Q_SIGNALS:
    /// Subjects were read and are columns now.
    void delivered(const QString& words);

private:
    /// A subject that was asked for, and what became of it.
    struct Read {
        std::string ref;
        diagram::SubjectView view;
    };

    void takeSweep(base::Result<models::MachinePostures> result);
    void takeSubjects(base::Result<std::vector<Read>> result, std::size_t leftOut);

    const Services& m_services;
    models::Workspace& m_workspace;
    pages::LivePage& m_page;
    jobs::JobRunner m_runner;
    bool m_swept = false;
};

} // namespace bulkhead::main_window
