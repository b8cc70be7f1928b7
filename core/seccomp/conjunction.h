#pragma once

#include "core/seccomp/intervals.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace bulkhead::seccomp {

/// The words of a call that conditions are about: arguments 0 to 5 and, as the seventh, the number.
inline constexpr std::uint32_t kNumberWord = 6;
inline constexpr std::uint32_t kWords = 7;
inline constexpr std::uint64_t kLowHalf = 0xffffffff;
inline constexpr std::uint64_t kHighHalf = ~kLowHalf;

/// One condition: `word & values.mask` is one of the values.
struct Part {
    std::uint32_t word = 0;
    Intervals values;

    auto operator<=>(const Part&) const = default;
};

/// Conditions that hold together; at most one for each word and mask, ordered by these, none that always
/// holds.
struct Conjunction {
    std::vector<Part> parts;

    /// The condition on a word under a mask, null where there is none.
    [[nodiscard]] const Intervals* find(std::uint32_t word, std::uint64_t mask) const;
    /// Adds a condition.
    void add(std::uint32_t word, const Intervals& values);
    /// Removes every condition on the word under the mask.
    void drop(std::uint32_t word, std::uint64_t mask);

    auto operator<=>(const Conjunction&) const = default;
};

/// Whether a call can satisfy a conjunction. `unknown` only after an effort no real filter asks for.
enum class Feasible { no, yes, unknown };

/// Of one word; `work` grows by what the answer cost.
[[nodiscard]] Feasible feasibleWord(const Conjunction& all, std::uint32_t word, std::size_t& work);
[[nodiscard]] Feasible feasible(const Conjunction& all, std::size_t& work);

/// All conditions of both.
[[nodiscard]] Conjunction both(const Conjunction& a, const Conjunction& b);

/// A call that satisfies the conjunction, by word; `work` grows by what the search cost.
[[nodiscard]] std::optional<std::array<std::uint64_t, kWords>>
exampleOf(const Conjunction& all, std::size_t& work);

/// Whether the words satisfy it.
[[nodiscard]] bool holds(const Conjunction& all, const std::array<std::uint64_t, kWords>& words);

} // namespace bulkhead::seccomp
