#pragma once

#include "core/wire/probe_plan.h"

namespace bulkhead::probe {

// What a twin takes over of its target, a verb each; false leaves the reason in errno.

[[nodiscard]] bool copyLimits(const wire::ProbePlan& plan);
[[nodiscard]] bool copyNoNewPrivileges(const wire::ProbePlan& plan);
[[nodiscard]] bool copyFilters(const wire::ProbePlan& plan);
[[nodiscard]] bool copyBounding(const wire::ProbePlan& plan);
[[nodiscard]] bool copyGids(const wire::ProbePlan& plan);
[[nodiscard]] bool copyUids(const wire::ProbePlan& plan);
[[nodiscard]] bool copyCapabilities(const wire::ProbePlan& plan);
[[nodiscard]] bool copyAmbient(const wire::ProbePlan& plan);

/// Who we are by the kernel's own word.
void readFacts(wire::TwinFacts& facts);

} // namespace bulkhead::probe
