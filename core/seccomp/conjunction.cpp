#include "core/seccomp/conjunction.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace bulkhead::seccomp {

namespace {

constexpr std::size_t kEffort = 5000; // states of one search; filters of the field need a hundred

std::pair<std::uint32_t, std::uint64_t> keyOf(const Part& part) {
    return {part.word, part.values.mask};
}

std::vector<const Intervals*> setsOf(const Conjunction& all, std::uint32_t word) {
    std::vector<const Intervals*> sets;
    for (const Part& part : all.parts) {
        if (part.word == word) {
            sets.push_back(&part.values);
        }
    }
    return sets;
}

// Sets under masks that share no bit never contradict each other.
bool areApart(const std::vector<const Intervals*>& sets) {
    std::uint64_t seen = 0;
    for (const Intervals* each : sets) {
        if ((seen & each->mask) != 0) {
            return false;
        }
        seen |= each->mask;
    }
    return true;
}

// Whether the first word of a set that sees all bits satisfies the others: mostly it does.
bool hasPlainWord(const std::vector<const Intervals*>& sets) {
    const auto widest =
        std::ranges::max_element(sets, {}, [](const Intervals* each) { return std::popcount(each->mask); });
    const std::uint64_t word = (*widest)->parts.front().low;
    return std::ranges::all_of(
        sets, [&](const Intervals* each) { return each->contains(word & each->mask); });
}

} // namespace

const Intervals* Conjunction::find(std::uint32_t word, std::uint64_t mask) const {
    const auto at = std::ranges::lower_bound(parts, std::pair(word, mask), {}, keyOf);
    return at != parts.end() && keyOf(*at) == std::pair(word, mask) ? &at->values : nullptr;
}

void Conjunction::add(std::uint32_t word, const Intervals& values) {
    if (values.isFull()) {
        return;
    }
    const auto at = std::ranges::lower_bound(parts, std::pair(word, values.mask), {}, keyOf);
    if (at != parts.end() && keyOf(*at) == std::pair(word, values.mask)) {
        at->values = intersectionOf(at->values, values);
    } else {
        parts.insert(at, {word, values});
    }
}

void Conjunction::drop(std::uint32_t word, std::uint64_t mask) {
    std::erase_if(parts, [&](const Part& part) { return keyOf(part) == std::pair(word, mask); });
}

Feasible feasibleWord(const Conjunction& all, std::uint32_t word, std::size_t& work) {
    const std::vector<const Intervals*> sets = setsOf(all, word);
    if (std::ranges::any_of(sets, [](const Intervals* each) { return each->isEmpty(); })) {
        return Feasible::no;
    }
    if (areApart(sets)) {
        return Feasible::yes;
    }
    if (hasPlainWord(sets)) {
        return Feasible::yes;
    }
    std::size_t effort = kEffort;
    const bool found = commonWord(sets, effort).has_value();
    work += kEffort - effort;
    if (found) {
        return Feasible::yes;
    }
    return effort == 0 ? Feasible::unknown : Feasible::no;
}

Feasible feasible(const Conjunction& all, std::size_t& work) {
    Feasible result = Feasible::yes;
    for (std::uint32_t word = 0; word < kWords; ++word) {
        const Feasible each = feasibleWord(all, word, work);
        if (each == Feasible::no) {
            return each;
        }
        result = each == Feasible::unknown ? each : result;
    }
    return result;
}

Conjunction both(const Conjunction& a, const Conjunction& b) {
    Conjunction out = a;
    for (const Part& part : b.parts) {
        out.add(part.word, part.values);
    }
    return out;
}

std::optional<std::array<std::uint64_t, kWords>> exampleOf(const Conjunction& all, std::size_t& work) {
    std::array<std::uint64_t, kWords> words{};
    for (std::uint32_t word = 0; word < kWords; ++word) {
        std::size_t effort = kEffort;
        const auto found = commonWord(setsOf(all, word), effort);
        work += kEffort - effort;
        if (!found) {
            return std::nullopt;
        }
        words[word] = *found;
    }
    return words;
}

bool holds(const Conjunction& all, const std::array<std::uint64_t, kWords>& words) {
    return std::ranges::all_of(all.parts, [&](const Part& part) {
        return part.values.contains(words[part.word] & part.values.mask);
    });
}

} // namespace bulkhead::seccomp
