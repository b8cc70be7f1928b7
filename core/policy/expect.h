#pragma once

#include "core/policy/judge_policy.h"

#include <memory>
#include <string>

namespace bulkhead::policy {

/// What a specification is written from.
struct ExpectRequest {
    std::string reference; ///< as the user named the subject; `verify` goes back to it
    Accounts accounts;
    catalog::Policy invariants; ///< the strongest rules there are; those that hold are kept
    std::shared_ptr<const threat::Judge> judge;
    bool pathsStay = true; ///< false: its host paths are others the next time, as of a scenario of the lab
};

/// A specification of a subject as YAML that a person reads and edits: the invariants that hold, of those
/// with alternatives the ones that hold, what it has at most, and the authorities that no path leads to. The
/// subject itself passes it.
[[nodiscard]] base::Result<std::string> writeSpecification(const ExpectRequest& request);

/// A condition as a policy file states it, in flow style.
[[nodiscard]] std::string writeCondition(const catalog::Condition& condition);

/// A rule as an entry of `rules`, its lines at most 110 columns where its words let them be.
[[nodiscard]] std::string writeRule(const catalog::PolicyRule& rule);

} // namespace bulkhead::policy
