#pragma once

#include "core/policy/decision.h"
#include "core/report/terminal_style.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::report {

/// Decisions for a person: of each subject and policy what was denied and what could not be told, with the
/// fields that decided and what to do; what was allowed is counted.
[[nodiscard]] std::string writeDecisions(
    const std::vector<policy::Decision>& decisions, std::size_t columns, const TerminalStyle& style);

/// `check --format json` of the command line's contract.
[[nodiscard]] std::string writeDecisionsJson(const std::vector<policy::Decision>& decisions);

/// One decision as a line of a log, with the time at which it was made (RFC 3339).
[[nodiscard]] std::string writeDecisionLine(const policy::Decision& decision, std::string_view time);

/// JUnit XML: a suite for each subject and policy, a case for each rule. What could not be told is skipped.
[[nodiscard]] std::string writeDecisionsJunit(const std::vector<policy::Decision>& decisions);

/// SARIF 2.1.0: a result for each field that denies, at its file and line; what could not be told is open.
[[nodiscard]] std::string writeDecisionsSarif(const std::vector<policy::Decision>& decisions);

} // namespace bulkhead::report
