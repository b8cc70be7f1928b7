#pragma once

#include "core/lab/doctor.h"

#include <string>
#include <vector>

namespace bulkhead::lab {

/// For each word of `lab run --engine` but auto: whether it can launch here, why not, and how to change it.
/// Asks the engines that listen; starts nothing.
[[nodiscard]] std::vector<Finding> examineLaunchers(const std::string& searchPath);

} // namespace bulkhead::lab
