#include "ui/main_window/subject_loader.h"

#include <QFileInfo>

namespace bulkhead::main_window {

using Subjects = std::vector<diagram::SubjectView>;

SubjectLoader::SubjectLoader(const Services& services, models::Workspace& workspace, QObject* parent)
    : QObject(parent), m_services(services), m_workspace(workspace) {}

void SubjectLoader::open(const QStringList& references, models::SubjectGroup group) {
    for (const QString& reference : references) {
        m_queue.append({reference, group});
    }
    if (!m_runner.running()) {
        openNext();
    }
}

void SubjectLoader::openNext() {
    if (m_queue.isEmpty()) {
        Q_EMIT idle();
        return;
    }
    const Pending next = m_queue.takeFirst();
    Q_EMIT opening(next.reference);
    m_runner.start<Subjects>(
        [open = m_services.open, reference = next.reference.toStdString()](
            const jobs::ReportProgress& /*report*/, const std::stop_token& /*stop*/) {
            return open(reference);
        },
        [this, next](base::Result<Subjects> result) {
            take(next, std::move(result));
            openNext();
        });
}

void SubjectLoader::take(const Pending& pending, base::Result<Subjects> result) {
    std::vector<int> ids;
    if (result) {
        for (diagram::SubjectView& view : *result) {
            ids.push_back(m_workspace.putSubject(pending.group, pending.reference, std::move(view)));
        }
        Q_EMIT opened(pending.reference, pending.group);
    } else {
        diagram::SubjectView failedView;
        failedView.name = QFileInfo(pending.reference).fileName().toStdString();
        failedView.error = result.error().message;
        ids.push_back(m_workspace.putSubject(pending.group, pending.reference, std::move(failedView)));
        Q_EMIT failed(pending.reference, QString::fromStdString(result.error().message));
    }
    m_workspace.addColumns(ids);
}

} // namespace bulkhead::main_window
