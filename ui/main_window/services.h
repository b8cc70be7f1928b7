#pragma once

#include "core/base/error.h"
#include "core/diagram/diagram.h"
#include "core/diagram/layout.h"
#include "core/diagram/palette.h"
#include "core/session/check.h"
#include "core/session/cut_plan.h"
#include "core/threat/judge.h"
#include "ui/dialogs/lab_dialog.h"
#include "ui/jobs/job_runner.h"
#include "ui/models/posture_model.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::main_window {

/// What the window asks of the rest of the program. Given by app/workbench, and by tests. All but
/// the writers are called off the GUI thread. An empty function is a thing this build cannot do; its actions
/// are disabled.
struct Services {
    /// The subjects a reference names: a snapshot file, a folder of results, "pid:12".
    std::function<base::Result<std::vector<diagram::SubjectView>>(const std::string& reference)> open;
    /// The subjects of a document that was pasted; `name` stands in messages. Bounded by itself.
    std::function<base::Result<std::vector<diagram::SubjectView>>(
        const std::string& text, const std::string& name)>
        readText;
    /// Launches scenarios by name, reports each step, and removes everything, also when told to stop.
    std::function<base::Result<std::vector<diagram::SubjectView>>(
        const std::vector<std::string>& names, const jobs::ReportProgress& report, std::stop_token stop)>
        runLab;
    /// What runs on this machine and the posture of each subject; denied or canceled as an error.
    jobs::Work<models::MachinePostures> sweep;
    /// The subject of a sweep as it is now.
    std::function<base::Result<diagram::SubjectView>(const model::SubjectSummary& subject)> capture;
    /// A living subject as it is now, with what a process of ours experiences in its place beside what is
    /// enforced. The error says why that is refused.
    std::function<base::Result<diagram::SubjectView>(
        const diagram::SubjectView& subject, const jobs::ReportProgress& report, std::stop_token stop)>
        lookInside;
    /// The catalogue of weaknesses, ready to be asked; made once. Empty: nothing is judged.
    std::function<base::Result<std::shared_ptr<const threat::Judge>>()> openJudge;
    /// The least that closes the ways of a subject to the host. Canceled once told to stop.
    std::function<base::Result<std::shared_ptr<const session::CutPlan>>(
        const session::CutRequest& request, std::shared_ptr<const threat::Judge> judge,
        const std::stop_token& stop)>
        planCut;
    /// Decisions of a policy, by name or file, about subjects at hand, as `check` gives them.
    std::function<base::Result<std::vector<policy::Decision>>(
        const std::vector<session::CheckedSubject>& subjects, const std::string& policy)>
        check;
    std::vector<session::PolicyName> policies; ///< those that ship
    std::vector<dialogs::LabScenario> scenarios;
    /// Folder of recorded snapshots; empty where none is installed.
    std::filesystem::path recordings;
    std::function<std::string(const diagram::Layout& layout, const diagram::Palette& palette)> writeSvg;
    std::function<std::string(const diagram::Diagram& diagram)> writeMermaid;
};

} // namespace bulkhead::main_window
