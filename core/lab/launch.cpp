#include "core/lab/launch.h"

#include "core/lab/ask.h"
#include "core/lab/declared.h"
#include "core/lab/sweep.h"
#include "core/os/file.h"
#include "core/os/process.h"

#include <cerrno>
#include <chrono>
#include <thread>
#include <unistd.h>

namespace bulkhead::lab {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Status;
using catalog::Launcher;
using catalog::Scenario;

/// One container before its launch.
struct LabRun::Bundle {
    fs::path folder;
    std::string id;
    LaunchContext context;
    engines::OciConfig asked;
    Fitted fitted;
    engines::RuntimeCall call;
};

namespace {

std::string markerOf(const Place& place) {
    return std::string(kRunMarker) + "=" + place.run.text();
}

Status give(const fs::path& path, std::uint32_t id) {
    return ::chown(path.c_str(), id, id) == 0 ? Status{} : base::failErrno(errno, path.string());
}

std::uint32_t seedOf(const RunId& run) {
    return static_cast<std::uint32_t>(std::stoul(run.random, nullptr, 16));
}

} // namespace

LabRun::LabRun(Place place, Machine machine, const LabOptions& options, std::stop_token stop)
    : m_place(std::move(place)), m_machine(std::move(machine)), m_options(options), m_stop(std::move(stop)),
      m_unprivilegedId(m_machine.isRoot() ? chooseUnusedId(seedOf(m_place.run)) : m_machine.uid) {}

LabRun::~LabRun() {
    if (!m_removed) {
        [[maybe_unused]] const Status removed = removeAll();
    }
}

Status LabRun::makeImage() {
    auto image = makeRootImage(m_options.busybox, m_options.probe, m_place.bundles / "image");
    if (!image) {
        return std::unexpected(image.error());
    }
    m_image = std::move(*image);
    return {};
}

base::Result<LaunchContext> LabRun::contextOf(const Scenario& scenario, const std::string& launcher) const {
    LaunchContext context{
        m_machine,
        m_place.run.containerId(scenario.name),
        markerOf(m_place),
        m_unprivilegedId,
        m_place.bundles / (scenario.name + "-" + launcher),
        std::nullopt};
    if (!scenario.seccomp.empty()) {
        auto profile = catalog::readSeccompProfile(m_options.profiles, scenario.seccomp);
        if (!profile) {
            return std::unexpected(profile.error());
        }
        context.profile = std::move(*profile);
    }
    return context;
}

base::Result<LabRun::Bundle> LabRun::prepare(const Scenario& scenario, const engines::OciRuntime& runtime) {
    auto asked = contextOf(scenario, runtime.name);
    if (!asked) {
        return std::unexpected(asked.error());
    }
    Bundle bundle;
    bundle.context = std::move(*asked);
    const LaunchContext& context = bundle.context;
    bundle.folder = context.bundle;
    bundle.id = context.containerId;
    bundle.asked = askFor(scenario, context);
    bundle.fitted = fitToLauncher(bundle.asked, scenario, context);
    const std::uint32_t root = containerRoot(scenario, context);
    const fs::path state = m_place.folder / (scenario.name + "-" + runtime.name);
    Status made = addToJournal(m_place, "container " + bundle.id + " " + runtime.path.string());
    made = made ? makeFolder(bundle.folder, 0755) : made;
    made = made ? copyRootImage(m_image, bundle.folder / "rootfs", root, root) : made;
    for (std::size_t i = 0; made && i < scenario.directories.size(); ++i) {
        made = makeLabDirectory(labDirectory(bundle.folder, i), root);
    }
    made = made ? os::writeFileAtomically(
                      bundle.folder / "config.json", engines::writeConfig(bundle.fitted.config))
                : made;
    made = made ? makeFolder(state, 0700) : made;
    const bool drops = scenario.launcher == Launcher::unprivileged && m_machine.isRoot();
    made = made && drops ? give(state, m_unprivilegedId) : made;
    if (!made) {
        return std::unexpected(made.error());
    }
    bundle.call = {
        runtime,
        state,
        drops ? std::optional(os::RunAs{m_unprivilegedId, m_unprivilegedId}) : std::nullopt,
        {"PATH=" + m_options.searchPath, "XDG_RUNTIME_DIR=" + state.string(), markerOf(m_place)},
        m_stop};
    return bundle;
}

Status waitUntilRunning(std::int64_t pid, const std::stop_token& stop) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
        const auto command = os::readFile("/proc/" + std::to_string(pid) + "/cmdline", 65536);
        if (!command || !os::startTimeOf(pid)) {
            return base::fail(ErrorKind::io, "the container ended at once");
        }
        if (command->starts_with("/bulkhead-probe")) {
            return {};
        }
        if (stop.stop_requested()) {
            return base::fail(ErrorKind::canceled, "interrupted");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return base::fail(ErrorKind::io, "the container's program did not start within 10 s");
}

base::Result<Launched> LabRun::launch(const Scenario& scenario, const engines::OciRuntime& runtime) {
    auto bundle = prepare(scenario, runtime);
    if (!bundle) {
        return std::unexpected(bundle.error());
    }
    m_calls[bundle->id] = bundle->call;
    const auto pid = engines::runContainer(bundle->call, bundle->folder, bundle->id);
    const Status running = pid ? waitUntilRunning(*pid, m_stop) : std::unexpected(pid.error());
    if (!running) {
        return std::unexpected(running.error());
    }
    model::Subject subject;
    subject.ref = "lab:" + scenario.name;
    subject.name = scenario.name;
    subject.engine = {"lab", "", scenario.launcher == Launcher::unprivileged, std::nullopt};
    subject.runtime = {runtime.name, runtime.version, runtime.libseccomp};
    subject.id = bundle->id;
    subject.pid = *pid;
    subject.image = {m_image.ref, m_image.digest};
    const Declaration declaration{scenario, bundle->asked, runtime, m_machine, bundle->folder};
    auto declared = declareSnapshot(declaration, subject);
    if (!declared) {
        return std::unexpected(declared.error());
    }
    return Launched{scenario, subject, std::move(*declared), std::move(bundle->fitted.notes)};
}

base::Result<engines::RuntimeChoice> LabRun::useEngine(engines::EngineKind kind) {
    auto engine = EngineRun::connect(kind, m_place, m_stop);
    if (!engine) {
        return std::unexpected(engine.error());
    }
    m_engine.emplace(std::move(*engine));
    if (auto ready = m_engine->importImage(m_image, m_options.searchPath); !ready) {
        return std::unexpected(ready.error());
    }
    return m_engine->choice();
}

base::Result<Launched> LabRun::launchByEngine(const Scenario& scenario) {
    const auto context = contextOf(scenario, std::string(engines::nameOf(m_engine->endpoint().engine)));
    return context ? m_engine->launch(scenario, *context) : std::unexpected(context.error());
}

void LabRun::remove(const Launched& launched) {
    const auto call = m_calls.find(launched.subject.id);
    if (call != m_calls.end()) {
        [[maybe_unused]] const Status deleted = engines::deleteContainer(call->second, call->first);
        m_calls.erase(call);
    }
}

Status LabRun::removeAll() {
    m_removed = true;
    const TakenOut taken = m_engine ? m_engine->removeAll() : TakenOut();
    if (!taken.left.empty()) { // its folder stays: the journal says where to look
        [[maybe_unused]] const Swept killed = sweepRun(m_place);
        return base::fail(ErrorKind::io, "left behind: " + taken.left.front());
    }
    // kill first: a runtime that finds its container dead need not wait for it
    Swept swept = sweepRun(m_place);
    for (const auto& [id, call] : m_calls) {
        [[maybe_unused]] const Status deleted = engines::deleteContainer(call, id);
    }
    swept = sweepRun(m_place);
    Status removed = removePlace(m_place);
    for (const std::string& left : swept.left) {
        removed = base::fail(ErrorKind::io, "left behind: " + left);
    }
    return removed;
}

} // namespace bulkhead::lab
