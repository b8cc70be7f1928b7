#pragma once

#include "core/model/seccomp.h"
#include "core/seccomp/arch.h"
#include "core/seccomp/program.h"

namespace bulkhead::seccomp {

/// The verdicts of one ABI, all of its numbers: 0 to 2^32 - 1, but on x86_64 those with the x32 bit alone in
/// front (they are x32's).
[[nodiscard]] model::ArchVerdicts evaluateArch(const Stack& stack, const Arch& arch);

} // namespace bulkhead::seccomp
