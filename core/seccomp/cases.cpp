#include "core/seccomp/cases.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <set>

namespace bulkhead::seccomp {

using model::ArgumentCondition;
using model::ArgumentOperator;

namespace {

constexpr std::size_t kMaxLifted = 16; // values of an upper half that are joined one by one with the lower

/// Two masks of one word, all bits of the upper above those of the lower.
struct Halves {
    std::uint64_t upper = 0;
    std::uint64_t lower = 0;

    [[nodiscard]] std::uint64_t joint() const { return upper | lower; }
};

Intervals valuesOf(const Conjunction& when, std::uint32_t word, std::uint64_t mask) {
    const Intervals* found = when.find(word, mask);
    return found != nullptr ? *found : fullIntervals(mask);
}

// A condition on each half as one on both together, where intervals can say it.
std::optional<Intervals> lifted(const Intervals& upper, const Intervals& lower, const Halves& halves) {
    Intervals out{halves.joint(), {}};
    if (lower.isFull()) {
        for (const Interval& each : upper.parts) {
            out.parts.push_back({each.low, each.high | halves.lower});
        }
        return out;
    }
    std::size_t count = 0;
    for (const Interval& each : upper.parts) {
        for (std::uint64_t value = each.low;; value = nextSubmask(value, halves.upper)) {
            if (++count > kMaxLifted) {
                return std::nullopt;
            }
            for (const Interval& below : lower.parts) {
                out = unionOf(out, {halves.joint(), {{value | below.low, value | below.high}}});
            }
            if (value == each.high) {
                break;
            }
        }
    }
    return out;
}

// The halves in which the cases look at a word, if they do in two that can be joined.
std::optional<Halves> halvesOf(const std::vector<AnsweredCase>& cases, std::uint32_t word) {
    std::set<std::uint64_t> masks;
    for (const AnsweredCase& each : cases) {
        for (const Part& part : each.when.parts) {
            if (part.word == word) {
                masks.insert(part.values.mask);
            }
        }
    }
    masks.erase(~std::uint64_t{0});
    if (masks == std::set{std::uint64_t{kHighHalf}}) {
        return Halves{kHighHalf, kLowHalf};
    }
    if (masks.size() == 3) { // the joint mask may be there already
        masks.erase(*masks.begin() | *std::next(masks.begin()));
    }
    if (masks.size() != 2) {
        return std::nullopt;
    }
    const Halves halves{*masks.rbegin(), *masks.begin()};
    const bool ordered = std::countr_zero(halves.upper) >= static_cast<int>(std::bit_width(halves.lower));
    return ordered ? std::optional(halves) : std::nullopt;
}

std::optional<Conjunction> liftedWord(const Conjunction& when, std::uint32_t word, const Halves& halves) {
    const auto joint = lifted(valuesOf(when, word, halves.upper), valuesOf(when, word, halves.lower), halves);
    if (!joint) {
        return std::nullopt;
    }
    Conjunction out = when;
    out.drop(word, halves.upper);
    out.drop(word, halves.lower);
    out.add(word, *joint);
    return out;
}

void joinHalves(std::vector<AnsweredCase>& cases, std::uint32_t word) {
    const auto halves = halvesOf(cases, word);
    if (!halves) {
        return;
    }
    std::vector<AnsweredCase> out = cases;
    for (AnsweredCase& each : out) {
        auto when = liftedWord(each.when, word, *halves);
        if (!when) {
            return; // all or none: cases under different masks cannot be merged
        }
        each.when = std::move(*when);
    }
    cases = std::move(out);
}

// The two as one, where they differ in the values of a single condition.
std::optional<Conjunction> mergedWith(const Conjunction& a, const Conjunction& b) {
    if (a.parts.size() != b.parts.size()) {
        return std::nullopt;
    }
    std::optional<std::size_t> differs;
    for (std::size_t i = 0; i < a.parts.size(); ++i) {
        if (a.parts[i].word != b.parts[i].word || a.parts[i].values.mask != b.parts[i].values.mask) {
            return std::nullopt;
        }
        if (a.parts[i].values != b.parts[i].values) {
            if (differs) {
                return std::nullopt;
            }
            differs = i;
        }
    }
    Conjunction out = a;
    if (differs) {
        Part& part = out.parts[*differs];
        part.values = unionOf(part.values, b.parts[*differs].values);
        if (part.values.isFull()) {
            out.parts.erase(out.parts.begin() + static_cast<std::ptrdiff_t>(*differs));
        }
    }
    return out;
}

bool mergeOnce(std::vector<AnsweredCase>& cases) {
    bool merged = false;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        for (std::size_t j = i + 1; j < cases.size();) {
            auto both =
                cases[i].answer == cases[j].answer ? mergedWith(cases[i].when, cases[j].when) : std::nullopt;
            if (!both) {
                ++j;
                continue;
            }
            cases[i].when = std::move(*both);
            cases[j] = std::move(cases.back());
            cases.pop_back();
            merged = true;
        }
    }
    return merged;
}

// Of two answers, where one has a single condition the other has its opposite.
void complementSingle(std::vector<AnsweredCase>& cases) {
    for (const AnsweredCase& each : cases) {
        const auto isOther = [&](const AnsweredCase& c) { return c.answer != each.answer; };
        const auto others = static_cast<std::size_t>(std::ranges::count_if(cases, isOther));
        if (others + 1 != cases.size() || others < 2 || each.when.parts.size() != 1) {
            continue;
        }
        const auto other = std::ranges::find_if(cases, isOther);
        const bool alike = std::ranges::all_of(
            cases, [&](const AnsweredCase& c) { return !isOther(c) || c.answer == other->answer; });
        if (!alike) {
            continue;
        }
        const Part& part = each.when.parts.front();
        AnsweredCase rest{{}, other->answer};
        rest.when.add(part.word, complementOf(part.values));
        const AnsweredCase kept = each;
        cases = {kept, rest};
        return;
    }
}

} // namespace

