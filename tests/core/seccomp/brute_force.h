#pragma once

#include "core/seccomp/program.h"

#include <array>
#include <cstdint>
#include <random>
#include <string>

namespace bulkhead::seccomp::test {

/// struct seccomp_data as the words a filter loads.
using Words = std::array<std::uint32_t, 16>;

/// The return value of one program, by the letter of the kernel's documentation; shares nothing with the code
/// under test but the struct of an instruction.
[[nodiscard]] std::uint32_t interpret(const Program& program, const Words& words);

/// The action of a stack as `seccomp eval` writes it: "allow", "errno(13)".
[[nodiscard]] std::string interpretStack(const Stack& stack, const Words& words);

using Random = std::mt19937_64;

/// A program as people and libraries write them: architecture, then numbers, then conditions on arguments.
[[nodiscard]] Program structuredProgram(Random& random);

/// Any valid program; `exact` leaves out arithmetic that no evaluation can follow.
[[nodiscard]] Program wildProgram(Random& random, bool exact);

/// A word that programs made here are likely to compare with.
[[nodiscard]] std::uint32_t likelyWord(Random& random);

} // namespace bulkhead::seccomp::test
