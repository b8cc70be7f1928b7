#pragma once

#include "core/base/error.h"
#include "core/model/fact.h"
#include "core/os/fd.h"
#include "core/twin/target.h"
#include "core/wire/probe_plan.h"

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::twin {

/// What a launch is given: opened descriptors, all of which the twin closes before it can be seen.
struct Launch {
    const Target& target;
    int program = -1;  ///< sealed, to execute
    int planFile = -1; ///< the mapping's file
    std::vector<os::Fd> groups;
    wire::ProbePlan& plan;
    std::chrono::milliseconds patience{5000};
    std::stop_token stop;
};

/// What came of it: an untrusted copy of what the twin wrote, and what it has as the target has it.
struct Outcome {
    std::vector<wire::ProbeAnswer> answers;
    wire::TwinFacts facts;
    std::map<std::string, model::Fact<bool>> same;
    std::string broken; ///< why the tries ended early; empty where all were made
};

/// Starts a process that becomes like the target outside its pid namespace, holds the child it then has
/// inside from the first moment on, reads it back, lets it try, and reaps it. Whatever happens, no process is
/// left: it is traced to its end, and dies with this thread (PTRACE_O_EXITKILL).
[[nodiscard]] base::Result<Outcome> runTwin(Launch launch);

} // namespace bulkhead::twin
