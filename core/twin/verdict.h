#pragma once

#include "core/model/seccomp.h"
#include "core/wire/probe_calls.h"

namespace bulkhead::twin {

/// The call is let pass whatever its open arguments are: every case that its known arguments admit is allow
/// or log. Anything else (a denial, a notification, a doubt) is not a yes.
[[nodiscard]] bool isAllowed(const model::ArchVerdicts& verdicts, const wire::PlannedCall& call);

/// All calls of a try are.
[[nodiscard]] bool isAllowed(const model::ArchVerdicts& verdicts, wire::Try what);

} // namespace bulkhead::twin
