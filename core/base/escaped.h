#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace bulkhead::base {

/// Text that is safe in one output format. Only the escape functions below (and literals of ours) make one,
/// so raw text of a target cannot reach an output by accident.
template <class Format>
class Escaped {
public:
    Escaped() = default;

    [[nodiscard]] const std::string& str() const { return m_text; }

    /// Marks text that is ours, a constant of the program, as already safe.
    [[nodiscard]] static Escaped trusted(std::string_view text) { return Escaped(std::string(text)); }

    friend Escaped operator+(Escaped left, const Escaped& right) {
        left.m_text += right.m_text;
        return left;
    }
    Escaped& operator+=(const Escaped& right) {
        m_text += right.m_text;
        return *this;
    }
    bool operator==(const Escaped&) const = default;

private:
    explicit Escaped(std::string text) : m_text(std::move(text)) {}
    template <class F>
    friend Escaped<F> makeEscaped(std::string text);

    std::string m_text;
};

template <class F>
Escaped<F> makeEscaped(std::string text) {
    return Escaped<F>(std::move(text));
}

using TerminalText = Escaped<struct TerminalFormat>;
using MarkdownText = Escaped<struct MarkdownFormat>;
using MermaidText = Escaped<struct MermaidFormat>;
using HtmlText = Escaped<struct HtmlFormat>;

/// Control, bidirectional and invalid bytes as `\xNN` (textFromBytes).
[[nodiscard]] TerminalText terminalText(std::string_view raw);

/// For running text and table cells of CommonMark and GitHub tables: punctuation that could open markup is
/// written as a numeric entity or behind a backslash, line breaks become spaces.
[[nodiscard]] MarkdownText markdownText(std::string_view raw);

/// For a quoted Mermaid label: every character but letters, digits and harmless punctuation becomes an entity
/// (`#37;`), because `%%{init`, `<img`, `$$`, `fa:` and a leading backtick act even inside quotes. `$$` and
/// `fa:fa-` act even as entities and are parted by a word joiner, which is not seen.
[[nodiscard]] MermaidText mermaidText(std::string_view raw);

/// For HTML and SVG element content and quoted attributes.
[[nodiscard]] HtmlText htmlText(std::string_view raw);

} // namespace bulkhead::base
