#pragma once

#include "core/seccomp/opcodes.h"

#include <cstdint>
#include <optional>

namespace bulkhead::seccomp {

/// Arithmetic of the filter machine: 32 bits, shifts by the low five bits; nothing for a division by 0.
[[nodiscard]] constexpr std::optional<std::uint32_t>
compute(std::uint16_t code, std::uint32_t a, std::uint32_t b) {
    switch (code & op::kOperation) {
    case op::kAdd:
        return a + b;
    case op::kSubtract:
        return a - b;
    case op::kMultiply:
        return a * b;
    case op::kDivide:
        return b == 0 ? std::nullopt : std::optional(a / b);
    case op::kOr:
        return a | b;
    case op::kAnd:
        return a & b;
    case op::kShiftLeft:
        return a << (b & 31U);
    case op::kShiftRight:
        return a >> (b & 31U);
    default: // op::kXor
        return a ^ b;
    }
}

/// The tests of branches, unsigned.
[[nodiscard]] constexpr bool holdsTest(std::uint16_t code, std::uint32_t a, std::uint32_t b) {
    switch (code & op::kOperation) {
    case op::kEqual:
        return a == b;
    case op::kGreater:
        return a > b;
    case op::kGreaterOrEqual:
        return a >= b;
    default: // op::kAnyBit
        return (a & b) != 0;
    }
}

} // namespace bulkhead::seccomp
