#pragma once

#include "core/catalog/policy.h"
#include "core/model/snapshot.h"
#include "core/policy/decision.h"
#include "core/threat/compiled.h"
#include "core/threat/judge.h"

#include <memory>
#include <string>
#include <vector>

namespace bulkhead::policy {

/// The accounts of one subject that rules may ask.
struct Accounts {
    std::string name;
    const model::Snapshot* declared = nullptr;
    const model::Snapshot* enforced = nullptr;
    const model::Snapshot* experienced = nullptr;

    [[nodiscard]] const model::Snapshot* at(model::Vantage vantage) const;
    /// What the kernel holds, else what was asked for.
    [[nodiscard]] const model::Snapshot* strongest() const;
};

/// A policy over facts, its conditions compiled: made once, asked about any number of subjects.
class PolicyJudge {
public:
    /// `judge` knows the catalogue that refused paths are made of, and is shared. Malformed, with file and
    /// line, where a condition names a fact that does not exist.
    [[nodiscard]] static base::Result<PolicyJudge>
    of(catalog::Policy policy, std::shared_ptr<const threat::Judge> judge);

    /// One decision for each rule, then one for each authority that no path may reach.
    [[nodiscard]] std::vector<Decision> decide(const Accounts& accounts) const;

    [[nodiscard]] const catalog::Policy& policy() const { return *m_policy; }

private:
    std::shared_ptr<const catalog::Policy> m_policy;
    std::shared_ptr<const threat::Judge> m_judge;
    std::vector<threat::Compiled> m_conditions; ///< one for each rule
};

/// The decisions about attack paths: whether an authority that the policy refuses can be come by.
[[nodiscard]] std::vector<Decision>
decidePaths(const catalog::Policy& policy, const threat::Judge& judge, const model::Snapshot& snapshot);

/// The authorities beyond the container that no path leads to, not even a possible one.
[[nodiscard]] model::AttackAuthorities
closedAuthorities(const threat::Judge& judge, const model::Snapshot& snapshot);

} // namespace bulkhead::policy
