#include "core/seccomp/value.h"

#include "core/seccomp/arithmetic.h"

#include <bit>
#include <fmt/format.h>

namespace bulkhead::seccomp {

namespace {

constexpr std::uint32_t kAllBits = 0xffffffff;
constexpr std::size_t kMaxText = 160; // of an expression; longer ones are cut, their sense is lost anyway
constexpr std::size_t kMaxExpressions = 4096;
constexpr std::uint32_t kComputed = 0x10000; // keys of arithmetic, told from those of loads
constexpr std::uint32_t kBeyond = kMaxExpressions + 1;

constexpr std::string_view symbolOf(std::uint16_t code) {
    switch (code & op::kOperation) {
    case op::kAdd:
        return "+";
    case op::kSubtract:
        return "-";
    case op::kMultiply:
        return "*";
    case op::kDivide:
        return "/";
    case op::kOr:
        return "|";
    case op::kAnd:
        return "&";
    case op::kShiftLeft:
        return "<<";
    case op::kShiftRight:
        return ">>";
    default:
        return "^";
    }
}

Value shiftedLeft(Value v, std::uint32_t by) {
    v.constant <<= by;
    v.mask <<= by;
    v.flip <<= by;
    v.shift -= static_cast<std::int32_t>(by);
    return v;
}

Value shiftedRight(Value v, std::uint32_t by) {
    v.constant >>= by;
    v.mask >>= by;
    v.flip >>= by;
    v.shift += static_cast<std::int32_t>(by);
    return v;
}

Value inverted(Value v) {
    v.constant ^= kAllBits & ~v.mask;
    v.flip ^= v.mask;
    return v;
}

// Whether the bits of both stand at the same places of the same word; a constant fits everything.
bool areAligned(const Value& a, const Value& b) {
    return a.isConstant() || b.isConstant() || (a.word == b.word && a.shift == b.shift);
}

Value andOf(const Value& a, const Value& b) {
    Value out = a.isConstant() ? b : a; // its word and shift
    const std::uint32_t onlyA = a.mask & b.constant;
    const std::uint32_t onlyB = b.mask & a.constant;
    const std::uint32_t same = a.mask & b.mask & ~(a.flip ^ b.flip); // a bit and its inverse make 0
    out.constant = a.constant & b.constant;
    out.mask = onlyA | onlyB | same;
    out.flip = (a.flip & (onlyA | same)) | (b.flip & onlyB);
    return out;
}

Value xorOf(const Value& a, const Value& b) {
    Value out = a.isConstant() ? b : a;
    const std::uint32_t varied = a.mask ^ b.mask; // where both vary, they are equal or inverse
    out.constant = ((a.constant ^ b.constant) & ~(a.mask | b.mask)) | ((a.flip ^ b.flip) & a.mask & b.mask);
    out.mask = varied;
    out.flip = (a.flip ^ b.flip ^ a.constant ^ b.constant) & varied;
    return out;
}

Value plain(Value v) {
    if (v.mask == 0) {
        v = constantValue(v.constant);
    }
    return v;
}

// Arithmetic with a constant that only moves bits.
std::optional<Value> moved(std::uint16_t code, const Value& a, std::uint32_t by) {
    switch (code & op::kOperation) {
    case op::kShiftLeft:
        return shiftedLeft(a, by & 31U);
    case op::kShiftRight:
        return shiftedRight(a, by & 31U);
    case op::kMultiply:
        if (by == 0) {
            return constantValue(0);
        }
        return std::has_single_bit(by)
                   ? std::optional(shiftedLeft(a, static_cast<unsigned>(std::countr_zero(by))))
                   : std::nullopt;
    case op::kDivide:
        return std::has_single_bit(by)
                   ? std::optional(shiftedRight(a, static_cast<unsigned>(std::countr_zero(by))))
                   : std::nullopt;
    case op::kSubtract:
        return by == 0 ? std::optional(a) : std::nullopt;
    default:
        return std::nullopt;
    }
}

std::optional<Value> exactly(std::uint16_t code, const Value& a, const Value& b) {
    const std::uint16_t operation = code & op::kOperation;
    if (a.isConstant() && b.isConstant()) {
        return constantValue(compute(code, a.constant, b.constant).value_or(0));
    }
    if (operation == op::kAnd && areAligned(a, b)) {
        return plain(andOf(a, b));
    }
    if (operation == op::kOr && areAligned(a, b)) {
        return plain(inverted(andOf(inverted(a), inverted(b))));
    }
    if (operation == op::kXor && areAligned(a, b)) {
        return plain(xorOf(a, b));
    }
    // A sum of numbers that have no bit in common is their union.
    const bool apart = ((a.mask | a.constant) & (b.mask | b.constant)) == 0;
    if (operation == op::kAdd && apart && areAligned(a, b)) {
        return plain(xorOf(a, b));
    }
    if (operation == op::kMultiply && a.isConstant()) {
        return exactly(code, b, a);
    }
    if (b.isConstant()) {
        if (const auto out = moved(code, a, b.constant)) {
            return plain(*out);
        }
    }
    const bool zero = a.isConstant() && a.constant == 0; // 0 shifted or divided by anything
    const bool scaling =
        operation == op::kDivide || operation == op::kShiftLeft || operation == op::kShiftRight;
    return zero && scaling ? std::optional(a) : std::nullopt;
}

// What even an opaque operand cannot change.
std::optional<Value> annihilated(std::uint16_t code, const Value& a, const Value& b) {
    const std::uint16_t operation = code & op::kOperation;
    if (operation == op::kSubtract || operation == op::kXor) {
        return Expressions::areSame(a, b) ? std::optional(constantValue(0)) : std::nullopt;
    }
    for (const Value* each : {&a, &b}) {
        const bool product = operation == op::kAnd || operation == op::kMultiply;
        if (each->isConstant() && each->constant == 0 && product) {
            return *each;
        }
        if (each->isConstant() && each->constant == kAllBits && operation == op::kOr) {
            return *each;
        }
    }
    return std::nullopt;
}

std::string inParentheses(const std::string& text) {
    return text.find(' ') == std::string::npos ? text : "(" + text + ")";
}

} // namespace

std::uint32_t Expressions::add(const ExpressionKey& key, const std::function<std::string()>& text) {
    const auto known = m_numbers.find(key);
    if (known != m_numbers.end()) {
        return known->second;
    }
    const auto isNumber = [](const Value& v) { return v.mask != 0 && v.word == kNumberWord; };
    m_numberInvolved = m_numberInvolved || isNumber(key.a) || isNumber(key.b);
    if (m_texts.size() >= kMaxExpressions) {
        return kBeyond;
    }
    std::string written = text();
    if (written.size() > kMaxText) {
        written = written.substr(0, kMaxText - 3) + "...";
    }
    m_texts.push_back(std::move(written));
    const auto number = static_cast<std::uint32_t>(m_texts.size());
    m_numbers.emplace(key, number);
    return number;
}

const std::string& Expressions::text(std::uint32_t number) const {
    static const std::string beyond = "one of too many expressions";
    return number == kBeyond ? beyond : m_texts[number - 1];
}

bool Expressions::areSame(const Value& a, const Value& b) {
    return a == b && a.opaque != kBeyond;
}

Value constantValue(std::uint32_t value) {
    Value out;
    out.constant = value;
    return out;
}

Value loadedValue(std::uint32_t offset, std::uint32_t arch, Expressions& pool) {
    Value out;
    switch (offset) {
    case 0:
        out.mask = kAllBits;
        out.word = kNumberWord;
        return out;
    case 4:
        return constantValue(arch);
    case 8:
        out.opaque = pool.add({8, {}, {}}, [] { return std::string("ip"); });
        return out;
    case 12:
        out.opaque = pool.add({12, {}, {}}, [] { return std::string("ip >> 32"); });
        return out;
    default:
        out.mask = kAllBits;
        out.word = (offset - 16) / 8;
        out.shift = offset % 8 == 4 ? 32 : 0;
        return out;
    }
}

Value resolved(const Value& value, std::uint32_t word, std::uint64_t known) {
    if (value.opaque != 0 || value.mask == 0 || value.word != word) {
        return value;
    }
    const std::uint64_t placed = value.shift >= 0 ? known >> static_cast<unsigned>(value.shift)
                                                  : known << static_cast<unsigned>(-value.shift);
    return constantValue(((static_cast<std::uint32_t>(placed) & value.mask) ^ value.flip) | value.constant);
}

Value computed(std::uint16_t code, const Value& a, const Value& b, Expressions& pool) {
    if (const auto out = annihilated(code, a, b)) {
        return *out;
    }
    if (a.opaque == 0 && b.opaque == 0) {
        if (const auto out = exactly(code, a, b)) {
            return *out;
        }
    }
    Value out;
    out.opaque = pool.add({code | kComputed, a, b}, [&] {
        return fmt::format(
            "{} {} {}", inParentheses(toText(a, pool)), symbolOf(code), inParentheses(toText(b, pool)));
    });
    return out;
}

Value negated(const Value& value, Expressions& pool) {
    if (value.isConstant()) {
        return constantValue(0U - value.constant);
    }
    Value out;
    out.opaque = pool.add(
        {op::kNegate | kComputed, value, {}}, [&] { return "-" + inParentheses(toText(value, pool)); });
    return out;
}

namespace {

std::string hex(std::uint32_t value) {
    return value < 10 ? fmt::format("{}", value) : fmt::format("{:#x}", value);
}

} // namespace

std::string toText(const Value& value, const Expressions& pool) {
    if (value.opaque != 0) {
        return pool.text(value.opaque);
    }
    if (value.mask == 0) {
        return hex(value.constant);
    }
    std::string text = value.word == kNumberWord ? "nr" : fmt::format("arg{}", value.word);
    if (value.shift != 0) {
        text = value.shift > 0 ? fmt::format("({} >> {})", text, value.shift)
                               : fmt::format("({} << {})", text, -value.shift);
    }
    if (value.mask != kAllBits) {
        text = fmt::format("{} & {}", text, hex(value.mask));
    }
    if (value.flip != 0) {
        text = fmt::format("{} ^ {}", inParentheses(text), hex(value.flip));
    }
    return value.constant == 0 ? text : fmt::format("{} | {}", inParentheses(text), hex(value.constant));
}

} // namespace bulkhead::seccomp
