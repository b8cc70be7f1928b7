#pragma once

#include "core/catalog/scenario.h"
#include "core/engines/oci_config.h"
#include "core/engines/oci_runtime.h"
#include "core/lab/machine.h"
#include "core/model/snapshot.h"

#include <filesystem>

namespace bulkhead::lab {

/// What a declaration is made from: the scenario, the whole configuration asked for (before anything was
/// given up to fit the launcher), and where it was launched.
struct Declaration {
    const catalog::Scenario& scenario;
    const engines::OciConfig& asked;
    const engines::OciRuntime& runtime;
    const Machine& machine;
    std::filesystem::path rootfs;
};

/// The declared snapshot: every fact the configuration states, with what the runtime always adds to it
/// (device rules, one mount a cgroup hierarchy), so that a container that got what was asked contradicts
/// nothing. What a configuration cannot know stays unstated.
[[nodiscard]] model::Snapshot declareSnapshot(const Declaration& declaration, model::Subject subject);

/// How system calls are filtered once the runtime has installed the profile asked for.
[[nodiscard]] model::Seccomp declareSeccomp(const Declaration& declaration);

/// The mounts of the declaration, the root file system first.
[[nodiscard]] std::vector<model::Mount> declareMounts(const Declaration& declaration);

} // namespace bulkhead::lab
