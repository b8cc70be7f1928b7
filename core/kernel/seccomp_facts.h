#pragma once

#include "core/kernel/filters.h"
#include "core/kernel/reading.h"
#include "core/kernel/status.h"
#include "core/model/seccomp.h"

#include <string>

namespace bulkhead::kernel {

/// How the process is filtered: mode and count as status has them, and where it has filters what was read of
/// them. With threads that differ the facts are those of the widest.
[[nodiscard]] model::Seccomp buildSeccomp(
    const Reading<TaskStatus>& status, const model::Fact<std::string>& arch, const std::string& source,
    const Reading<LiveFilters>& filters);

} // namespace bulkhead::kernel
