#pragma once

#include "core/wire/probe_plan.h"

namespace bulkhead::probe {

/// Makes one try. Only the system calls of wire::callsOf, no allocation, nothing written; what it opened is
/// closed again.
[[nodiscard]] wire::ProbeAnswer attempt(wire::Try what, const char* path);

} // namespace bulkhead::probe
