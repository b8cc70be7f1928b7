#pragma once

#include "core/seccomp/conjunction.h"
#include "core/seccomp/program.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bulkhead::seccomp {

/// What a register holds on one way through a program: bits of one word of the call among constant ones, or
/// something that defies exact evaluation.
///
///     value = (((word >> shift) & mask) ^ flip) | constant
///
/// `flip` lies within the mask, `constant` outside; a constant has mask 0. A negative shift is one to the
/// left.
struct Value {
    std::uint32_t constant = 0;
    std::uint32_t mask = 0;
    std::uint32_t flip = 0;
    std::int32_t shift = 0;
    std::uint32_t word = 0;   ///< of kWords
    std::uint32_t opaque = 0; ///< not 0: an expression of the pool, and the rest says nothing

    [[nodiscard]] bool isConstant() const { return opaque == 0 && mask == 0; }
    auto operator<=>(const Value&) const = default;
};

/// How an expression came to be; equal ones have equal values.
struct ExpressionKey {
    std::uint32_t code = 0;
    Value a;
    Value b;

    auto operator<=>(const ExpressionKey&) const = default;
};

/// The expressions of one evaluation. Number 0 is none; the last number stands for all that a hostile program
/// makes beyond the bound, of which no two are known to be equal.
class Expressions {
public:
    /// The expression's number; `text` writes it where it is new.
    [[nodiscard]] std::uint32_t add(const ExpressionKey& key, const std::function<std::string()>& text);
    [[nodiscard]] const std::string& text(std::uint32_t number) const;
    /// Whether the call's number is part of any of them.
    [[nodiscard]] bool involveNumber() const { return m_numberInvolved; }
    /// Whether the values are certain to be equal.
    [[nodiscard]] static bool areSame(const Value& a, const Value& b);

private:
    std::vector<std::string> m_texts;
    std::map<ExpressionKey, std::uint32_t> m_numbers;
    bool m_numberInvolved = false;
};

[[nodiscard]] Value constantValue(std::uint32_t value);

/// The 32 bits at an offset of struct seccomp_data.
[[nodiscard]] Value loadedValue(std::uint32_t offset, std::uint32_t arch, Expressions& pool);

/// The value once a word of the call is known.
[[nodiscard]] Value resolved(const Value& value, std::uint32_t word, std::uint64_t known);

/// Arithmetic; a divisor that may be 0 is the caller's to exclude.
[[nodiscard]] Value computed(std::uint16_t code, const Value& a, const Value& b, Expressions& pool);
[[nodiscard]] Value negated(const Value& value, Expressions& pool);

/// A test that is decided, one that is a condition on the call, or none that is exact.
struct Undecided {};
using Test = std::variant<bool, Part, Undecided>;
[[nodiscard]] Test testOf(std::uint16_t code, const Value& a, const Value& b);

/// The condition that a value with a mask equals `value`, which must be one it can take.
[[nodiscard]] Part equalTo(const Value& value, std::uint32_t wanted);

/// The value as a person reads it: "arg0 & 0x7e020000".
[[nodiscard]] std::string toText(const Value& value, const Expressions& pool);

} // namespace bulkhead::seccomp
