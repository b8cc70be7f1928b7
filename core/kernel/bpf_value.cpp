#include "core/kernel/bpf_value.h"

#include <algorithm>
#include <bit>
#include <linux/bpf.h>

namespace bulkhead::kernel {

namespace {

using Kind = BpfValue::Kind;

constexpr std::uint64_t kLow32 = 0xFFFFFFFF;

bool is64(std::uint8_t code) {
    return (code & 7U) == BPF_ALU64;
}

std::uint64_t shiftedRightWithSign(std::uint64_t value, std::uint64_t by, bool wide) {
    return wide ? static_cast<std::uint64_t>(std::bit_cast<std::int64_t>(value) >> by)
                : static_cast<std::uint32_t>(
                      std::bit_cast<std::int32_t>(static_cast<std::uint32_t>(value)) >> by);
}

/// Operations on two constants; division by zero gives 0, and modulo leaves the destination
/// (kernel/bpf/core.c).
std::optional<std::uint64_t> calculateConstants(std::uint8_t code, std::uint64_t left, std::uint64_t right) {
    const bool wide = is64(code);
    const std::uint64_t mask = wide ? ~std::uint64_t{0} : kLow32;
    left &= mask;
    right &= mask;
    const std::uint64_t by = right & (wide ? 63U : 31U);
    switch (code & 0xF0U) {
    case BPF_ADD:
        return (left + right) & mask;
    case BPF_SUB:
        return (left - right) & mask;
    case BPF_MUL:
        return (left * right) & mask;
    case BPF_DIV:
        return right == 0 ? 0 : left / right;
    case BPF_MOD:
        return right == 0 ? left : left % right;
    case BPF_OR:
        return left | right;
    case BPF_AND:
        return left & right;
    case BPF_XOR:
        return left ^ right;
    case BPF_LSH:
        return (left << by) & mask;
    case BPF_RSH:
        return left >> by;
    case BPF_ARSH:
        return shiftedRightWithSign(left, by, wide);
    case BPF_NEG:
        return (std::uint64_t{0} - left) & mask;
    case BPF_MOV:
        return right;
    default:
        return std::nullopt;
    }
}

/// A major or minor keeps its meaning through moves, masks that hold it whole, and the pair of shifts with
/// which compilers cut to 32 bits.
BpfValue calculateNumber(std::uint8_t code, const BpfValue& value, const BpfValue& operand) {
    const BpfValue unknown;
    if (!operand.isConstant()) {
        return unknown;
    }
    const std::uint64_t width = value.kind == Kind::major ? kMajors : kMinors;
    switch (code & 0xF0U) {
    case BPF_AND:
        return value.shifted == 0 && (operand.number & (width - 1)) == width - 1 ? value : unknown;
    case BPF_ADD:
    case BPF_OR:
    case BPF_XOR:
    case BPF_SUB:
        return operand.number == 0 ? value : unknown;
    case BPF_LSH:
        return is64(code) && value.shifted == 0 && operand.number == 32
                   ? BpfValue{value.kind, 0, 32}
                   : (operand.number == 0 ? value : unknown);
    case BPF_RSH:
    case BPF_ARSH: // device numbers leave the sign bit clear
        return is64(code) && value.shifted == 32 && operand.number == 32
                   ? BpfValue{value.kind, 0, 0}
                   : (operand.number == 0 ? value : unknown);
    default:
        return unknown;
    }
}

BpfValue calculateAddress(std::uint8_t code, const BpfValue& value, const BpfValue& operand) {
    if (!is64(code) || !operand.isConstant()) {
        return {};
    }
    switch (code & 0xF0U) {
    case BPF_ADD:
        return {value.kind, value.number + operand.number, 0};
    case BPF_SUB:
        return {value.kind, value.number - operand.number, 0};
    default:
        return {};
    }
}

/// Taken for the numbers from `low` to `high`.
Spans within(const Spans& from, std::uint64_t low, std::uint64_t high) {
    Spans out;
    for (const Span& span : from) {
        const Span cut{std::max(span.first, low), std::min(span.last, high)};
        if (cut.first <= cut.last) {
            out.push_back(cut);
        }
    }
    return out;
}

/// Signed against unsigned: device numbers are small, so that a negative constant is below them all.
std::optional<Spans> orderedFor(std::uint8_t condition, const Spans& from, std::int64_t right) {
    const bool negative = right < 0;
    const auto bound = static_cast<std::uint64_t>(right);
    constexpr std::uint64_t kMost = ~std::uint64_t{0};
    switch (condition) {
    case BPF_JSGT:
        return negative ? from : takenFor(BPF_JMP | BPF_JGT, from, bound);
    case BPF_JSGE:
        return negative ? from : within(from, bound, kMost);
    case BPF_JSLT:
        return negative ? Spans() : takenFor(BPF_JMP | BPF_JLT, from, bound);
    case BPF_JSLE:
        return negative ? Spans() : within(from, 0, bound);
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<BpfValue> calculate(std::uint8_t code, const BpfValue& destination, const BpfValue& operand) {
    const bool move = (code & 0xF0U) == BPF_MOV;
    if (move && !operand.isConstant()) {
        const bool keeps = is64(code) || (operand.isNumber() && operand.shifted == 0);
        return keeps ? operand : BpfValue{};
    }
    if ((move || destination.isConstant()) && operand.isConstant()) {
        const auto number = calculateConstants(code, destination.number, operand.number);
        return number ? std::optional(constantValue(*number)) : std::nullopt;
    }
    if (!calculateConstants(code, 1, 1)) {
        return std::nullopt;
    }
    if (destination.isNumber()) {
        return calculateNumber(code, destination, operand);
    }
    if (destination.kind == Kind::context || destination.kind == Kind::frame) {
        return calculateAddress(code, destination, operand);
    }
    return BpfValue{};
}

std::optional<bool> isTaken(std::uint8_t code, std::uint64_t left, std::uint64_t right) {
    const bool wide = (code & 7U) == BPF_JMP;
    const std::uint64_t mask = wide ? ~std::uint64_t{0} : kLow32;
    left &= mask;
    right &= mask;
    const auto withSign = [&](std::uint64_t value) {
        return wide ? std::bit_cast<std::int64_t>(value)
                    : std::int64_t{std::bit_cast<std::int32_t>(static_cast<std::uint32_t>(value))};
    };
    switch (code & 0xF0U) {
    case BPF_JEQ:
        return left == right;
    case BPF_JNE:
        return left != right;
    case BPF_JGT:
        return left > right;
    case BPF_JGE:
        return left >= right;
    case BPF_JLT:
        return left < right;
    case BPF_JLE:
        return left <= right;
    case BPF_JSET:
        return (left & right) != 0;
    case BPF_JSGT:
        return withSign(left) > withSign(right);
    case BPF_JSGE:
        return withSign(left) >= withSign(right);
    case BPF_JSLT:
        return withSign(left) < withSign(right);
    case BPF_JSLE:
        return withSign(left) <= withSign(right);
    default:
        return std::nullopt;
    }
}

std::optional<Spans> takenFor(std::uint8_t code, const Spans& from, std::uint64_t right) {
    constexpr std::uint64_t kMost = ~std::uint64_t{0};
    const bool wide = (code & 7U) == BPF_JMP;
    right = wide ? right : right & kLow32;
    switch (code & 0xF0U) {
    case BPF_JEQ:
        return within(from, right, right);
    case BPF_JNE:
        return withoutSpans(from, within(from, right, right));
    case BPF_JGT:
        return right == kMost ? Spans() : within(from, right + 1, kMost);
    case BPF_JGE:
        return within(from, right, kMost);
    case BPF_JLT:
        return right == 0 ? Spans() : within(from, 0, right - 1);
    case BPF_JLE:
        return within(from, 0, right);
    case BPF_JSET:
        return std::nullopt;
    default:
        return orderedFor(
            code & 0xF0U, from,
            wide ? std::bit_cast<std::int64_t>(right)
                 : std::int64_t{std::bit_cast<std::int32_t>(static_cast<std::uint32_t>(right))});
    }
}

Spans withoutSpans(const Spans& from, const Spans& taken) {
    Spans out;
    for (Span span : from) {
        bool whole = true;
        for (const Span& cut : taken) {
            if (cut.last < span.first || span.last < cut.first) {
                continue;
            }
            if (span.first < cut.first) {
                out.push_back({span.first, cut.first - 1});
            }
            whole = cut.last < span.last;
            span.first = cut.last + 1;
            if (!whole) {
                break;
            }
        }
        if (whole) {
            out.push_back(span);
        }
    }
    return out;
}

} // namespace bulkhead::kernel
