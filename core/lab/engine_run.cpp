#include "core/lab/engine_run.h"

#include "core/engines/engine_containers.h"
#include "core/engines/engine_launch.h"
#include "core/kernel/resource_limits.h"
#include "core/kernel/status.h"
#include "core/os/file.h"
#include "core/session/capture.h"

#include <map>
#include <unistd.h>

namespace bulkhead::lab {

using base::ErrorKind;
using base::Status;
using catalog::Scenario;
using engines::EngineEndpoint;
using engines::EngineKind;

namespace {

std::string howToStart(EngineKind kind) {
    return kind == EngineKind::docker
               ? "start it: systemctl start docker, or name its socket in DOCKER_HOST"
               : "start it: systemctl start podman.socket, or podman system service -t "
                 "0; or name its socket in CONTAINER_HOST";
}

/// What can be done where an engine will not start a container, if the lab knows.
std::string remedyFor(const EngineAsk& ask, const EngineContext& context) {
    const std::string lacking = capabilitiesLacking(context.launch.machine);
    const bool privileged = ask.body.contains("\"Privileged\":true");
    return privileged && !lacking.empty()
               ? "; --privileged asks for every capability, and the engine itself lacks " + lacking +
                     ": run it where the engine holds them all, or with --engine podman or runc, which give "
                     "what "
                     "there is"
               : "";
}

/// What the engine accounts for the container, resolved for that engine, under the scenario's name.
base::Result<model::Snapshot>
declaredOf(const engines::InspectedContainer& inspected, const FoundEngine& found, const Scenario& scenario) {
    const std::string engine(engines::nameOf(found.endpoint.engine));
    auto read = session::readSnapshots(
        inspected.document, engine + " inspect " + inspected.container.name,
        engines::engineAsked(found.endpoint.engine, found.info));
    if (!read || read->size() != 1) {
        return read ? base::fail(ErrorKind::malformed, "the engine's account describes several containers")
                    : std::unexpected(read.error());
    }
    model::Snapshot declared = std::move(read->front());
    declared.config.asks = {
        catalog::asksOf(scenario), {model::EvidenceKind::declared, "scenario.yaml", "", 0}};
    return declared;
}

} // namespace

std::string capabilitiesLacking(const Machine& machine) {
    const auto all = model::CapabilitySet(~0ULL).upTo(machine.ground.lastCapability);
    std::string out;
    for (const std::string& name : all.minus(machine.ground.launcher).sortedNames()) {
        out += (out.empty() ? "" : ", ") + name;
    }
    return out;
}

void takeEnginesRights(const EngineEndpoint& endpoint, Machine& machine) {
    const auto pid = engines::listenerOf(endpoint);
    const std::string process = pid ? "/proc/" + std::to_string(*pid) : "";
    const auto limits = kernel::parseResourceLimits(os::readFile(process + "/limits").value_or(""));
    const auto status = kernel::parseStatus(os::readFile(process + "/status").value_or(""));
    if (!pid || !limits || !status || !status->permitted) {
        return;
    }
    machine.hardLimits.clear();
    for (const auto& [name, limit] : *limits) {
        if (limit.hard) {
            machine.hardLimits[name] = *limit.hard;
        }
    }
    machine.ground.launcher = *status->permitted;
}

base::Result<FoundEngine> findEngine(EngineKind kind) {
    const std::string name(engines::nameOf(kind));
    const auto endpoints = engines::findEndpoints(kind, engines::EngineSettings::ofThisProcess());
    if (!endpoints) {
        return std::unexpected(endpoints.error());
    }
    base::Error refusal{
        ErrorKind::notFound, name + ": no engine listens at its usual places; " + howToStart(kind)};
    for (const EngineEndpoint& endpoint : *endpoints) {
        if (endpoint.socketPath().empty()) {
            refusal = {
                ErrorKind::unsupported,
                endpoint.url + " (" + endpoint.namedBy +
                    "): the lab launches on this machine only, over a Unix socket; run bulkhead there"};
            continue;
        }
        constexpr engines::EngineBounds kBounds{std::chrono::milliseconds(5000)};
        auto info = engines::readEngineInfo(endpoint, kBounds);
        if (info) {
            return FoundEngine{endpoint, std::move(*info)};
        }
        refusal = info.error();
        refusal.message += refusal.kind == ErrorKind::notFound ? "; " + howToStart(kind) : "";
    }
    return std::unexpected(refusal);
}

EngineRun::EngineRun(FoundEngine found, Place place, std::stop_token stop)
    : m_found(std::move(found)), m_place(std::move(place)), m_stop(std::move(stop)),
      m_tag("bulkhead-lab:" + m_place.run.text()) {}

base::Result<EngineRun> EngineRun::connect(EngineKind kind, const Place& place, std::stop_token stop) {
    auto found = findEngine(kind);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (auto noted = noteEngine(place, found->endpoint); !noted) {
        return std::unexpected(noted.error());
    }
    return EngineRun(std::move(*found), place, std::move(stop));
}

engines::RuntimeChoice EngineRun::choice() const {
    engines::RuntimeChoice choice;
    choice.runtime.name = engines::nameOf(m_found.endpoint.engine);
    choice.runtime.version = m_found.info.version;
    return choice;
}

Status EngineRun::importImage(const RootImage& image, const std::string& searchPath) {
    m_image = image;
    auto archive = archiveRootImage(image, m_place.bundles / "image.tar", searchPath);
    Status going = archive ? noteAsking(m_place, true) : std::unexpected(archive.error());
    if (!going) {
        return going;
    }
    const std::map<std::string, std::string> labels = {
        {std::string(kRunLabel), m_place.run.text()}, {std::string(kUserLabel), std::to_string(::geteuid())}};
    m_asking = true;
    auto id = engines::importImage(m_found.endpoint, std::move(*archive), m_tag, labels, m_stop);
    m_asking = !id && id.error().kind == ErrorKind::canceled;
    if (!id) {
        return std::unexpected(id.error().in("importing the image"));
    }
    m_digest = std::move(*id);
    return noteAsking(m_place, false);
}

Status
EngineRun::prepare(const Scenario& scenario, const EngineContext& context, const EngineAsk& ask) const {
    const std::uint32_t root = m_found.info.rootless ? context.launch.machine.uid
                               : m_found.endpoint.engine == EngineKind::podman
                                   ? containerRoot(scenario, context.launch)
                                   : 0;
    Status made = makeFolder(context.launch.bundle, 0755);
    for (std::size_t i = 0; made && i < scenario.directories.size(); ++i) {
        made = makeLabDirectory(labDirectory(context.launch.bundle, i), root);
    }
    return made && !ask.profile.empty() ? os::writeFileAtomically(context.profileFile, ask.profile) : made;
}

base::Result<std::string>
EngineRun::start(const Scenario& scenario, const EngineContext& context, EngineAsk& ask) {
    Status going = prepare(scenario, context, ask);
    going = going ? noteAsking(m_place, true) : going;
    if (!going) {
        return std::unexpected(going.error());
    }
    m_asking = true;
    const auto created =
        engines::createContainer(m_found.endpoint, context.launch.containerId, ask.body, m_stop);
    const Status started = created ? engines::startContainer(m_found.endpoint, created->id, m_stop)
                                   : std::unexpected(created.error());
    m_asking = !started && started.error().kind == ErrorKind::canceled;
    if (started) {
        ask.notes.insert(ask.notes.end(), created->warnings.begin(), created->warnings.end());
        going = noteAsking(m_place, false);
        return going ? base::Result<std::string>(created->id) : std::unexpected(going.error());
    }
    if (m_asking) {
        return std::unexpected(started.error());
    }
    if (created) {
        [[maybe_unused]] const Status removed =
            engines::removeObject(m_found.endpoint, {engines::EngineObjectKind::container, created->id, {}});
    }
    return base::fail(ErrorKind::unsupported, started.error().message + remedyFor(ask, context));
}

base::Result<Launched> EngineRun::launch(const Scenario& scenario, const LaunchContext& launch) {
    EngineContext context{launch, m_found.endpoint.engine, m_found.info,
                          m_tag,  m_place.run.text(),      launch.bundle / "seccomp.json"};
    takeEnginesRights(m_found.endpoint, context.launch.machine);
    auto ask = askEngineFor(scenario, context);
    const auto id = ask ? start(scenario, context, *ask) : std::unexpected(ask.error());
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto inspected = engines::inspectContainer(m_found.endpoint, *id);
    if (!inspected) {
        return std::unexpected(inspected.error());
    }
    const engines::EngineContainer& container = inspected->container;
    if (!container.hasProcess() || !engines::controlGroupsName(container)) {
        return base::fail(
            ErrorKind::unsupported,
            "the engine says pid " + std::to_string(container.pid) + " (" + container.status +
                "), which is no process of that container here; run bulkhead where the engine runs");
    }
    if (auto running = waitUntilRunning(container.pid, m_stop); !running) {
        return std::unexpected(running.error());
    }
    auto declared = declaredOf(*inspected, m_found, scenario);
    if (!declared) {
        return std::unexpected(declared.error());
    }
    model::Subject subject;
    subject.ref = "lab:" + scenario.name;
    subject.name = scenario.name;
    subject.engine = {
        std::string(engines::nameOf(m_found.endpoint.engine)), m_found.info.version, m_found.info.rootless,
        m_found.info.usernsRemap};
    subject.runtime = {container.runtime, m_found.info.runtimeVersion, ""};
    subject.id = container.id;
    subject.pid = container.pid;
    subject.image = {m_image.ref, m_digest};
    return Launched{scenario, subject, std::move(*declared), std::move(ask->notes)};
}

TakenOut EngineRun::removeAll() {
    return takeOut(m_found.endpoint, m_place.run, m_asking);
}

} // namespace bulkhead::lab
