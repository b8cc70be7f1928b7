#pragma once

#include <algorithm>
#include <cstddef>

namespace bulkhead::test {

/// Of how many random cases a test tries one: under the sanitizers, which make each of them ten times as
/// slow, a tenth.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr std::size_t kFewer = 10;
#else
inline constexpr std::size_t kFewer = 1;
#endif

/// How many random cases a test tries, of those wanted.
constexpr std::size_t rounds(std::size_t wanted) {
    return std::max<std::size_t>(wanted / kFewer, 1);
}

/// What a count over so many rounds must exceed: a tenth where a tenth of the rounds are tried.
constexpr std::size_t seenIn(std::size_t wanted) {
    return rounds(wanted);
}

} // namespace bulkhead::test
