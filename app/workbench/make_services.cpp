#include "app/workbench/make_services.h"

#include "app/workbench/lab_job.h"
#include "app/workbench/live_job.h"
#include "core/report/mermaid.h"
#include "core/report/svg.h"
#include "core/session/check.h"
#include "core/session/cut_plan.h"
#include "core/session/load_judge.h"
#include "core/session/resolve.h"
#include "core/session/resources.h"

namespace bulkhead::workbench {

namespace {

/// A .mmd file holds one flowchart; those of more than four columns follow one another, parted by their
/// titles.
std::string joinedMermaid(const diagram::Diagram& shown) {
    const auto flowcharts = report::writeMermaid(shown);
    std::string text;
    for (const report::MermaidDiagram& flowchart : flowcharts) {
        text += (text.empty() ? "" : "\n") + flowchart.text;
    }
    return text;
}

base::Result<std::shared_ptr<const threat::Judge>> openJudge() {
    auto judge = session::loadJudge();
    if (!judge) {
        return std::unexpected(judge.error());
    }
    return std::make_shared<const threat::Judge>(std::move(*judge));
}

} // namespace

main_window::Services makeServices() {
    main_window::Services services;
    services.open = [](const std::string& reference) { return session::resolveReference(reference); };
    services.readText = session::resolveText;
    services.writeSvg = report::writeSvg;
    services.writeMermaid = joinedMermaid;
    if (const auto resources = session::findDataFolder("resources")) {
        const std::filesystem::path recordings = *resources / "recordings";
        std::error_code ignored;
        if (std::filesystem::is_directory(recordings, ignored)) {
            services.recordings = recordings;
        }
    }
    services.openJudge = openJudge;
    services.planCut = session::planCut;
    services.check = session::checkSubjects;
    services.policies = session::policyNames().value_or(std::vector<session::PolicyName>());
    provideLab(services);
    provideLive(services);
    return services;
}

} // namespace bulkhead::workbench
