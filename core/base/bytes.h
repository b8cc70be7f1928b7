#pragma once

#include <string>
#include <string_view>

namespace bulkhead::base {

/// Bytes of the target as text that can stand in a document: valid, printable UTF-8 is kept; a backslash and
/// every other byte (control characters, bidirectional controls, invalid UTF-8) becomes `\xNN`, two
/// lower-case hex digits. Reversible by bytesFromText.
[[nodiscard]] std::string textFromBytes(std::string_view bytes);

/// The inverse of textFromBytes; a `\` that does not open a `\xNN` stands for itself.
[[nodiscard]] std::string bytesFromText(std::string_view text);

/// One decoded character of UTF-8 text.
struct CodePoint {
    char32_t value = 0;
    std::size_t length = 1; ///< bytes it takes; 1 for an invalid byte
    bool valid = false;
};

/// Decodes the character at `at` (strict: no overlong forms, no surrogates, RFC 3629).
[[nodiscard]] CodePoint decodeUtf8(std::string_view text, std::size_t at);

/// Terminal cells of a text (wcwidth as Unicode 15 has it, for the ranges that occur in names): 0 for
/// combining marks, 2 for wide East Asian characters and emoji, else 1.
[[nodiscard]] std::size_t cellWidth(std::string_view text);

/// At most `cells` cells of `text`, its middle replaced by "…" where it is longer.
[[nodiscard]] std::string shortenMiddle(std::string_view text, std::size_t cells);

} // namespace bulkhead::base
