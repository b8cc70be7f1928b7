#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace bulkhead::seccomp {

/// Values from low to high, both included.
struct Interval {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    auto operator<=>(const Interval&) const = default;
};

/// A set of values that `word & mask` can take: sorted, disjoint, not adjacent intervals whose ends are such
/// values ("submasks" of the mask). In that form equal sets are equal.
struct Intervals {
    std::uint64_t mask = ~0ULL;
    std::vector<Interval> parts;

    [[nodiscard]] bool isEmpty() const { return parts.empty(); }
    [[nodiscard]] bool isFull() const { return parts.size() == 1 && parts.front() == Interval{0, mask}; }
    /// The one value of a set of one.
    [[nodiscard]] std::optional<std::uint64_t> single() const {
        const bool one = parts.size() == 1 && parts.front().low == parts.front().high;
        return one ? std::optional(parts.front().low) : std::nullopt;
    }
    [[nodiscard]] bool contains(std::uint64_t value) const;

    auto operator<=>(const Intervals&) const = default;
};

/// The smallest submask not below `value`, the greatest not above, and the one that follows a submask.
[[nodiscard]] std::optional<std::uint64_t> ceilSubmask(std::uint64_t value, std::uint64_t mask);
[[nodiscard]] std::uint64_t floorSubmask(std::uint64_t value, std::uint64_t mask);
[[nodiscard]] constexpr std::uint64_t nextSubmask(std::uint64_t submask, std::uint64_t mask) {
    return ((submask | ~mask) + 1) & mask; // 0 after the last
}
[[nodiscard]] constexpr std::uint64_t previousSubmask(std::uint64_t submask, std::uint64_t mask) {
    return (submask - 1) & mask; // the mask before 0
}

/// The submasks from low to high; the ends need not be submasks.
[[nodiscard]] Intervals intervalsBetween(std::uint64_t low, std::uint64_t high, std::uint64_t mask);
[[nodiscard]] Intervals fullIntervals(std::uint64_t mask);

/// Operations on sets of one mask.
[[nodiscard]] Intervals intersectionOf(const Intervals& a, const Intervals& b);
[[nodiscard]] Intervals unionOf(const Intervals& a, const Intervals& b);
[[nodiscard]] Intervals complementOf(const Intervals& a);

/// A word that satisfies every set, by deciding bit after bit; exact. `effort` is how many states it may
/// look at and is reduced by those; nothing found with effort 0 left means not known.
[[nodiscard]] std::optional<std::uint64_t>
commonWord(const std::vector<const Intervals*>& sets, std::size_t& effort);

} // namespace bulkhead::seccomp
