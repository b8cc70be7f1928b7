#pragma once

#include "core/seccomp/arch.h"
#include "core/seccomp/program.h"

#include <cstdint>
#include <vector>

namespace bulkhead::seccomp {

/// What one instruction does with one call.
enum class Step {
    untouched, ///< the call does not come here
    passed,    ///< on its way
    names,     ///< a test of number or architecture that this call answers with yes
    asks,      ///< a test that the arguments decide: both ways are open
    answers,   ///< returns
};

/// The way of one call through a program, whatever its arguments: what each instruction does with it. Ways
/// that the tests of arguments rule out together are left out, none that a call can take is: where a program
/// has more ways than can be told apart, or tests what arithmetic made of its arguments, too many are shown.
[[nodiscard]] std::vector<Step> followCall(const Program& program, const Arch& arch, std::uint32_t number);

} // namespace bulkhead::seccomp
