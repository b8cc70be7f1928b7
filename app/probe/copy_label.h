#pragma once

#include "core/wire/probe_plan.h"

namespace bulkhead::probe {

/// Opens the file of `folder` (/proc/self/attr) that takes the label, for a later write of this same process.
/// -1 where the plan has no label; -1 too where it cannot be opened, and the errno stands in the plan.
[[nodiscard]] int openLabel(const char* folder, wire::ProbePlan& plan);

/// Takes the label over in one write, and closes the file. A refusal stands in the plan.
void copyLabel(int file, wire::ProbePlan& plan);

} // namespace bulkhead::probe
