#include "app/workbench/live_job.h"

#include "core/session/list_subjects.h"
#include "core/session/live_subject.h"
#include "core/session/resources.h"

namespace bulkhead::workbench {

namespace {

base::Result<models::MachinePostures> sweep(const jobs::ReportProgress& report, std::stop_token stop) {
    session::SweepOptions options;
    options.stop = std::move(stop);
    options.progress = [&report](std::size_t done, std::size_t total, const model::SubjectSummary& next) {
        const std::string& name = next.name.empty() ? next.ref : next.name;
        report({static_cast<int>(done), static_cast<int>(total), "Reading " + name});
    };
    auto found = session::sweepPosture(options);
    if (!found) {
        return std::unexpected(found.error());
    }
    return models::MachinePostures{std::move(found->list), std::move(found->postures)};
}

base::Result<diagram::SubjectView>
lookInside(const diagram::SubjectView& subject, const jobs::ReportProgress& report, std::stop_token stop) {
    const auto probe = session::findSiblingProgram("bulkhead-probe");
    if (!probe) {
        return std::unexpected(probe.error());
    }
    const session::ExperiencedOptions options{*probe, std::chrono::milliseconds(5000), std::move(stop)};
    return session::captureInside(
        subject, options, [&report](std::size_t done, std::size_t total, const std::string& what) {
            report({static_cast<int>(done), static_cast<int>(total), what});
        });
}

} // namespace

void provideLive(main_window::Services& services) {
    services.sweep = sweep;
    services.capture = session::captureSubject;
    services.lookInside = lookInside;
}

} // namespace bulkhead::workbench
