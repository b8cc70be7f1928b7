#pragma once

#include "core/base/error.h"
#include "core/catalog/policy.h"
#include "core/diagram/diagram.h"
#include "core/policy/judge_policy.h"

#include <memory>
#include <string>
#include <vector>

namespace bulkhead::session {

/// The policies over facts that ship with the program (resources/policies), by name.
[[nodiscard]] base::Result<std::vector<catalog::Policy>> shippedPolicies();

/// A shipped policy by its name, or a file of the user's own: what has a slash or ends in .yaml. NotFound
/// lists the names.
[[nodiscard]] base::Result<catalog::Policy> findPolicy(const std::string& nameOrFile);

/// The invariants that a specification is written from (resources/invariants.yaml).
[[nodiscard]] base::Result<catalog::Policy> shippedInvariants();

/// The catalogue that refused paths are made of, shared by policies.
[[nodiscard]] base::Result<std::shared_ptr<const threat::Judge>> sharedJudge();

/// The accounts of a subject; they point into the view.
[[nodiscard]] policy::Accounts accountsOf(const diagram::SubjectView& subject);

} // namespace bulkhead::session
