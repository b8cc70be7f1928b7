#include "core/twin/verdict.h"

#include <algorithm>
#include <string>

namespace bulkhead::twin {

using model::ArgumentCondition;
using model::ArgumentOperator;
using model::SeccompAction;

namespace {

bool passes(SeccompAction action) {
    return action == SeccompAction::allow || action == SeccompAction::log;
}

bool holds(const ArgumentCondition& condition, std::uint64_t argument) {
    const std::uint64_t value = argument & condition.mask.value;
    const std::uint64_t other = condition.value.value;
    switch (condition.op) {
    case ArgumentOperator::equal:
        return value == other;
    case ArgumentOperator::notEqual:
        return value != other;
    case ArgumentOperator::less:
        return value < other;
    case ArgumentOperator::lessOrEqual:
        return value <= other;
    case ArgumentOperator::greater:
        return value > other;
    case ArgumentOperator::greaterOrEqual:
        return value >= other;
    }
    return true;
}

/// The case may be the one that applies.
bool isPossible(const model::SeccompCase& one, const wire::PlannedCall& call) {
    return std::ranges::all_of(one.when, [&](const ArgumentCondition& condition) {
        const auto& known = condition.arg < call.args.size() ? call.args[condition.arg] : std::nullopt;
        return !known || holds(condition, *known);
    });
}

} // namespace

bool isAllowed(const model::ArchVerdicts& verdicts, const wire::PlannedCall& call) {
    const auto found = verdicts.calls.find(std::string(call.name));
    const model::SeccompVerdict& verdict = found == verdicts.calls.end() ? verdicts.others : found->second;
    if (verdict.kernelExempt.value_or(false)) {
        return true;
    }
    if (verdict.cases.empty()) {
        return passes(verdict.action);
    }
    return std::ranges::all_of(verdict.cases, [&](const model::SeccompCase& one) {
        return !isPossible(one, call) || passes(one.action);
    });
}

bool isAllowed(const model::ArchVerdicts& verdicts, wire::Try what) {
    return std::ranges::all_of(
        wire::kindOf(what).calls, [&](const wire::PlannedCall& call) { return isAllowed(verdicts, call); });
}

} // namespace bulkhead::twin
