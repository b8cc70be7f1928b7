#pragma once

#include <string>

namespace bulkhead::seccomp {

/// What this kernel says to a filter (seccomp(2), SECCOMP_SET_MODE_FILTER, in a child that exits): installed,
/// refused, or no word (the test itself may not install filters).
enum class KernelWord { installed, refused, none };

[[nodiscard]] KernelWord askKernel(std::string bytes);

} // namespace bulkhead::seccomp
