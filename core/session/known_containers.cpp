#include "core/session/known_containers.h"

#include "core/engines/engine_containers.h"
#include "core/os/process.h"

#include <algorithm>
#include <string>
#include <sys/stat.h>

namespace bulkhead::session {

using base::ErrorKind;
using engines::EngineEndpoint;
using engines::EngineKind;
using kernel::KnownContainer;

namespace {

constexpr engines::EngineBounds kSweepBounds{std::chrono::milliseconds(2000)};

KnownContainer
knownOf(const engines::EngineContainer& container, const EngineEndpoint& endpoint, std::uint32_t owner) {
    KnownContainer known;
    known.engine = engines::nameOf(endpoint.engine);
    known.runtime = container.runtime;
    known.id = container.id;
    known.name = container.name;
    known.image = container.image;
    known.pod = container.pod;
    known.ref = known.engine + ":" + container.name;
    known.source = endpoint.url;
    known.fileOwner = owner;
    known.pid = container.pid;
    if (engines::controlGroupsName(container)) {
        known.startTime = os::startTimeOf(container.pid);
    }
    return known;
}

/// The state file is nearer to the kernel (it has the start time); what it says stays.
void merge(std::vector<KnownContainer>& all, KnownContainer known) {
    const auto same = std::ranges::find(all, known.id, &KnownContainer::id);
    if (same == all.end()) {
        all.push_back(std::move(known));
        return;
    }
    same->ref = known.ref; // as its users name it
    if (same->name.empty()) {
        same->name = known.name;
    }
    if (same->image.empty()) {
        same->image = known.image;
    }
}

/// Only engines of this machine: who owns the socket vouches for what is read from it.
void addContainersOf(const EngineEndpoint& endpoint, engines::ContainerStates& states) {
    struct stat socket{};
    if (endpoint.socketPath().empty() || ::stat(endpoint.socketPath().c_str(), &socket) != 0) {
        return;
    }
    auto containers = engines::runningContainers(endpoint, kSweepBounds);
    if (!containers) {
        if (containers.error().kind != ErrorKind::notFound) {
            states.gaps.push_back(containers.error().message);
        }
        return;
    }
    for (const engines::EngineContainer& container : *containers) {
        merge(states.containers, knownOf(container, endpoint, socket.st_uid));
    }
}

} // namespace

engines::ContainerStates knownContainers(const std::vector<std::filesystem::path>& furtherStateFolders) {
    engines::StatePlaces places;
    places.further = furtherStateFolders;
    auto states = engines::readContainerStates(places);
    const auto settings = engines::EngineSettings::ofThisProcess();
    for (const EngineKind kind : {EngineKind::docker, EngineKind::podman}) {
        const auto endpoints = engines::findEndpoints(kind, settings);
        if (!endpoints) {
            states.gaps.push_back(endpoints.error().message);
            continue;
        }
        for (const EngineEndpoint& endpoint : *endpoints) {
            addContainersOf(endpoint, states);
        }
    }
    return states;
}

} // namespace bulkhead::session