std::vector<AnsweredCase> simplified(std::vector<AnsweredCase> cases) {
    const auto alike = [&](const AnsweredCase& each) { return each.answer == cases.front().answer; };
    if (std::ranges::all_of(cases, alike)) {
        return {{{}, cases.front().answer}};
    }
    for (std::uint32_t word = 0; word < kNumberWord; ++word) {
        joinHalves(cases, word);
    }
    while (mergeOnce(cases)) {
    }
    complementSingle(cases);
    // Merging may have left the halves of a word in fewer forms.
    for (std::uint32_t word = 0; word < kNumberWord; ++word) {
        joinHalves(cases, word);
    }
    while (mergeOnce(cases)) {
    }
    return cases;
}

namespace {

using Conditions = std::vector<ArgumentCondition>;

// Intervals from `first` to `last` as conditions that hold together: bounds and what lies between but is left
// out, each a single value.
Conditions runConditions(const Part& part, std::size_t first, std::size_t last) {
    const auto& parts = part.values.parts;
    const std::uint64_t mask = part.values.mask;
    const auto condition = [&](ArgumentOperator op, std::uint64_t value) {
        return ArgumentCondition{part.word, op, {mask}, {value}};
    };
    const std::uint64_t low = parts[first].low;
    const std::uint64_t high = parts[last].high;
    if (low == high) {
        return {condition(ArgumentOperator::equal, low)};
    }
    Conditions out;
    if (low != 0) {
        const bool point = first == 0 && previousSubmask(low, mask) == 0;
        out.push_back(
            point ? condition(ArgumentOperator::notEqual, 0)
                  : condition(ArgumentOperator::greaterOrEqual, low));
    }
    for (std::size_t i = first; i < last; ++i) {
        out.push_back(condition(ArgumentOperator::notEqual, nextSubmask(parts[i].high, mask)));
    }
    if (high != mask) {
        const bool point = last + 1 == parts.size() && nextSubmask(high, mask) == mask;
        out.push_back(
            point ? condition(ArgumentOperator::notEqual, mask)
                  : condition(ArgumentOperator::lessOrEqual, high));
    }
    return out;
}

// The alternatives of one condition; each is a conjunction of comparisons.
std::vector<Conditions> alternativesOf(const Part& part) {
    const auto& parts = part.values.parts;
    const std::uint64_t mask = part.values.mask;
    std::vector<Conditions> out;
    const auto isPoint = [](const Interval& each) { return each.low == each.high; };
    for (std::size_t first = 0; first < parts.size();) {
        std::size_t last = first;
        bool points = isPoint(parts[first]);
        while (last + 1 < parts.size() &&
               nextSubmask(parts[last].high, mask) == previousSubmask(parts[last + 1].low, mask)) {
            ++last;
            points = points && isPoint(parts[last]);
        }
        for (std::size_t i = first; points && i <= last; ++i) {
            out.push_back(runConditions(part, i, i));
        }
        if (!points) {
            out.push_back(runConditions(part, first, last));
        }
        first = last + 1;
    }
    return out;
}

// False where they become too many.
bool appendCases(const AnsweredCase& each, std::vector<model::SeccompCase>& out) {
    std::vector<Conditions> all = {{}};
    for (const Part& part : each.when.parts) {
        const std::vector<Conditions> alternatives = alternativesOf(part);
        if (all.size() * alternatives.size() > kMaxCases) {
            return false;
        }
        std::vector<Conditions> next;
        for (const Conditions& before : all) {
            for (const Conditions& more : alternatives) {
                Conditions joined = before;
                joined.insert(joined.end(), more.begin(), more.end());
                next.push_back(std::move(joined));
            }
        }
        all = std::move(next);
    }
    for (Conditions& when : all) {
        out.push_back({std::move(when), each.answer.action, each.answer.data});
    }
    return out.size() <= kMaxCases;
}

} // namespace

