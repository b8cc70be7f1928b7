#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace bulkhead::watch {

inline void mix(std::size_t& into, std::size_t value) {
    into ^= value + 0x9e3779b97f4a7c15ULL + (into << 6U) + (into >> 2U);
}

inline std::size_t hashOf(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

} // namespace bulkhead::watch
