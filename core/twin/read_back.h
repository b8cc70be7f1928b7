#pragma once

#include "core/model/fact.h"
#include "core/twin/target.h"

#include <map>
#include <string>
#include <sys/types.h>

namespace bulkhead::twin {

/// Holds the stopped twin against its target as the host sees both, attribute by attribute: true where they
/// are the same, a gap where they are not, and a gap for what nobody can copy or compare. `labelError` is
/// what taking the label over gave.
[[nodiscard]] std::map<std::string, model::Fact<bool>>
readBack(const Target& target, pid_t twin, int labelError);

/// The judgement on two texts of /proc/PID/status: the lines that must be the same.
[[nodiscard]] std::map<std::string, model::Fact<bool>>
compareStatus(const std::string& target, const std::string& twin);

} // namespace bulkhead::twin
