#include "core/session/engine_subject.h"

#include "core/engines/container_states.h"
#include "core/engines/engine_info.h"
#include "core/os/process.h"

#include <algorithm>

namespace bulkhead::session {

using base::ErrorKind;
using engines::EngineEndpoint;
using engines::EngineKind;

namespace {

std::string referenceOf(EngineKind kind, const std::string& name) {
    return std::string(engines::nameOf(kind)) + ":" + name;
}

/// What both engines take for a name or an id (moby daemon/names, podman libpod/define: NameRegex).
bool mayBeName(const std::string& name) {
    constexpr std::string_view kAlphanumeric =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    return !name.empty() && name.size() <= 255 && kAlphanumeric.contains(name.front()) &&
           name.find_first_not_of(std::string(kAlphanumeric) + "_.-") == std::string::npos;
}

base::Error nothingListens(EngineKind kind, const std::string& reference) {
    const bool docker = kind == EngineKind::docker;
    const std::string places =
        docker ? "/run/docker.sock and docker.sock of the user's runtime folder"
               : "/run/podman/podman.sock and podman/podman.sock of the user's runtime folder";
    const std::string remedy =
        docker ? "start dockerd, or name its socket in DOCKER_HOST"
               : "start it: systemctl start podman.socket, or podman system service -t 0; "
                 "or name its socket in CONTAINER_HOST";
    return {ErrorKind::notFound, reference + ": no engine listens at " + places + "; " + remedy};
}

/// What the first engine that knows the container says of it. Of several refusals, the one of an engine that
/// answered.
struct Found {
    EngineEndpoint endpoint;
    engines::InspectedContainer inspected;
};

base::Result<Found> askEndpoints(EngineKind kind, const std::string& name) {
    const std::string reference = referenceOf(kind, name);
    const auto endpoints = engines::findEndpoints(kind, engines::EngineSettings::ofThisProcess());
    if (!endpoints) {
        return std::unexpected(endpoints.error().in(reference));
    }
    if (endpoints->empty()) {
        return std::unexpected(nothingListens(kind, reference));
    }
    base::Error refusal;
    for (const EngineEndpoint& endpoint : *endpoints) {
        auto inspected = engines::inspectContainer(endpoint, name);
        if (inspected) {
            return Found{endpoint, std::move(*inspected)};
        }
        if (refusal.message.empty() || refusal.kind == ErrorKind::notFound) {
            refusal = inspected.error();
        }
    }
    return std::unexpected(refusal.in(reference));
}

bool stateFileNames(std::int64_t pid, std::uint64_t startTime, const std::string& id) {
    const auto states = engines::readContainerStates();
    return std::ranges::any_of(states.containers, [&](const kernel::KnownContainer& known) {
        return known.id == id && known.pid == pid && known.startTime == startTime;
    });
}

} // namespace

base::Result<RunningSubject> findEngineSubject(EngineKind kind, const std::string& name) {
    const std::string reference = referenceOf(kind, name);
    if (!mayBeName(name)) {
        return base::fail(
            ErrorKind::malformed, reference + ": expected a container's name or id, as in " +
                                      referenceOf(kind, "web") +
                                      ": letters, digits, and _.- after the first");
    }
    const auto found = askEndpoints(kind, name);
    if (!found) {
        return std::unexpected(found.error());
    }
    const engines::EngineContainer& container = found->inspected.container;
    if (!container.hasProcess()) {
        return base::fail(ErrorKind::notFound, reference + ": not running (" + container.status + ")");
    }
    const auto start = os::startTimeOf(container.pid);
    const bool ours = start && (engines::controlGroupsName(container) ||
                                stateFileNames(container.pid, *start, container.id));
    if (!ours) {
        return base::fail(
            ErrorKind::unsupported,
            reference + ": the engine at " + found->endpoint.url + " (" + found->endpoint.namedBy +
                ") says pid " + std::to_string(container.pid) +
                ", which is no process of that container here: the engine runs on another machine, in a "
                "virtual machine or in another pid namespace; run bulkhead there");
    }
    RunningSubject subject;
    subject.pid = container.pid;
    subject.startTime = *start;
    subject.id = container.id;
    subject.name = container.name;
    subject.runtime = container.runtime;
    subject.engine.name = engines::nameOf(kind);
    const auto info = engines::readEngineInfo(found->endpoint).value_or(engines::EngineInfo{});
    subject.engine.version = info.version;
    subject.engine.rootless = info.rootless;
    subject.engine.usernsRemap = info.usernsRemap;
    subject.image = {container.image, container.imageDigest};
    subject.declaration.name = subject.engine.name + " inspect " + container.name;
    subject.declaration.text = found->inspected.document;
    subject.declaration.engine = engines::engineAsked(kind, info);
    return subject;
}

std::vector<std::string> podMembers(const std::string& pod) {
    const auto endpoints =
        engines::findEndpoints(EngineKind::podman, engines::EngineSettings::ofThisProcess());
    for (const EngineEndpoint& endpoint : endpoints.value_or(std::vector<EngineEndpoint>())) {
        if (auto members = mayBeName(pod) ? engines::podContainers(endpoint, pod)
                                          : base::Result<std::vector<std::string>>()) {
            return std::move(*members);
        }
    }
    return {};
}

} // namespace bulkhead::session
