#pragma once

#include "core/seccomp/program.h"

#include <string>
#include <vector>

namespace bulkhead::seccomp::test {

/// A stack that was written to exhaust whoever evaluates it.
struct HostileStack {
    std::string name;
    Stack stack;
};

/// Exponential numbers of ways, arithmetic that nobody can follow, conditions that entangle, the longest
/// programs that the kernel takes and more of them than it takes.
[[nodiscard]] std::vector<HostileStack> hostileStacks();

} // namespace bulkhead::seccomp::test
