#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// Lines of a file of the kernel, without their line feeds; a last line without one counts too.
[[nodiscard]] std::vector<std::string_view> linesOf(std::string_view text);

/// Pieces between single separators; two adjacent ones enclose an empty piece.
[[nodiscard]] std::vector<std::string_view> splitAt(std::string_view text, char separator);

/// Words between runs of spaces, tabs and line feeds.
[[nodiscard]] std::vector<std::string_view> wordsOf(std::string_view text);

/// Without leading and trailing white space.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The whole text as one number, or nullopt: no sign for unsigned types, no white space, no overflow.
template <class T>
[[nodiscard]] std::optional<T> numberOf(std::string_view text, int base = 10) {
    T number{};
    const char* const first = text.data();
    const char* const end = first + text.size();
    const auto [stop, error] = std::from_chars(first, end, number, base);
    if (error != std::errc{} || stop != end || text.empty()) {
        return std::nullopt;
    }
    return number;
}

} // namespace bulkhead::kernel
