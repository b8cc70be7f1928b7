#include "ui/main_window/live_control.h"

#include "ui/models/posture_columns.h"
#include "ui/pages/live_page.h"

#include <algorithm>

namespace bulkhead::main_window {

using base::ErrorKind;
using base::Result;
using model::SubjectSummary;

LiveControl::LiveControl(
    const Services& services, models::Workspace& workspace, pages::LivePage& page, QObject* parent)
    : QObject(parent), m_services(services), m_workspace(workspace), m_page(page) {
    connect(&m_runner, &jobs::JobRunner::progressed, &page, &pages::LivePage::report);
    connect(&page, &pages::LivePage::cancelRequested, this, &LiveControl::cancel);
    connect(&page, &pages::LivePage::refreshRequested, this, &LiveControl::refresh);
    connect(&page, &pages::LivePage::columnsRequested, this, &LiveControl::showSelected);
}

void LiveControl::refreshOnce() {
    if (!m_swept) {
        refresh();
    }
}

void LiveControl::refresh() {
    if (!m_services.sweep || running()) {
        return;
    }
    m_page.begin(tr("Looking at every process..."));
    m_runner.start<models::MachinePostures>(
        m_services.sweep, [this](Result<models::MachinePostures> result) { takeSweep(std::move(result)); });
}

void LiveControl::takeSweep(Result<models::MachinePostures> result) {
    if (result) {
        m_swept = true;
        m_page.show(std::move(*result));
        return;
    }
    m_page.end(
        result.error().kind == ErrorKind::canceled
            ? tr("Canceled. Refresh looks again.")
            : tr("This machine could not be looked at: %1")
                  .arg(QString::fromStdString(result.error().message)));
}

void LiveControl::showSelected() {
    std::vector<SubjectSummary> subjects = m_page.selected();
    if (!m_services.capture || running() || subjects.empty()) {
        return;
    }
    // A subject that is a column already is read again and needs no room.
    const auto isColumn = [this](const SubjectSummary& subject) {
        return std::ranges::any_of(m_workspace.library(), [&](const models::LibraryEntry& entry) {
            return entry.group == models::SubjectGroup::live && m_workspace.isShown(entry.id) &&
                   entry.origin.toStdString() == subject.ref;
        });
    };
    std::size_t room = models::kMostColumns - m_workspace.state().columns.size();
    const auto tooMany = std::ranges::remove_if(subjects, [&](const SubjectSummary& subject) {
        if (isColumn(subject)) {
            return false;
        }
        const bool full = room == 0;
        room -= full ? 0 : 1;
        return full;
    });
    const std::size_t leftOut = tooMany.size();
    subjects.erase(tooMany.begin(), tooMany.end());
    m_page.begin(tr("Reading..."));
    m_runner.start<std::vector<Read>>(
        [capture = m_services.capture, subjects](
            const jobs::ReportProgress& report, const std::stop_token& stop) -> Result<std::vector<Read>> {
            std::vector<Read> all;
            for (const SubjectSummary& subject : subjects) {
                if (stop.stop_requested()) {
                    return base::fail(ErrorKind::canceled, "canceled");
                }
                const std::string title = models::subjectTitle(subject).toStdString();
                report({static_cast<int>(all.size()), static_cast<int>(subjects.size()), "Reading " + title});
                auto view = capture(subject);
                if (!view) {
                    diagram::SubjectView failed;
                    failed.name = title;
                    failed.error = view.error().message;
                    view = std::move(failed);
                }
                all.push_back({subject.ref, std::move(*view)});
            }
            return all;
        },
        [this, leftOut](Result<std::vector<Read>> result) { takeSubjects(std::move(result), leftOut); });
}

void LiveControl::takeSubjects(Result<std::vector<Read>> result, std::size_t leftOut) {
    if (!result) {
        m_page.end(
            result.error().kind == ErrorKind::canceled ? tr("Canceled. Nothing was put on the canvas.")
                                                       : QString::fromStdString(result.error().message));
        return;
    }
    std::vector<int> ids;
    QStringList failures;
    for (Read& read : *result) {
        if (!read.view.error.empty()) {
            failures << QString::fromStdString(read.view.error);
        }
        ids.push_back(m_workspace.putSubject(
            models::SubjectGroup::live, QString::fromStdString(read.ref), std::move(read.view)));
    }
    QStringList words{
        tr("Read: %1 of %2.").arg(static_cast<qsizetype>(ids.size()) - failures.size()).arg(ids.size())};
    words << failures;
    if (leftOut > 0) {
        words << tr("%1 left out: eight columns are as many as can be read side by side.").arg(leftOut);
    }
    const bool allRead = failures.isEmpty() && leftOut == 0;
    m_page.end(allRead ? m_page.summary() : words.join(QLatin1Char(' ')));
    m_workspace.addColumns(ids);
    if (!ids.empty()) {
        Q_EMIT delivered(words.join(QLatin1Char(' ')));
    }
}

} // namespace bulkhead::main_window
