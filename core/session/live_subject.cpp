#include "core/session/live_subject.h"

#include "core/os/process.h"
#include "core/session/capture.h"
#include "core/session/resolve.h"

#include <optional>

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
    if (!subject.group.empty()) { // else what its engine says of a project stays
        snapshot.group.kind = subject.groupKind;
        snapshot.group.id = subject.group;
    }
    snapshot.group.parent = subject.parent;
}

namespace {

/// As its engine or runtime knows it, with what it was asked to be; nothing where that leads elsewhere.
std::optional<diagram::SubjectView> resolved(const SubjectSummary& subject) {
    if (subject.ref.starts_with("pid:")) {
        return std::nullopt;
    }
    auto views = resolveReference(subject.ref);
    const bool same = views && views->size() == 1 && views->front().enforced &&
                      views->front().enforced->subject.pid == subject.pid;
    return same ? std::optional(std::move(views->front())) : std::nullopt;
}

} // namespace

base::Result<diagram::SubjectView> captureSubject(const SubjectSummary& subject) {
    auto known = resolved(subject);
    auto snapshot =
        known ? base::Result<Snapshot>(std::move(*known->enforced)) : capturePid(subject.pid, subject.ref);
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
    diagram::SubjectView view = known ? std::move(*known) : diagram::SubjectView();
    view.name = snapshot->subject.name;
    if (subject.naming == model::Naming::unnamed && view.name != subject.ref) {
        view.name += " " + subject.ref; // the name of a program, which others have too
    }
    view.enforced = std::move(*snapshot);
    return view;
}

namespace {

std::optional<std::uint64_t> mountNamespaceOf(const Snapshot& snapshot) {
    const auto found = snapshot.namespaces.find(model::NamespaceType::mnt);
    return found != snapshot.namespaces.end() && found->second.inode.known()
               ? std::optional(found->second.inode.value())
               : std::nullopt;
}

} // namespace

base::Result<diagram::SubjectView>
captureInside(const diagram::SubjectView& subject, const ExperiencedOptions& options, const TellStep& tell) {
    if (!subject.enforced || !subject.enforced->subject.pid || subject.enforced->recorded) {
        return base::fail(
            ErrorKind::notFound, subject.name + ": only a living process can be looked at from inside");
    }
    const model::Subject& who = subject.enforced->subject;
    tell(0, 2, "Reading " + subject.name + " as it is now");
    auto fresh = capturePid(*who.pid, who.ref);
    if (!fresh) {
        return std::unexpected(fresh.error());
    }
    const auto before = mountNamespaceOf(*subject.enforced);
    if (!before || before != mountNamespaceOf(*fresh)) {
        return base::fail(
            ErrorKind::notFound, subject.name + ": its main process, pid " + std::to_string(*who.pid) +
                                     ", is not known to be the one that was read; read it again");
    }
    fresh->subject = who;
    fresh->group = subject.enforced->group;
    tell(1, 2, "Trying from inside " + subject.name);
    auto experienced = captureExperienced(*fresh, options);
    if (!experienced) {
        return std::unexpected(experienced.error());
    }
    diagram::SubjectView view = subject;
    view.enforced = std::move(*fresh);
    view.experienced = std::move(*experienced);
    return view;
}

} // namespace bulkhead::session
