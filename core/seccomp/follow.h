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

/// The way of one call through a program, whatever its arguments: what each instruction does with it. Each
/// test of arguments is looked at by itself, so that a way may be shown that two tests together rule out;
/// none that a call can take is left out.
[[nodiscard]] std::vector<Step> followCall(const Program& program, const Arch& arch, std::uint32_t number);

} // namespace bulkhead::seccomp
