#include "core/seccomp/arithmetic.h"
#include "core/seccomp/value.h"

#include <utility>

namespace bulkhead::seccomp {

namespace {

// The bits of `y`, which stand where the value has its mask, moved to where the word has them.
std::uint64_t inWord(const Value& value, std::uint32_t y) {
    return value.shift >= 0 ? static_cast<std::uint64_t>(y) << static_cast<unsigned>(value.shift)
                            : static_cast<std::uint64_t>(y) >> static_cast<unsigned>(-value.shift);
}

// Values of `(word >> shift) & mask` as a condition on the word: moving bits keeps their order.
Part partOf(const Value& value, const Intervals& ys) {
    Part part{value.word, {inWord(value, value.mask), {}}};
    part.values.parts.reserve(ys.parts.size());
    for (const Interval& each : ys.parts) {
        part.values.parts.push_back(
            {inWord(value, static_cast<std::uint32_t>(each.low)),
             inWord(value, static_cast<std::uint32_t>(each.high))});
    }
    return part;
}

Test decided(const Value& value, const Intervals& ys) {
    if (ys.isEmpty() || ys.isFull()) {
        return ys.isFull();
    }
    return partOf(value, ys);
}

Test equals(const Value& value, std::uint32_t k) {
    if ((k & ~value.mask) != value.constant) {
        return false;
    }
    const std::uint32_t y = (k & value.mask) ^ value.flip;
    return decided(value, intervalsBetween(y, y, value.mask));
}

Test hasBits(const Value& value, std::uint32_t k) {
    if ((value.constant & k) != 0) {
        return true;
    }
    Value tested = value;
    tested.mask &= k;
    if (tested.mask == 0) {
        return false;
    }
    const std::uint32_t none = value.flip & tested.mask;
    return decided(tested, complementOf(intervalsBetween(none, none, tested.mask)));
}

// value >= k, with k from 0 to 2^32.
Test atLeast(const Value& value, std::uint64_t k) {
    if (value.flip == 0) { // value = y + constant
        const std::uint64_t least = k > value.constant ? k - value.constant : 0;
        return decided(value, intervalsBetween(least, value.mask, value.mask));
    }
    if (value.flip == value.mask) { // value = mask - y + constant
        const std::uint64_t greatest = static_cast<std::uint64_t>(value.mask) + value.constant;
        if (greatest < k) {
            return false;
        }
        return decided(value, intervalsBetween(0, greatest - k, value.mask));
    }
    return Undecided{};
}

Test negation(Test test) {
    if (const bool* known = std::get_if<bool>(&test)) {
        return !*known;
    }
    if (const Part* part = std::get_if<Part>(&test)) {
        return Part{part->word, complementOf(part->values)};
    }
    return test;
}

Test againstConstant(std::uint16_t code, const Value& value, std::uint32_t k) {
    switch (code & op::kOperation) {
    case op::kEqual:
        return equals(value, k);
    case op::kGreater:
        return atLeast(value, static_cast<std::uint64_t>(k) + 1);
    case op::kGreaterOrEqual:
        return atLeast(value, k);
    default:
        return hasBits(value, k);
    }
}

// The constant stands on the left: k > value is not (value >= k).
Test constantAgainst(std::uint16_t code, std::uint32_t k, const Value& value) {
    switch (code & op::kOperation) {
    case op::kGreater:
        return negation(atLeast(value, k));
    case op::kGreaterOrEqual:
        return negation(atLeast(value, static_cast<std::uint64_t>(k) + 1));
    default:
        return againstConstant(code, value, k);
    }
}

} // namespace

Part equalTo(const Value& value, std::uint32_t wanted) {
    const std::uint32_t y = (wanted & value.mask) ^ value.flip;
    return partOf(value, intervalsBetween(y, y, value.mask));
}

Test testOf(std::uint16_t code, const Value& a, const Value& b) {
    const std::uint16_t operation = code & op::kOperation;
    if (a.isConstant() && b.isConstant()) {
        return holdsTest(code, a.constant, b.constant);
    }
    if (Expressions::areSame(a, b) && operation != op::kAnyBit) {
        return operation != op::kGreater;
    }
    if (a.opaque != 0 || b.opaque != 0) {
        return Undecided{};
    }
    if (b.isConstant()) {
        return againstConstant(code, a, b.constant);
    }
    if (a.isConstant()) {
        return constantAgainst(code, a.constant, b);
    }
    return Undecided{};
}

} // namespace bulkhead::seccomp
