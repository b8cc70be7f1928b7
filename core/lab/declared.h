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
    std::filesystem::path bundle;
};

/// The declared snapshot: the configuration read back as any user's would be, with the words of the scenario.
/// Malformed where it cannot be read, which no scenario brings about.
[[nodiscard]] base::Result<model::Snapshot>
declareSnapshot(const Declaration& declaration, const model::Subject& subject);

} // namespace bulkhead::lab
