#pragma once

#include "core/kernel/filter_verdicts.h"
#include "core/kernel/filters.h"
#include "core/kernel/reading.h"
#include "core/kernel/status.h"
#include "core/model/seccomp.h"

#include <string>

namespace bulkhead::kernel {

/// What the facts are made from.
struct SeccompInputs {
    const Reading<TaskStatus>& status;
    const model::Fact<std::string>& arch;
    std::string source; ///< of status
    const Reading<LiveFilters>& filters;
    const Reading<seccomp::Machine>& abis;
};

/// How the process is filtered: mode and count as status has them, and where it has filters what was read of
/// them and what they answer. With threads that differ the facts are those of the widest.
[[nodiscard]] model::Seccomp buildSeccomp(const SeccompInputs& in);

} // namespace bulkhead::kernel
