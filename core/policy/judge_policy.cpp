#include "core/policy/judge_policy.h"

#include <algorithm>
#include <map>
#include <utility>

namespace bulkhead::policy {

using model::Snapshot;
using model::Truth;

const Snapshot* Accounts::at(model::Vantage vantage) const {
    switch (vantage) {
    case model::Vantage::declared:
        return declared;
    case model::Vantage::enforced:
        return enforced;
    default:
        return experienced;
    }
}

const Snapshot* Accounts::strongest() const {
    return enforced != nullptr ? enforced : declared != nullptr ? declared : experienced;
}

namespace {

RuleAbout aboutOf(const catalog::PolicyRule& rule) {
    RuleAbout about{rule.id, rule.title, rule.help, rule.stage, {}};
    about.references.reserve(rule.references.size());
    for (const catalog::Reference& reference : rule.references) {
        about.references.push_back({reference.catalogue, reference.id, reference.title});
    }
    return about;
}

/// Facts and gaps as inputs, each path once.
std::vector<Input> inputsOf(const threat::Explanation& why) {
    std::vector<Input> out;
    const auto add = [&](Input input) {
        if (std::ranges::find(out, input.path, &Input::path) == out.end()) {
            out.push_back(std::move(input));
        }
    };
    for (const threat::FactUsed& fact : why.facts) {
        add({fact.path, fact.value, fact.evidence});
    }
    for (const model::Gap& gap : why.gaps) {
        add({gap.path, "not known: " + gap.why.reason, {}});
    }
    return out;
}

std::string gapsAsReason(const threat::Explanation& why) {
    constexpr std::size_t kShown = 3;
    std::string text;
    for (std::size_t i = 0; i < why.gaps.size() && i < kShown; ++i) {
        const model::Gap& gap = why.gaps[i];
        text += (i == 0 ? "" : "; ") + gap.path + ": " + gap.why.reason;
        text += gap.why.needs.empty() ? "" : " (needs " + gap.why.needs + ")";
    }
    if (why.gaps.size() > kShown) {
        text += "; and " + std::to_string(why.gaps.size() - kShown) + " more";
    }
    return text.empty() ? "a fact that would decide is not known" : text;
}

Verdict verdictOf(const catalog::PolicyRule& rule, Truth truth) {
    if (truth == Truth::unknown) {
        return Verdict::unknown;
    }
    return (truth == Truth::yes) == rule.refuses ? Verdict::deny : Verdict::allow;
}

Decision
decideRule(const catalog::PolicyRule& rule, const threat::Compiled& condition, threat::Inquiry& inquiry) {
    const threat::Scope scope = inquiry.scope();
    Decision decision;
    decision.rule = aboutOf(rule);
    decision.boundary = std::string(model::nameOf(scope.snapshot->vantage));
    const Truth truth = condition.truth(scope);
    threat::Explanation why;
    condition.explain(scope, truth, why);
    decision.verdict = verdictOf(rule, truth);
    decision.inputs = inputsOf(why);
    switch (decision.verdict) {
    case Verdict::deny:
        decision.reason = rule.message;
        break;
    case Verdict::allow:
        decision.reason = rule.refuses ? "the refused condition does not hold" : "what is required holds";
        break;
    default:
        decision.reason = gapsAsReason(why);
    }
    return decision;
}

Decision withoutAccount(const catalog::PolicyRule& rule) {
    Decision decision;
    decision.rule = aboutOf(rule);
    decision.boundary = rule.vantage ? std::string(model::nameOf(*rule.vantage)) : "";
    decision.reason = "there is no " + decision.boundary + " account of the subject";
    return decision;
}

} // namespace

base::Result<PolicyJudge>
PolicyJudge::of(catalog::Policy policy, std::shared_ptr<const threat::Judge> judge) {
    PolicyJudge out;
    out.m_judge = std::move(judge);
    threat::Questions questions;
    for (const catalog::PolicyRule& rule : policy.rules) {
        auto compiled = threat::Compiled::of(rule.when, out.m_judge->catalogue(), questions);
        if (!compiled) {
            return base::fail(base::ErrorKind::malformed, policy.file + ":" + compiled.error().message);
        }
        out.m_conditions.push_back(std::move(*compiled));
    }
    out.m_policy = std::make_shared<const catalog::Policy>(std::move(policy));
    return out;
}

std::vector<Decision> PolicyJudge::decide(const Accounts& accounts) const {
    std::vector<Decision> out;
    std::map<const Snapshot*, threat::Inquiry> inquiries; // of each account one
    for (std::size_t i = 0; i < m_conditions.size(); ++i) {
        const catalog::PolicyRule& rule = m_policy->rules[i];
        const Snapshot* snapshot = rule.vantage ? accounts.at(*rule.vantage) : accounts.strongest();
        out.push_back(
            snapshot == nullptr
                ? withoutAccount(rule)
                : decideRule(
                      rule, m_conditions[i], inquiries.try_emplace(snapshot, *snapshot).first->second));
    }
    if (const Snapshot* snapshot = accounts.strongest(); snapshot != nullptr) {
        std::ranges::move(decidePaths(*m_policy, *m_judge, *snapshot), std::back_inserter(out));
    }
    for (Decision& decision : out) {
        decision.subject = accounts.name;
        decision.policy = m_policy->name;
    }
    return out;
}

} // namespace bulkhead::policy
