#pragma once

#include "core/base/error.h"
#include "core/catalog/weakness.h"
#include "core/threat/scope.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::threat {

/// Decides a derived fact in a scope; where asked for, it says by which stored facts.
using Evaluator = std::function<model::Truth(const Scope&, Explanation*)>;

/// What a derived fact is made from when a condition is compiled.
struct DerivedRequest {
    const std::vector<std::string>& arguments;
    const catalog::Catalogue& catalogue;
};

/// A fact that no single row holds: the one list of them, which documentation and errors are made from.
struct DerivedFact {
    std::string_view name;
    std::string_view arguments; ///< "CAPABILITY", "NAME[, INDEX=VALUE[/MASK]]..."
    std::string_view meaning;
    std::optional<catalog::ObjectKind> object; ///< only within a binding of this kind
    base::Result<Evaluator> (*compile)(const DerivedRequest&);
};

[[nodiscard]] std::span<const DerivedFact> derivedFacts();

// Authority (derived_authority.cpp)
[[nodiscard]] base::Result<Evaluator> compileCapability(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileRootOnHost(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compilePrivileged(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileUserNamespaces(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileLsmDenies(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileConfined(const DerivedRequest& request);
// System calls (derived_calls.cpp)
[[nodiscard]] base::Result<Evaluator> compileCall(const DerivedRequest& request);
// Files and mounts (derived_mounts.cpp)
[[nodiscard]] base::Result<Evaluator> compileKernelFile(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileShows(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileActsAsRoot(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileCoreDumps(const DerivedRequest& request);
// What is mounted (derived_origins.cpp)
[[nodiscard]] base::Result<Evaluator> compileFrom(const DerivedRequest& request);
// Devices (derived_devices.cpp)
[[nodiscard]] base::Result<Evaluator> compileAnswers(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileDeviceOpens(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileDevicePolicy(const DerivedRequest& request);
// Versions and what is never known (derived_versions.cpp)
[[nodiscard]] base::Result<Evaluator> compileAffected(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileUnseen(const DerivedRequest& request);
[[nodiscard]] base::Result<Evaluator> compileUncollected(const DerivedRequest& request);

} // namespace bulkhead::threat