std::optional<model::SeccompVerdict> verdictOf(std::vector<AnsweredCase> cases) {
    cases = simplified(std::move(cases));
    model::SeccompVerdict verdict;
    if (cases.size() == 1) {
        verdict.action = cases.front().answer.action;
        verdict.data = cases.front().answer.data;
        return verdict;
    }
    for (const AnsweredCase& each : cases) {
        if (!appendCases(each, verdict.cases)) {
            return std::nullopt;
        }
    }
    std::ranges::sort(verdict.cases);
    const auto laxest = std::ranges::max_element(verdict.cases, {}, &model::SeccompCase::action);
    verdict.action = laxest->action;
    verdict.data = laxest->data;
    return verdict;
}

namespace {

Intervals valuesOf(const ArgumentCondition& condition) {
    const std::uint64_t mask = condition.mask.value;
    const std::uint64_t value = condition.value.value;
    const auto equal = [&] { return intervalsBetween(value, value, mask); };
    switch (condition.op) {
    case ArgumentOperator::equal:
        return equal();
    case ArgumentOperator::notEqual:
        return complementOf(equal());
    case ArgumentOperator::less:
        return complementOf(intervalsBetween(value, ~0ULL, mask));
    case ArgumentOperator::lessOrEqual:
        return intervalsBetween(0, value, mask);
    case ArgumentOperator::greater:
        return complementOf(intervalsBetween(0, value, mask));
    default:
        return intervalsBetween(value, ~0ULL, mask);
    }
}

} // namespace

Conjunction conjunctionOf(const std::vector<ArgumentCondition>& when) {
    Conjunction out;
    for (const ArgumentCondition& condition : when) {
        if (condition.arg < kNumberWord) {
            out.add(condition.arg, valuesOf(condition));
        }
    }
    return out;
}

std::vector<AnsweredCase> casesOf(const model::SeccompVerdict& verdict) {
    if (verdict.action == model::SeccompAction::undetermined) {
        return {};
    }
    if (verdict.cases.empty()) {
        return {{{}, {verdict.action, verdict.data}}};
    }
    std::vector<AnsweredCase> out;
    out.reserve(verdict.cases.size());
    for (const model::SeccompCase& each : verdict.cases) {
        out.push_back({conjunctionOf(each.when), {each.action, each.data}});
    }
    return out;
}

} // namespace bulkhead::seccomp
