#include "core/session/resolve.h"

#include "core/base/bytes.h"
#include "core/claims/compose_files.h"
#include "core/claims/import.h"
#include "core/engines/container_states.h"
#include "core/os/file.h"
#include "core/os/process.h"
#include "core/session/capture.h"
#include "core/session/compose_reference.h"
#include "core/session/engine_subject.h"
#include "core/session/ground.h"
#include "core/session/groups.h"
#include "core/session/host_subject.h"
#include "core/session/image_subject.h"
#include "core/session/oci_subject.h"
#include "core/session/resources.h"
#include "core/wire/snapshot_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <unistd.h>

namespace bulkhead::session {

namespace fs = std::filesystem;
using base::ErrorKind;
using diagram::SubjectView;
using model::Vantage;

namespace {

using Subjects = base::Result<std::vector<SubjectView>>;

/// This machine, with the images at hand.
claims::Ground groundOf(const ResolveOptions& options) {
    claims::Ground ground = readGround();
    ground.images = options.images;
    return ground;
}

/// What a runtime's state file says of a process that the user named by its number.
void nameByState(std::int64_t pid, model::Snapshot& snapshot) {
    const auto started = os::startTimeOf(pid);
    for (const kernel::KnownContainer& known : engines::readContainerStates().containers) {
        if (known.pid == pid && known.startTime && known.startTime == started) {
            snapshot.subject.engine.name = known.engine;
            snapshot.subject.id = known.id;
            snapshot.subject.runtime.name = known.runtime;
            snapshot.subject.image.ref = known.image;
        }
    }
}

Subjects fromPid(const std::string& reference, const ResolveOptions& /*options*/) {
    const std::string digits = reference.substr(4);
    std::int64_t pid = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
    if (error != std::errc{} || end != digits.data() + digits.size() || pid <= 0) {
        return base::fail(ErrorKind::malformed, reference + ": expected a process number, as in pid:1234");
    }
    auto snapshot = capturePid(pid, reference);
    if (!snapshot) {
        return std::unexpected(snapshot.error());
    }
    std::vector<model::Snapshot> one;
    one.push_back(std::move(*snapshot));
    nameByState(pid, one.front());
    return joinVantages(std::move(one));
}

/// The machine itself, by its first process.
Subjects fromHost() {
    auto snapshot = captureHost();
    if (!snapshot) {
        return std::unexpected(snapshot.error());
    }
    std::vector<model::Snapshot> one;
    one.push_back(std::move(*snapshot));
    return joinVantages(std::move(one));
}

/// Puts what a running container was asked to be beside what the kernel holds about it, or why it cannot be.
void addDeclaration(
    const RunningSubject& subject, std::vector<model::Snapshot>& vantages, const ResolveOptions& options) {
    model::Snapshot& enforced = vantages.front();
    const Declaration& declaration = subject.declaration;
    if (declaration.text.empty()) {
        enforced.config.asks = model::Unreadable{declaration.why, ""};
        return;
    }
    const std::string& engine = options.engine.empty() ? declaration.engine : options.engine;
    auto declared = readSnapshots(declaration.text, declaration.name, engine, options.images);
    if (!declared || declared->size() != 1) {
        enforced.config.asks = model::Unreadable{
            declared ? declaration.name + ": describes several containers" : declared.error().message, ""};
        return;
    }
    model::Snapshot& asked = declared->front();
    asked.captureId = enforced.captureId;
    asked.subject.ref = enforced.subject.ref;
    asked.subject.name = enforced.subject.name;
    asked.subject.id = enforced.subject.id;
    asked.subject.image = enforced.subject.image;
    enforced.group = asked.group; // a pod or a project is what the engine says it is
    vantages.insert(vantages.begin(), std::move(asked));
}

Subjects fromRunning(
    const base::Result<RunningSubject>& found, const std::string& reference, const ResolveOptions& options) {
    if (!found) {
        return std::unexpected(found.error());
    }
    auto snapshot = capturePid(found->pid, reference);
    if (!snapshot) {
        return std::unexpected(snapshot.error());
    }
    if (os::startTimeOf(found->pid) != found->startTime) {
        return base::fail(ErrorKind::notFound, reference + ": exited while it was read");
    }
    snapshot->subject.name = found->name;
    snapshot->subject.id = found->id;
    snapshot->subject.engine = found->engine;
    snapshot->subject.runtime.name = found->runtime;
    snapshot->subject.image = found->image;
    std::vector<model::Snapshot> one;
    one.push_back(std::move(*snapshot));
    addDeclaration(*found, one, options);
    return joinVantages(std::move(one));
}

Subjects fromRuntimeState(const std::string& reference, const ResolveOptions& options) {
    return fromRunning(findOciSubject(reference.substr(4)), reference, options);
}

Subjects fromDocker(const std::string& reference, const ResolveOptions& options) {
    return fromRunning(
        findEngineSubject(engines::EngineKind::docker, reference.substr(7)), reference, options);
}

/// A container, else every running container of the pod by that name.
Subjects fromPodman(const std::string& reference, const ResolveOptions& options) {
    const std::string name = reference.substr(7);
    const auto found = findEngineSubject(engines::EngineKind::podman, name);
    const bool unknown = !found && found.error().kind == ErrorKind::notFound;
    const auto members = unknown ? podMembers(name) : std::vector<std::string>();
    if (members.empty()) {
        return fromRunning(found, reference, options);
    }
    std::vector<SubjectView> all;
    for (const std::string& id : members) {
        auto one = fromRunning(
            findEngineSubject(engines::EngineKind::podman, id), "podman:" + id.substr(0, 12), options);
        if (!one) {
            return one;
        }
        std::ranges::move(*one, std::back_inserter(all));
    }
    return all;
}

Subjects fromRecording(const std::string& reference, const ResolveOptions& /*options*/) {
    const auto folder = findDataFolder("resources/recordings");
    if (!folder) {
        return std::unexpected(folder.error());
    }
    const std::string name = reference.substr(4);
    const fs::path file = *folder / (name + ".json");
    std::error_code error;
    if (name.find('/') != std::string::npos || !fs::exists(file, error)) {
        return base::fail(
            ErrorKind::notFound,
            reference + ": no recording of a scenario by that name; bulkhead lab list names them");
    }
    auto snapshots = openSnapshots(file);
    if (!snapshots) {
        return std::unexpected(snapshots.error());
    }
    return joinVantages(std::move(*snapshots));
}

Subjects fromStandardInput(const ResolveOptions& options) {
    const os::Fd input(::dup(STDIN_FILENO));
    const auto text = os::readAll(input, "standard input");
    if (!text) {
        return std::unexpected(text.error());
    }
    auto snapshots = readSnapshots(*text, "standard input", options.engine, options.images);
    if (!snapshots) {
        return std::unexpected(snapshots.error());
    }
    return joinVantages(std::move(*snapshots));
}

Subjects onlyNamed(std::vector<SubjectView> views, const std::string& name, const std::string& file) {
    std::string names;
    for (SubjectView& view : views) {
        if (view.name == name) {
            std::vector<SubjectView> one;
            one.push_back(std::move(view));
            return one;
        }
        names += (names.empty() ? "" : ", ") + view.name;
    }
    return base::fail(ErrorKind::notFound, file + ": no subject is named " + name + "; it holds " + names);
}

Subjects fromRunLine(const std::string& reference, const ResolveOptions& options) {
    auto snapshots = claims::importRunLine(reference.substr(4), "run", {options.engine, groundOf(options)});
    if (!snapshots) {
        return std::unexpected(snapshots.error());
    }
    for (model::Snapshot& snapshot : *snapshots) {
        signSnapshot(snapshot);
    }
    return joinVantages(std::move(*snapshots));
}

Subjects fromFile(const std::string& reference, const ResolveOptions& options) {
    std::error_code error;
    const auto hash = reference.rfind('#');
    const bool named = hash != std::string::npos && !fs::exists(reference, error);
    const std::string file = named ? reference.substr(0, hash) : reference;
    if (!fs::exists(file, error) && claims::looksLikeRunLine(reference)) {
        return base::fail(
            ErrorKind::notFound,
            "a line of docker run or podman run is given as one word behind run: (run:'docker run ...')");
    }
    if (!fs::exists(file, error)) {
        const bool word = file.find_first_of("/.") == std::string::npos;
        return base::fail(
            ErrorKind::notFound, file + ": no such file or folder" +
                                     (word ? "; a container is named docker:" + file + ", podman:" + file +
                                                 " or oci:" + file + ", as bulkhead list shows it"
                                           : ""));
    }
    auto snapshots = openSnapshots(file, options.engine, options.images);
    if (!snapshots) {
        return std::unexpected(snapshots.error());
    }
    auto views = joinVantages(std::move(*snapshots));
    return named ? onlyNamed(std::move(views), reference.substr(hash + 1), file) : Subjects(std::move(views));
}

/// "a.yaml,b.yaml": the second merged over the first, as docker compose -f a.yaml -f b.yaml does.
Subjects fromCompose(const std::string& reference, const ResolveOptions& options) {
    const auto project = readComposeReference(reference);
    const std::string& first = project->files.front();
    const auto text = claims::readNamed(first, claims::kMaxDocumentSize);
    const std::vector<std::string> others(project->files.begin() + 1, project->files.end());
    auto snapshots = text ? claims::importDocument(*text, first, {options.engine, groundOf(options), others})
                          : base::Result<std::vector<model::Snapshot>>(std::unexpected(text.error()));
    if (!snapshots) {
        return std::unexpected(snapshots.error());
    }
    const std::string whole =
        reference.substr(0, reference.size() - (project->service ? project->service->size() + 1 : 0));
    for (model::Snapshot& snapshot : *snapshots) {
        signSnapshot(snapshot);
        snapshot.subject.ref = base::textFromBytes(whole) + "#" + snapshot.subject.name;
    }
    auto views = joinVantages(std::move(*snapshots));
    return project->service ? onlyNamed(std::move(views), *project->service, whole)
                            : Subjects(std::move(views));
}

Subjects fromImage(const std::string& reference, const ResolveOptions& options) {
    auto snapshots = openImageSubject(reference.substr(6), options.engine);
    if (!snapshots) {
        return std::unexpected(snapshots.error());
    }
    for (model::Snapshot& snapshot : *snapshots) {
        snapshot.subject.ref = base::textFromBytes(reference);
    }
    return joinVantages(std::move(*snapshots));
}

Subjects filterAlone(const std::string& reference, const ResolveOptions& /*options*/) {
    return base::fail(
        ErrorKind::unsupported, reference + ": a filter alone is no boundary; bulkhead seccomp show, disasm, "
                                            "diff and eval read it");
}

/// The kinds of references, by the word before the colon.
struct Kind {
    std::string_view prefix;
    Subjects (*resolve)(const std::string& reference, const ResolveOptions& options);
};

constexpr std::array kKinds = {
    Kind{"pid:", fromPid},         Kind{"lab:", fromRecording},    Kind{"docker:", fromDocker},
    Kind{"podman:", fromPodman},   Kind{"oci:", fromRuntimeState}, Kind{"run:", fromRunLine},
    Kind{"compose:", fromCompose}, Kind{"image:", fromImage},      Kind{"bpf:", filterAlone},
};

void numberTwins(std::vector<SubjectView>& views) {
    std::map<std::string, int> seen;
    for (SubjectView& view : views) {
        const int nth = ++seen[view.name];
        if (nth > 1) {
            view.name += " (" + std::to_string(nth) + ")";
        }
    }
}

} // namespace

Subjects resolveReference(const std::string& reference, const ResolveOptions& options) {
    if (reference == "-") {
        return fromStandardInput(options);
    }
    if (reference == "host") {
        return fromHost();
    }
    for (const Kind& kind : kKinds) {
        if (reference.starts_with(kind.prefix)) {
            return kind.resolve(reference, options);
        }
    }
    return fromFile(reference, options);
}

bool namesFile(std::string_view reference) {
    return reference != "-" && reference != "host" &&
           std::ranges::none_of(kKinds, [&](const Kind& kind) { return reference.starts_with(kind.prefix); });
}

Subjects resolveText(const std::string& text, const std::string& name) {
    auto snapshots = readSnapshots(text, name, "");
    if (!snapshots) {
        return std::unexpected(snapshots.error());
    }
    auto views = joinVantages(std::move(*snapshots));
    relateViews(views);
    return views;
}

Subjects resolveReferences(const std::vector<std::string>& references, const ResolveOptions& options) {
    std::vector<SubjectView> all;
    std::vector<std::string> files; // FILE#a and FILE#b are of one
    std::vector<std::size_t> documents;
    for (const std::string& reference : references) {
        auto some = resolveReference(reference, options);
        if (!some) {
            return some;
        }
        files.push_back(reference.substr(0, reference.rfind('#')));
        const auto document = std::ranges::find(files, files.back()) - files.begin();
        documents.insert(documents.end(), some->size(), static_cast<std::size_t>(document));
        if (all.empty()) {
            all = std::move(*some); // a view is large: thousands are not moved one by one
        } else {
            all.insert(
                all.end(), std::make_move_iterator(some->begin()), std::make_move_iterator(some->end()));
        }
    }
    numberTwins(all);
    relateViews(all, documents);
    return all;
}

base::Result<Vantage> commonVantage(const std::vector<SubjectView>& subjects) {
    for (const Vantage vantage : {Vantage::enforced, Vantage::declared}) {
        if (std::ranges::all_of(subjects, [&](const SubjectView& s) { return s.at(vantage) != nullptr; })) {
            return vantage;
        }
    }
    return base::fail(
        ErrorKind::malformed,
        "the subjects have no vantage in common; some are declared only and others enforced only; "
        "--vantage mixed compares each at its strongest");
}

} // namespace bulkhead::session
