#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace bulkhead::model {

/// The words of a closed set, in documents and on screen. Specialised beside each enum:
/// `static constexpr std::array names{std::pair{X::a, "a"sv}, ...}`.
template <class E>
struct Names;

template <class E>
concept Named = requires { Names<E>::names; };

template <Named E>
[[nodiscard]] constexpr std::string_view nameOf(E value) {
    for (const auto& [entry, name] : Names<E>::names) {
        if (entry == value) {
            return name;
        }
    }
    return "?";
}

template <Named E>
[[nodiscard]] constexpr std::optional<E> valueNamed(std::string_view name) {
    for (const auto& [entry, text] : Names<E>::names) {
        if (text == name) {
            return entry;
        }
    }
    return std::nullopt;
}

} // namespace bulkhead::model
