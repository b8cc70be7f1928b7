#include "ui/main_window/lab_control.h"

#include "ui/pages/log_page.h"

namespace bulkhead::main_window {

using Subjects = std::vector<diagram::SubjectView>;

LabControl::LabControl(
    const Services& services, models::Workspace& workspace, pages::LogPage& log, QObject* parent)
    : QObject(parent), m_services(services), m_workspace(workspace), m_log(log) {
    connect(&m_runner, &jobs::JobRunner::progressed, &log, &pages::LogPage::report);
    connect(&m_runner, &jobs::JobRunner::started, this, [this] { Q_EMIT runningChanged(true); });
    connect(&m_runner, &jobs::JobRunner::ended, this, [this] { Q_EMIT runningChanged(false); });
    connect(&log, &pages::LogPage::cancelRequested, this, &LabControl::cancel);
}

void LabControl::run(const std::vector<std::string>& names) {
    m_log.begin(tr("Running %n scenario(s)", nullptr, static_cast<int>(names.size())));
    m_runner.start<Subjects>(
        [runLab = m_services.runLab, names](const jobs::ReportProgress& report, const std::stop_token& stop) {
            return runLab(names, report, stop);
        },
        [this](base::Result<Subjects> result) { take(std::move(result)); });
}

void LabControl::take(base::Result<Subjects> result) {
    if (!result) {
        const bool canceled = result.error().kind == base::ErrorKind::canceled;
        m_log.fail(
            canceled ? tr("Canceled. Everything that was launched is removed.")
                     : QString::fromStdString(result.error().message),
            !canceled && !m_services.recordings.empty());
        return;
    }
    std::vector<int> ids;
    for (diagram::SubjectView& view : *result) {
        ids.push_back(
            m_workspace.putSubject(models::SubjectGroup::lab, QStringLiteral("lab"), std::move(view)));
    }
    m_log.succeed(tr("Done: %n container(s) seen and removed.", nullptr, static_cast<int>(ids.size())));
    m_workspace.addColumns(ids);
}

} // namespace bulkhead::main_window
