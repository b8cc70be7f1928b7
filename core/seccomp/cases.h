#pragma once

#include "core/model/seccomp.h"
#include "core/seccomp/action.h"
#include "core/seccomp/conjunction.h"

#include <vector>

namespace bulkhead::seccomp {

/// One way a call may go: conditions on its arguments and the answer.
struct AnsweredCase {
    Conjunction when;
    Answer answer;
};

/// Cases that can be told apart in one verdict; more are not worth a reader's time nor ours.
inline constexpr std::size_t kMaxCases = 1024;

/// The fewest cases we find that say the same: answers that do not depend on arguments lose their conditions,
/// 32-bit halves are joined into 64-bit conditions, neighbours of one answer become one. The given cases are
/// disjoint and complete, and so are the results.
[[nodiscard]] std::vector<AnsweredCase> simplified(std::vector<AnsweredCase> cases);

/// The verdict of disjoint and complete cases. Nothing where they are more than kMaxCases.
[[nodiscard]] std::optional<model::SeccompVerdict> verdictOf(std::vector<AnsweredCase> cases);

/// The conditions of a model case as a conjunction, and a verdict as cases (one without conditions where its
/// arguments do not matter; none for an undetermined one).
[[nodiscard]] Conjunction conjunctionOf(const std::vector<model::ArgumentCondition>& when);
[[nodiscard]] std::vector<AnsweredCase> casesOf(const model::SeccompVerdict& verdict);

} // namespace bulkhead::seccomp
