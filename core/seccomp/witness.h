#pragma once

#include "core/model/seccomp.h"
#include "core/seccomp/program.h"
#include "core/seccomp/walk.h"

#include <cstdint>
#include <random>
#include <vector>

namespace bulkhead::seccomp {

/// Finds inputs that show what an undetermined call can answer: solutions of the conditions that are exact,
/// then the constants of the programs and their neighbours in one or two words, then random words.
class WitnessSearch {
public:
    WitnessSearch(const Stack& stack, std::uint32_t arch);

    /// One input for each answer found for the number, by ascending answer. Bounded in tries and in
    /// instructions run, over all calls together as well.
    [[nodiscard]] std::vector<model::SeccompWitness>
    find(std::uint32_t number, const std::vector<const Path*>& paths);

private:
    [[nodiscard]] std::uint64_t anyWord();

    const Stack& m_stack;
    std::uint32_t m_arch;
    std::vector<std::uint32_t> m_constants;
    std::vector<model::SeccompWitness> m_found; ///< those of earlier calls, tried first
    std::mt19937_64 m_random{0x6275};
    std::size_t m_left = 8'000'000;  ///< instructions to run, all calls together
    std::size_t m_solving = 300'000; ///< effort of solving conditions, all calls together
};

} // namespace bulkhead::seccomp
