#pragma once

#include "app/cli/verb.h"
#include "core/policy/decision.h"

#include <string>
#include <vector>

namespace bulkhead::cli {

/// Decisions in the form asked for: table, json, sarif or junit.
[[nodiscard]] std::string
renderDecisions(const std::string& format, const std::vector<policy::Decision>& decisions);

/// What decisions leave for the shell: the gate where something was denied; where something could not be
/// told, that is said, and is the gate too where `strict`.
[[nodiscard]] Exit gateOf(const std::vector<policy::Decision>& decisions, bool strict);

} // namespace bulkhead::cli
