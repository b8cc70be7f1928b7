#pragma once

#include "ui/main_window/services.h"
#include "ui/models/workspace.h"

#include <QObject>
#include <QStringList>

namespace bulkhead::main_window {

/// Opens references off the GUI thread, one after another, and puts what they hold on the canvas. What cannot
/// be opened becomes a column that says why.
class SubjectLoader : public QObject {
    Q_OBJECT

public:
    SubjectLoader(const Services& services, models::Workspace& workspace, QObject* parent = nullptr);

    void open(const QStringList& references, models::SubjectGroup group = models::SubjectGroup::file);
    [[nodiscard]] bool busy() const { return m_runner.running(); }

Q_SIGNALS:
    void opening(const QString& reference);
    void opened(const QString& reference, models::SubjectGroup group);
    void failed(const QString& reference, const QString& error);
    void idle();

private:
    /// A reference that waits for its turn.
    struct Pending {
        QString reference;
        models::SubjectGroup group;
    };

    void openNext();
    void take(const Pending& pending, base::Result<std::vector<diagram::SubjectView>> result);

    const Services& m_services;
    models::Workspace& m_workspace;
    jobs::JobRunner m_runner;
    QList<Pending> m_queue;
};

} // namespace bulkhead::main_window
