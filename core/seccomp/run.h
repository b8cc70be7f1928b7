#pragma once

#include "core/seccomp/action.h"
#include "core/seccomp/program.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace bulkhead::seccomp {

/// What a filter sees of one call (struct seccomp_data).
struct CallData {
    std::uint32_t number = 0;
    std::uint32_t arch = 0;
    std::uint64_t instructionPointer = 0;
    std::array<std::uint64_t, 6> args{};
};

/// How one program ended.
struct Returned {
    std::uint32_t value = 0;
    std::size_t instruction = 0; ///< the one that returned
    std::size_t steps = 0;       ///< instructions run
};

/// The answer of a stack and the place that decided.
struct Decision {
    Answer answer;
    std::size_t filter = 0; ///< index in the stack, 0 the oldest
    Returned returned;
};

/// Runs one program on one call.
[[nodiscard]] Returned run(const Program& program, const CallData& data);

/// Runs a stack as the kernel does: all filters, the strictest wins, among equals the newest. An empty stack
/// allows, decided by no filter.
[[nodiscard]] Decision decide(const Stack& stack, const CallData& data);

} // namespace bulkhead::seccomp
