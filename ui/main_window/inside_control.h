#pragma once

#include "ui/main_window/services.h"
#include "ui/models/workspace.h"

#include <QObject>

namespace bulkhead::pages {
class InspectorPage;
class JobBar;
} // namespace bulkhead::pages

namespace bulkhead::main_window {

/// Looks at a live subject from inside, off the GUI thread: what was experienced stands beside what is
/// enforced then. Where that is refused, the inspector says why.
class InsideControl : public QObject {
    Q_OBJECT

public:
    InsideControl(
        const Services& services, models::Workspace& workspace, pages::InspectorPage& inspector,
        pages::JobBar& bar, QObject* parent = nullptr);

    /// Whether a subject of the library is a living process that can be asked for.
    [[nodiscard]] bool canLook(int subject) const;
    void look(int subject);
    void cancel() { m_runner.cancel(); }
    [[nodiscard]] bool running() const { return m_runner.running(); }

Q_SIGNALS:
    void runningChanged();
    void ended(const QString& words);

private:
    void take(int subject, base::Result<diagram::SubjectView> result);

    const Services& m_services;
    models::Workspace& m_workspace;
    pages::InspectorPage& m_inspector;
    pages::JobBar& m_bar;
    jobs::JobRunner m_runner;
};

} // namespace bulkhead::main_window
