#pragma once

#include <algorithm>
#include <cstddef>

namespace bulkhead::test {

/// How many random cases a test tries: as many as named, and a tenth of them under the sanitizers, which make
/// every one of them ten times as slow.
constexpr std::size_t rounds(std::size_t wanted) {
#if defined(__SANITIZE_ADDRESS__)
    return std::max<std::size_t>(wanted / 10, 1);
#else
    return wanted;
#endif
}

/// What a count over so many rounds must exceed: a tenth where a tenth of the rounds are tried.
constexpr std::size_t seenIn(std::size_t wanted) {
    return rounds(wanted);
}

} // namespace bulkhead::test
