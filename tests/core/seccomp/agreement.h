#pragma once

#include "core/seccomp/evaluate.h"
#include "tests/core/seccomp/brute_force.h"

#include <cstddef>
#include <string>

namespace bulkhead::seccomp::test {

/// What was compared so far.
struct Tally {
    std::size_t inputs = 0;
    std::size_t undetermined = 0;
};

/// Evaluates a stack for every ABI of the machine and runs the independent interpreter on `inputs` random
/// calls of these: the runner, the verdicts and their cases must say what it says, the cases of a verdict
/// must be disjoint and complete, and every witness must be true. Empty, or what differs, with the programs.
[[nodiscard]] std::string
disagreement(const Stack& stack, const Machine& machine, Random& random, int inputs, Tally& tally);

/// The same program for the other machine: it looks for AUDIT_ARCH_AARCH64 and AUDIT_ARCH_ARM.
[[nodiscard]] Program forArm(Program program);

} // namespace bulkhead::seccomp::test
