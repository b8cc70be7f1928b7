#include "ui/main_window/inside_control.h"

#include "ui/models/cell_text.h"
#include "ui/pages/inspector_page.h"
#include "ui/pages/job_bar.h"

#include <algorithm>

namespace bulkhead::main_window {

using diagram::SubjectView;

namespace {

/// "57 things tried in web, 2 of them against the prediction."
QString summaryOf(const SubjectView& view) {
    const auto probes = view.experienced ? view.experienced->probes.valueOr({}) : std::vector<model::Probe>();
    const auto against =
        std::ranges::count_if(probes, [](const model::Probe& probe) { return !probe.agrees.value_or(true); });
    return InsideControl::tr("%1 things tried in %2, %3 of them against the prediction.")
        .arg(probes.size())
        .arg(models::toQString(view.name))
        .arg(against);
}

} // namespace

InsideControl::InsideControl(
    const Services& services, models::Workspace& workspace, pages::InspectorPage& inspector,
    pages::JobBar& bar, QObject* parent)
    : QObject(parent), m_services(services), m_workspace(workspace), m_inspector(inspector), m_bar(bar) {
    connect(&m_runner, &jobs::JobRunner::progressed, &bar, &pages::JobBar::report);
    connect(&m_runner, &jobs::JobRunner::started, this, &InsideControl::runningChanged);
    connect(&m_runner, &jobs::JobRunner::ended, this, &InsideControl::runningChanged);
    connect(&bar, &pages::JobBar::cancelRequested, this, &InsideControl::cancel);
}

bool InsideControl::canLook(int subject) const {
    const models::LibraryEntry* entry = m_workspace.entry(subject);
    return m_services.lookInside && !running() && entry != nullptr && entry->view.enforced &&
           entry->view.enforced->subject.pid && !entry->view.enforced->recorded;
}

void InsideControl::look(int subject) {
    if (!canLook(subject)) {
        return;
    }
    const SubjectView& view = m_workspace.entry(subject)->view;
    m_bar.begin(tr("Looking from inside %1...").arg(models::toQString(view.name)));
    m_runner.start<SubjectView>(
        [look = m_services.lookInside,
         view](const jobs::ReportProgress& report, const std::stop_token& stop) {
            return look(view, report, stop);
        },
        [this, subject](base::Result<SubjectView> result) { take(subject, std::move(result)); });
}

void InsideControl::take(int subject, base::Result<SubjectView> result) {
    m_bar.end();
    const models::LibraryEntry* entry = m_workspace.entry(subject);
    if (entry == nullptr) {
        return;
    }
    if (result) {
        m_inspector.setRefusal(subject, {});
        const QString words = summaryOf(*result);
        m_workspace.putSubject(entry->group, entry->origin, std::move(*result));
        Q_EMIT ended(words);
        return;
    }
    const bool canceled = result.error().kind == base::ErrorKind::canceled;
    const QString why = canceled ? tr("Canceled. Nothing is left in the container.")
                                 : models::toQString(result.error().message);
    m_inspector.setRefusal(subject, canceled ? QString() : why);
    Q_EMIT ended(why);
}

} // namespace bulkhead::main_window
