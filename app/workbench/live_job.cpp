#include "app/workbench/live_job.h"

#include "core/session/capture.h"
#include "core/session/experienced.h"
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

/// Whether a fresh snapshot is of the process of an older one: a pid is used again, a mount namespace not
/// while the machine runs.
bool isSameProcess(const model::Snapshot& older, const model::Snapshot& fresh) {
    const auto of = [](const model::Snapshot& snapshot) {
        const auto found = snapshot.namespaces.find(model::NamespaceType::mnt);
        return found != snapshot.namespaces.end() && found->second.inode.known()
                   ? std::optional(found->second.inode.value())
                   : std::nullopt;
    };
    return of(older) && of(older) == of(fresh);
}

/// The enforced account is read anew: what is experienced is held against what is enforced now.
base::Result<diagram::SubjectView>
lookInside(const diagram::SubjectView& subject, const jobs::ReportProgress& report, std::stop_token stop) {
    const auto probe = session::findSiblingProgram("bulkhead-probe");
    if (!probe) {
        return std::unexpected(probe.error());
    }
    report({0, 2, "Reading " + subject.name + " as it is now"});
    const model::Subject& who = subject.enforced->subject;
    auto fresh = session::capturePid(*who.pid, who.ref);
    if (!fresh) {
        return std::unexpected(fresh.error());
    }
    if (!isSameProcess(*subject.enforced, *fresh)) {
        return base::fail(
            base::ErrorKind::notFound, subject.name + ": its main process has ended since it was read");
    }
    fresh->subject = who;
    fresh->group = subject.enforced->group;
    report({1, 2, "Trying from inside " + subject.name});
    auto experienced =
        session::captureExperienced(*fresh, {*probe, std::chrono::milliseconds(5000), std::move(stop)});
    if (!experienced) {
        return std::unexpected(experienced.error());
    }
    diagram::SubjectView view = subject;
    view.enforced = std::move(*fresh);
    view.experienced = std::move(*experienced);
    return view;
}

} // namespace

void provideLive(main_window::Services& services) {
    services.sweep = sweep;
    services.capture = session::captureSubject;
    services.lookInside = lookInside;
}

} // namespace bulkhead::workbench
