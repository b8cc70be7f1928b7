#include "core/session/oci_subject.h"

#include "core/engines/container_states.h"
#include "core/os/file.h"
#include "core/os/process.h"

#include <filesystem>
#include <vector>

namespace bulkhead::session {

namespace fs = std::filesystem;
using base::ErrorKind;
using kernel::KnownContainer;

namespace {

engines::ContainerStates statesFor(const std::string& idOrPath) {
    return idOrPath.starts_with('/') ? engines::readStateFolder(fs::path(idOrPath).parent_path())
                                     : engines::readContainerStates();
}

/// Exact ids before beginnings of ids; a running one before stopped ones.
std::vector<const KnownContainer*> matching(const engines::ContainerStates& states, const std::string& id) {
    std::vector<const KnownContainer*> exact;
    std::vector<const KnownContainer*> beginning;
    for (const KnownContainer& container : states.containers) {
        if (container.id == id || container.name == id) {
            exact.push_back(&container);
        } else if (id.size() >= 4 && container.id.starts_with(id)) {
            beginning.push_back(&container);
        }
    }
    return exact.empty() ? beginning : exact;
}

/// The configuration that the runtime was given.
Declaration declarationOf(const KnownContainer& container) {
    const std::string file = (fs::path(container.bundle) / "config.json").string();
    if (container.bundle.empty()) {
        return {file, "", container.source + " names no bundle that can be trusted", ""};
    }
    auto text = os::readFile(file);
    return text ? Declaration{file, std::move(*text), "", ""}
                : Declaration{file, "", text.error().message, ""};
}

base::Result<RunningSubject> running(const KnownContainer& container, const std::string& reference) {
    const auto start = os::startTimeOf(container.pid);
    if (container.pid == 0 || !start) {
        return base::fail(
            ErrorKind::notFound, reference + ": not running, by its state file " + container.source);
    }
    if (container.startTime && *container.startTime != *start) {
        return base::fail(
            ErrorKind::notFound, reference + ": its process has ended, and pid " +
                                     std::to_string(container.pid) + " was given to another one (" +
                                     container.source + ")");
    }
    RunningSubject subject;
    subject.pid = container.pid;
    subject.startTime = *start;
    subject.id = container.id;
    subject.name = container.name;
    subject.runtime = container.runtime;
    subject.engine.name = container.engine;
    subject.image.ref = container.image;
    subject.declaration = declarationOf(container);
    return subject;
}

} // namespace

base::Result<RunningSubject> findOciSubject(const std::string& idOrPath) {
    const std::string reference = "oci:" + idOrPath;
    const auto states = statesFor(idOrPath);
    const std::string id = fs::path(idOrPath).filename().string();
    const auto found = matching(states, id);
    if (found.size() > 1) {
        std::string places;
        for (const KnownContainer* container : found) {
            places += (places.empty() ? "" : ", ") + fs::path(container->source).parent_path().string();
        }
        return base::fail(
            ErrorKind::malformed,
            reference + ": several containers begin so; name one by its folder: " + places);
    }
    if (found.empty() && !states.gaps.empty()) {
        return base::fail(
            ErrorKind::denied,
            reference + ": not among the state files that can be read; " + states.gaps.front());
    }
    if (found.empty()) {
        return base::fail(
            ErrorKind::notFound,
            reference + ": no state file of runc, crun or youki names it; bulkhead list shows what runs");
    }
    return running(*found.front(), reference);
}

} // namespace bulkhead::session
