#pragma once

#include "core/base/error.h"
#include "core/diagram/diagram.h"
#include "core/diagram/layout.h"
#include "core/diagram/palette.h"
#include "ui/dialogs/lab_dialog.h"
#include "ui/jobs/job_runner.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::main_window {

/// What the window asks of the rest of the program. Given by app/workbench, and by tests. `open` and `runLab`
/// are called off the GUI thread. An empty function is a thing this build cannot do; its actions are
/// disabled.
struct Services {
    /// The subjects a reference names: a snapshot file, a folder of results, "pid:12".
    std::function<base::Result<std::vector<diagram::SubjectView>>(const std::string& reference)> open;
    /// Launches scenarios by name, reports each step, and removes everything, also when told to stop.
    std::function<base::Result<std::vector<diagram::SubjectView>>(
        const std::vector<std::string>& names, const jobs::ReportProgress& report, std::stop_token stop)>
        runLab;
    std::vector<dialogs::LabScenario> scenarios;
    /// Folder of recorded snapshots; empty where none is installed.
    std::filesystem::path recordings;
    std::function<std::string(const diagram::Layout& layout, const diagram::Palette& palette)> writeSvg;
    std::function<std::string(const diagram::Diagram& diagram)> writeMermaid;
};

} // namespace bulkhead::main_window
