#include "app/workbench/lab_job.h"

#include "core/lab/scenario_run.h"

#include <memory>

namespace bulkhead::workbench {

namespace {

/// What the window's log shows of a run: each step, and below it what was launched.
lab::Observer observerOf(const jobs::ReportProgress& report) {
    const auto now = std::make_shared<jobs::Progress>();
    lab::Observer observer;
    observer.progress = [report, now](const lab::Progress& progress) {
        *now = {static_cast<int>(progress.done), static_cast<int>(progress.total), progress.text};
        report(*now);
    };
    observer.log = [report, now](const std::string& line) { report({now->done, now->total, "  " + line}); };
    return observer;
}

base::Result<std::vector<diagram::SubjectView>>
run(const std::vector<std::string>& names, const jobs::ReportProgress& report, const std::stop_token& stop) {
    const lab::Observer observer = observerOf(report);
    lab::LabRequest request;
    request.names = names;
    auto outcome = lab::runScenarios(request, observer, stop);
    if (!outcome) {
        return std::unexpected(outcome.error());
    }
    for (const std::string& note : outcome->notes) {
        observer.log("note: " + note);
    }
    for (const lab::Skipped& skipped : outcome->skipped) {
        observer.log("skipped " + skipped.scenario + ": " + skipped.reason);
    }
    return std::move(outcome->subjects);
}

} // namespace

void provideLab(main_window::Services& services) {
    services.runLab = run;
    const auto scenarios = lab::shippedScenarios();
    if (!scenarios) {
        return; // the run itself then says what is missing
    }
    for (const catalog::Scenario& scenario : *scenarios) {
        services.scenarios.push_back({scenario.name, scenario.title});
    }
}

} // namespace bulkhead::workbench
