#pragma once

#include <cstdint>

/// Codes of classic BPF that a seccomp filter may have (linux/bpf_common.h, linux/filter.h).
namespace bulkhead::seccomp::op {

inline constexpr std::uint16_t kLoadImmediate = 0x00;
inline constexpr std::uint16_t kLoadData = 0x20;
inline constexpr std::uint16_t kLoadMemory = 0x60;
inline constexpr std::uint16_t kLoadLength = 0x80;
inline constexpr std::uint16_t kLoadXImmediate = 0x01;
inline constexpr std::uint16_t kLoadXMemory = 0x61;
inline constexpr std::uint16_t kLoadXLength = 0x81;
inline constexpr std::uint16_t kStore = 0x02;
inline constexpr std::uint16_t kStoreX = 0x03;
inline constexpr std::uint16_t kReturn = 0x06;
inline constexpr std::uint16_t kReturnA = 0x16;
inline constexpr std::uint16_t kXFromA = 0x07;
inline constexpr std::uint16_t kAFromX = 0x87;
inline constexpr std::uint16_t kJump = 0x05;
inline constexpr std::uint16_t kNegate = 0x84;

inline constexpr std::uint16_t kClassMask = 0x07;
inline constexpr std::uint16_t kClassAlu = 0x04;
inline constexpr std::uint16_t kClassJump = 0x05;
inline constexpr std::uint16_t kFromX = 0x08; ///< the operand is X instead of the constant
inline constexpr std::uint16_t kOperation = 0xf0;

inline constexpr std::uint16_t kAdd = 0x00;
inline constexpr std::uint16_t kSubtract = 0x10;
inline constexpr std::uint16_t kMultiply = 0x20;
inline constexpr std::uint16_t kDivide = 0x30;
inline constexpr std::uint16_t kOr = 0x40;
inline constexpr std::uint16_t kAnd = 0x50;
inline constexpr std::uint16_t kShiftLeft = 0x60;
inline constexpr std::uint16_t kShiftRight = 0x70;
inline constexpr std::uint16_t kXor = 0xa0;

inline constexpr std::uint16_t kEqual = 0x10;
inline constexpr std::uint16_t kGreater = 0x20;
inline constexpr std::uint16_t kGreaterOrEqual = 0x30;
inline constexpr std::uint16_t kAnyBit = 0x40;

/// A jump with a condition, on the constant or on X.
[[nodiscard]] constexpr bool isBranch(std::uint16_t code) {
    return (code & kClassMask) == kClassJump && code != kJump;
}

/// Arithmetic with two operands.
[[nodiscard]] constexpr bool isAlu(std::uint16_t code) {
    return (code & kClassMask) == kClassAlu && code != kNegate;
}

} // namespace bulkhead::seccomp::op
