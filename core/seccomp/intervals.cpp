#include "core/seccomp/intervals.h"

#include <algorithm>
#include <bit>
#include <set>

namespace bulkhead::seccomp {

bool Intervals::contains(std::uint64_t value) const {
    const auto after = std::ranges::upper_bound(parts, value, {}, &Interval::low);
    return after != parts.begin() && value <= std::prev(after)->high && (value & ~mask) == 0;
}

namespace {

std::uint64_t lowBits(int count) {
    return count >= 64 ? ~0ULL : (1ULL << static_cast<unsigned>(count)) - 1;
}

} // namespace

std::uint64_t floorSubmask(std::uint64_t value, std::uint64_t mask) {
    const std::uint64_t outside = value & ~mask;
    if (outside == 0) {
        return value;
    }
    // Below the highest bit that the mask lacks, everything may be set.
    const std::uint64_t below = lowBits(static_cast<int>(std::bit_width(outside)) - 1);
    return (value & mask & ~below) | (mask & below);
}

std::optional<std::uint64_t> ceilSubmask(std::uint64_t value, std::uint64_t mask) {
    const std::uint64_t floor = floorSubmask(value, mask);
    if (floor == value) {
        return value;
    }
    const std::uint64_t next = nextSubmask(floor, mask);
    return next == 0 ? std::nullopt : std::optional(next);
}

Intervals intervalsBetween(std::uint64_t low, std::uint64_t high, std::uint64_t mask) {
    const auto first = ceilSubmask(low, mask);
    const std::uint64_t last = floorSubmask(high, mask);
    if (low > high || !first || *first > last) {
        return {mask, {}};
    }
    return {mask, {{*first, last}}};
}

Intervals fullIntervals(std::uint64_t mask) {
    return {mask, {{0, mask}}};
}

Intervals intersectionOf(const Intervals& a, const Intervals& b) {
    Intervals out{a.mask, {}};
    auto left = a.parts.begin();
    auto right = b.parts.begin();
    while (left != a.parts.end() && right != b.parts.end()) {
        const Interval both{std::max(left->low, right->low), std::min(left->high, right->high)};
        if (both.low <= both.high) {
            out.parts.push_back(both);
        }
        if (left->high < right->high) {
            ++left;
        } else {
            ++right;
        }
    }
    return out;
}

Intervals unionOf(const Intervals& a, const Intervals& b) {
    std::vector<Interval> all;
    all.reserve(a.parts.size() + b.parts.size());
    std::ranges::merge(a.parts, b.parts, std::back_inserter(all));
    Intervals out{a.mask, {}};
    for (const Interval& each : all) {
        const bool joins = !out.parts.empty() && (out.parts.back().high == a.mask ||
                                                  each.low <= nextSubmask(out.parts.back().high, a.mask));
        if (joins) {
            out.parts.back().high = std::max(out.parts.back().high, each.high);
        } else {
            out.parts.push_back(each);
        }
    }
    return out;
}

Intervals complementOf(const Intervals& a) {
    Intervals out{a.mask, {}};
    std::uint64_t from = 0;
    for (const Interval& each : a.parts) {
        if (each.low > from) {
            out.parts.push_back({from, previousSubmask(each.low, a.mask)});
        }
        if (each.high == a.mask) {
            return out;
        }
        from = nextSubmask(each.high, a.mask);
    }
    out.parts.push_back({from, a.mask});
    return out;
}

namespace {

// The search decides the word from its highest bit down. For each set it needs to remember only the bits
// chosen so far, and not even those once every continuation lies in the set.
class WordSearch {
public:
    WordSearch(const std::vector<const Intervals*>& sets, std::size_t& effort)
        : m_sets(sets), m_effort(effort) {}

    std::optional<std::uint64_t> search() {
        for (const Intervals* each : m_sets) {
            if (each->isEmpty()) {
                return std::nullopt;
            }
        }
        return below(63, 0);
    }

private:
    enum class Fate { dead, free, open };

    static Fate fateOf(const Intervals& set, std::uint64_t word, std::uint64_t undecided) {
        const Interval block{word & set.mask, (word | undecided) & set.mask};
        const auto after = std::ranges::lower_bound(set.parts, block.low, {}, &Interval::high);
        if (after == set.parts.end() || after->low > block.high) {
            return Fate::dead;
        }
        return after->low <= block.low && after->high >= block.high ? Fate::free : Fate::open;
    }

    // `word` has the bits above `bit` decided, the others 0.
    std::optional<std::uint64_t> below(int bit, std::uint64_t word) {
        const std::uint64_t undecided = lowBits(bit + 1);
        std::vector<std::uint64_t> state;
        state.reserve(m_sets.size() + 1);
        bool open = false;
        for (const Intervals* each : m_sets) {
            const Fate fate = fateOf(*each, word, undecided);
            if (fate == Fate::dead) {
                return std::nullopt;
            }
            open = open || fate == Fate::open;
            state.push_back(fate == Fate::free ? kFree : word & each->mask);
        }
        if (!open) {
            return word;
        }
        if (m_effort == 0) {
            return std::nullopt;
        }
        m_effort -= std::min(m_effort, m_sets.size()); // each set is looked at
        state.push_back(static_cast<std::uint64_t>(bit));
        // Most searches find a word, or that there is none, before it pays to remember.
        if (++m_states > kUnremembered && !m_failed.insert(std::move(state)).second) {
            return std::nullopt;
        }
        if (const auto zero = below(bit - 1, word)) {
            return zero;
        }
        return below(bit - 1, word | (1ULL << static_cast<unsigned>(bit)));
    }

    // No prefix of an open set: such a block would be the single word ~0, which is never open.
    static constexpr std::uint64_t kFree = ~0ULL;

    const std::vector<const Intervals*>& m_sets;
    std::size_t& m_effort;
    static constexpr std::size_t kUnremembered = 192;

    std::size_t m_states = 0;
    std::set<std::vector<std::uint64_t>> m_failed; ///< states that lead nowhere, their bit at the end
};

} // namespace

std::optional<std::uint64_t> commonWord(const std::vector<const Intervals*>& sets, std::size_t& effort) {
    return WordSearch(sets, effort).search();
}

} // namespace bulkhead::seccomp
