#include "core/lab/scenario_run.h"

#include "core/lab/place.h"
#include "core/session/capture.h"
#include "core/session/resources.h"
#include "core/session/write_report.h"

#include <algorithm>

namespace bulkhead::lab {

using base::ErrorKind;
using catalog::Scenario;
using model::Snapshot;

base::Result<std::vector<Scenario>> shippedScenarios() {
    const auto folder = session::findDataFolder("scenarios");
    const auto profiles = session::findDataFolder("resources/profiles");
    if (!folder || !profiles) {
        return std::unexpected(folder ? profiles.error() : folder.error());
    }
    return catalog::readScenarios(*folder, *profiles);
}

namespace {

base::Result<std::vector<Scenario>> chooseScenarios(const std::vector<std::string>& names) {
    auto all = shippedScenarios();
    if (!all || names.empty()) {
        return all;
    }
    std::vector<Scenario> chosen;
    for (const std::string& name : names) {
        const auto found = std::ranges::find(*all, name, &Scenario::name);
        if (found == all->end()) {
            return base::fail(
                ErrorKind::notFound, "no scenario is named " + name + "; bulkhead lab list names them");
        }
        if (std::ranges::find(chosen, name, &Scenario::name) == chosen.end()) {
            chosen.push_back(*found);
        }
    }
    return chosen;
}

base::Result<LabOptions> buildOptions(const LabRequest& request) {
    LabOptions options;
    options.engine = request.engine;
    auto scenarios = chooseScenarios(request.names);
    if (!scenarios) {
        return std::unexpected(scenarios.error());
    }
    options.scenarios = std::move(*scenarios);
    const auto probe = session::findSiblingProgram("bulkhead-probe");
    const auto profiles = session::findDataFolder("resources/profiles");
    if (!probe || !profiles) {
        return std::unexpected(probe ? profiles.error() : probe.error());
    }
    options.probe = *probe;
    options.profiles = *profiles;
    return options;
}

/// The facts of one container while it lives, signed, beside what was declared.
base::Result<diagram::SubjectView> capture(const Launched& launched) {
    auto enforced = session::capturePid(*launched.subject.pid, launched.subject.ref);
    if (!enforced) {
        return std::unexpected(enforced.error().in("reading " + launched.subject.name));
    }
    enforced->subject = launched.subject;
    diagram::SubjectView view;
    view.name = launched.subject.name;
    view.declared = launched.declared;
    view.declared->subject = launched.subject;
    view.declared->captureId = enforced->captureId;
    session::signSnapshot(*view.declared);
    view.declared->host = enforced->host;
    view.enforced = std::move(*enforced);
    return view;
}

/// A recording is of another machine and another day: the snapshot says so itself.
void markRecorded(diagram::SubjectView& view) {
    for (std::optional<Snapshot>* snapshot : {&view.declared, &view.enforced}) {
        const model::Runtime& runtime = (*snapshot)->subject.runtime;
        (*snapshot)->recorded = model::Recorded{
            (*snapshot)->host.kernel.valueOr("unknown"), runtime.name + " " + runtime.version,
            (*snapshot)->takenAt};
    }
}

} // namespace

base::Result<LabOutcome>
runScenarios(const LabRequest& request, const Observer& observer, const std::stop_token& stop) {
    if (auto writable = session::makeLabFolder(request.out); !writable) {
        return std::unexpected(writable.error());
    }
    auto options = buildOptions(request);
    if (!options) {
        return std::unexpected(options.error());
    }
    LabOutcome outcome;
    options->whileAllLive = [&]() -> base::Status {
        if (!request.out.empty()) {
            if (auto written = session::writeLabFolder(outcome.subjects, request.out); !written) {
                return written;
            }
        }
        if (request.hold) {
            request.hold(defaultStateRoot());
        }
        return {};
    };
    auto report = runLab(*options, observer, stop, [&](const Launched& launched) -> base::Status {
        auto view = capture(launched);
        if (!view) {
            return std::unexpected(view.error());
        }
        if (request.record) {
            markRecorded(*view);
        }
        outcome.subjects.push_back(std::move(*view));
        return {};
    });
    if (!report) {
        return std::unexpected(report.error());
    }
    outcome.runtime = std::move(report->runtime);
    outcome.skipped = std::move(report->skipped);
    for (const Launched& launched : report->launched) {
        for (const std::string& note : launched.notes) {
            outcome.notes.push_back(launched.scenario.name + ": " + note);
        }
    }
    return outcome;
}

} // namespace bulkhead::lab
