#include "core/lab/run.h"

#include "core/lab/launch.h"

#include <algorithm>

namespace bulkhead::lab {

using base::ErrorKind;
using base::Status;
using catalog::Launcher;
using catalog::Scenario;

namespace {

/// Tells the observer where the run stands and stops it when asked.
class Steps {
public:
    Steps(const Observer& observer, const std::stop_token& stop, std::size_t total)
        : m_observer(observer), m_stop(stop), m_total(total) {}

    [[nodiscard]] Status next(const std::string& text) {
        if (m_stop.stop_requested()) {
            return base::fail(ErrorKind::canceled, "interrupted");
        }
        if (m_observer.progress) {
            m_observer.progress({m_done, m_total, text});
        }
        ++m_done;
        return {};
    }

    void log(const std::string& line) const {
        if (m_observer.log) {
            m_observer.log(line);
        }
    }

private:
    const Observer& m_observer;
    const std::stop_token& m_stop;
    std::size_t m_total;
    std::size_t m_done = 0;
};

/// What an engine must be able to do at least: a container as Docker makes it by default, as this user.
Scenario trialScenario(const Machine& machine) {
    Scenario trial;
    trial.name = "trial";
    trial.capabilities = catalog::dockerCapabilities();
    trial.seccomp = "docker-default";
    if (!machine.isRoot()) {
        trial.launcher = Launcher::unprivileged;
        trial.userNamespace = catalog::UserMapping{true, 0, 1};
    }
    return trial;
}

base::Result<engines::RuntimeChoice>
chooseEngine(LabRun& run, const Machine& machine, const LabOptions& options) {
    const Scenario trial = trialScenario(machine);
    return engines::chooseRuntime(
        options.engine, options.searchPath, [&](const engines::OciRuntime& runtime) -> Status {
            const auto launched = run.launch(trial, runtime);
            if (!launched) {
                return std::unexpected(launched.error());
            }
            run.remove(*launched);
            return {};
        });
}

/// Scenarios that need a root launcher, where there is none.
void skipWhatNeedsRoot(bool mayLaunchAll, std::vector<Scenario>& scenarios, LabReport& report) {
    if (mayLaunchAll) {
        return;
    }
    for (const Scenario& scenario : scenarios) {
        if (scenario.launcher == Launcher::root) {
            report.skipped.push_back({scenario.name, "launching it needs root; run bulkhead with sudo"});
        }
    }
    std::erase_if(scenarios, [](const Scenario& scenario) { return scenario.launcher == Launcher::root; });
}

/// nullopt where a runtime launches by itself.
std::optional<engines::EngineKind> engineKind(engines::EngineChoice choice) {
    return choice == engines::EngineChoice::docker   ? std::optional(engines::EngineKind::docker)
           : choice == engines::EngineChoice::podman ? std::optional(engines::EngineKind::podman)
                                                     : std::nullopt;
}

using LaunchOne = std::function<base::Result<Launched>(const Scenario&)>;

/// An engine may refuse one scenario and start the others; a runtime was tried before.
Status launchAll(
    const LaunchOne& launch, const std::vector<Scenario>& scenarios, bool mayRefuse, Steps& steps,
    LabReport& report) {
    for (const Scenario& scenario : scenarios) {
        if (auto going = steps.next("launching " + scenario.name); !going) {
            return going;
        }
        auto launched = launch(scenario);
        if (!launched && mayRefuse && launched.error().kind == ErrorKind::unsupported) {
            report.skipped.push_back({scenario.name, launched.error().message});
            steps.log("skipped " + scenario.name + ": " + launched.error().message);
            continue;
        }
        if (!launched) {
            return std::unexpected(launched.error().in("launching " + scenario.name));
        }
        steps.log(
            scenario.name + ": " + report.runtime.runtime.name + " started process " +
            std::to_string(*launched->subject.pid));
        for (const std::string& note : launched->notes) {
            steps.log(scenario.name + ": " + note);
        }
        report.launched.push_back(std::move(*launched));
    }
    return report.launched.empty()
               ? base::fail(
                     ErrorKind::unsupported, "nothing could be launched: " + report.skipped.front().scenario +
                                                 ": " + report.skipped.front().reason)
               : Status{};
}

Status collectAll(const LabReport& report, const Collect& collect, Steps& steps) {
    for (const Launched& launched : report.launched) {
        Status going = steps.next("reading " + launched.scenario.name);
        going = going ? collect(launched) : going;
        if (!going) {
            return going;
        }
    }
    return {};
}

Status runSteps(
    LabRun& run, const Machine& machine, const LabOptions& options, const std::vector<Scenario>& scenarios,
    const Collect& collect, Steps& steps, LabReport& report) {
    Status going = steps.next("making the root file system");
    going = going ? run.makeImage() : going;
    const auto kind = engineKind(options.engine);
    going =
        going ? steps.next(kind ? "giving the engine the image" : "trying the container runtimes") : going;
    if (!going) {
        return going;
    }
    auto choice = kind ? run.useEngine(*kind) : chooseEngine(run, machine, options);
    if (!choice) {
        return std::unexpected(choice.error());
    }
    report.runtime = std::move(*choice);
    steps.log(
        (kind ? "engine: " : "runtime: ") + report.runtime.runtime.name + " " +
        report.runtime.runtime.version);
    for (const std::string& reason : report.runtime.passedOver) {
        steps.log("passed over: " + reason);
    }
    const LaunchOne launch = [&](const Scenario& scenario) {
        return kind ? run.launchByEngine(scenario) : run.launch(scenario, report.runtime.runtime);
    };
    going = launchAll(launch, scenarios, kind.has_value(), steps, report);
    going = going ? collectAll(report, collect, steps) : going;
    if (going && options.whileAllLive) {
        return options.whileAllLive(); // its work is done: an interrupt now is no failure
    }
    return going ? steps.next("removing everything") : going;
}

} // namespace

base::Result<LabReport> runLab(
    const LabOptions& options, const Observer& observer, const std::stop_token& stop,
    const Collect& collect) {
    if (auto checked = checkImagePrograms(options.busybox, options.probe); !checked) {
        return std::unexpected(checked.error());
    }
    Machine machine = readMachine();
    LabReport report;
    std::vector<Scenario> scenarios = options.scenarios;
    skipWhatNeedsRoot(machine.isRoot() || engineKind(options.engine), scenarios, report);
    if (scenarios.empty()) {
        return base::fail(
            report.skipped.empty() ? ErrorKind::notFound : ErrorKind::denied,
            report.skipped.empty() ? "no scenario to launch"
                                   : report.skipped.front().scenario + ": " + report.skipped.front().reason);
    }
    auto place = makePlace(options.stateRoot.empty() ? defaultStateRoot() : options.stateRoot);
    if (!place) {
        return std::unexpected(place.error().in("the lab's state folder"));
    }
    Steps steps(observer, stop, 3 + 2 * scenarios.size());
    LabRun run(std::move(*place), machine, options, stop);
    const Status done = runSteps(run, machine, options, scenarios, collect, steps, report);
    const Status removed = run.removeAll();
    if (!done) {
        return std::unexpected(done.error());
    }
    if (!removed) {
        return std::unexpected(removed.error());
    }
    return report;
}

} // namespace bulkhead::lab
