#pragma once

#include "core/threat/judge.h"

namespace bulkhead::session {

/// The catalogue that ships with the program (resources/weaknesses, resources/advisories), compiled.
[[nodiscard]] base::Result<threat::Judge> loadJudge();

} // namespace bulkhead::session
