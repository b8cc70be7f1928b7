#pragma once

#include "core/base/error.h"
#include "core/engines/engine_containers.h"
#include "core/session/running_subject.h"

#include <string>
#include <vector>

namespace bulkhead::session {

/// Asks the engine for a container by name or id and believes its pid only if that process's control groups,
/// or the state file of a local runtime, name the container: engines on other machines and in virtual
/// machines count pids of another kernel. NotFound for what the engine does not know, what does not run, and
/// where no engine listens; Unsupported where the pid is of another machine.
[[nodiscard]] base::Result<RunningSubject>
findEngineSubject(engines::EngineKind kind, const std::string& name);

/// The ids of the running containers of a Podman pod, by name or id; empty where no engine knows such a pod.
[[nodiscard]] std::vector<std::string> podMembers(const std::string& pod);

} // namespace bulkhead::session
