#include "core/session/live_subject.h"

#include "core/os/process.h"
#include "core/session/capture.h"

namespace bulkhead::session {

using base::ErrorKind;
using model::Snapshot;
using model::SubjectSummary;

void nameSnapshot(const SubjectSummary& subject, Snapshot& snapshot) {
    snapshot.subject.ref = subject.ref;
    snapshot.subject.name = subject.name.empty() ? subject.ref : subject.name;
    snapshot.subject.engine.name = subject.engine;
    snapshot.subject.id = subject.id;
    snapshot.subject.image.ref = subject.image;
    snapshot.group.kind = subject.groupKind.empty() ? "none" : subject.groupKind;
    snapshot.group.id = subject.group;
    snapshot.group.parent = subject.parent;
}

base::Result<diagram::SubjectView> captureSubject(const SubjectSummary& subject) {
    auto snapshot = capturePid(subject.pid, subject.ref);
    // asked after the reading: what was read is then all of the process that the sweep saw
    if (os::startTimeOf(subject.pid) != subject.startTime) {
        return base::fail(
            ErrorKind::notFound, subject.ref + ": its main process, pid " + std::to_string(subject.pid) +
                                     ", has ended since the list was made; refresh the list");
    }
    if (!snapshot) {
        return std::unexpected(snapshot.error());
    }
    nameSnapshot(subject, *snapshot);
    diagram::SubjectView view;
    view.name = snapshot->subject.name;
    if (subject.naming == model::Naming::unnamed && view.name != subject.ref) {
        view.name += " " + subject.ref; // the name of a program, which others have too
    }
    view.enforced = std::move(*snapshot);
    return view;
}

} // namespace bulkhead::session
