#pragma once

#include "core/base/error.h"
#include "core/model/identity.h"

#include <map>
#include <string>
#include <string_view>

namespace bulkhead::kernel {

/// Reads /proc/PID/limits (proc(5), fs/proc/base.c lnames) by RLIMIT_ name. Lines it has no name for are
/// passed over; Malformed names the line.
[[nodiscard]] base::Result<std::map<std::string, model::ResourceLimit>>
parseResourceLimits(std::string_view text);

} // namespace bulkhead::kernel
