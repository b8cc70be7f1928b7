#pragma once

#include "core/base/error.h"
#include "core/kernel/bpf_machine.h"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace bulkhead::kernel {

/// What a register of a device program holds when the numbers of the device are left open.
struct BpfValue {
    enum class Kind { constant, major, minor, context, frame, unknown };

    Kind kind = Kind::unknown;
    std::uint64_t number = 0; ///< the constant; the offset of an address, as two's complement
    unsigned shifted = 0;     ///< a major or minor moved left by so many bits: 0 or 32

    [[nodiscard]] bool isConstant() const { return kind == Kind::constant; }
    [[nodiscard]] bool isNumber() const { return kind == Kind::major || kind == Kind::minor; }
    bool operator==(const BpfValue&) const = default;
};

[[nodiscard]] inline BpfValue constantValue(std::uint64_t number) {
    return {BpfValue::Kind::constant, number, 0};
}

/// BPF_ALU and BPF_ALU64: what the destination holds afterwards. `code` is the instruction's, the operand a
/// register or the sign-extended immediate. nullopt: an instruction this version does not know.
[[nodiscard]] std::optional<BpfValue>
calculate(std::uint8_t code, const BpfValue& destination, const BpfValue& operand);

/// A conditional jump of two constants; nullopt for an unknown condition.
[[nodiscard]] std::optional<bool> isTaken(std::uint8_t code, std::uint64_t left, std::uint64_t right);

/// The numbers of `from` for which a conditional jump against a constant is taken. nullopt where that is no
/// small number of spans (a test of single bits).
[[nodiscard]] std::optional<Spans> takenFor(std::uint8_t code, const Spans& from, std::uint64_t right);

/// `from` without `taken`, which lies within it.
[[nodiscard]] Spans withoutSpans(const Spans& from, const Spans& taken);

} // namespace bulkhead::kernel
