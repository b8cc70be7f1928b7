#include "core/base/escaped.h"

#include "core/base/bytes.h"

#include <algorithm>

namespace bulkhead::base {

namespace {

std::string visible(std::string_view raw) {
    return textFromBytes(bytesFromText(raw));
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// Where text at the start of a line has the character that makes it a list item, a rule or the underline of
/// a heading (CommonMark 0.31, 4.1, 4.3, 5.2); npos where it has none.
std::size_t findBlockMarker(std::string_view text) {
    const std::size_t from = text.find_first_not_of(' ');
    if (from == std::string_view::npos) {
        return from;
    }
    const auto endsAt = [&](std::size_t at) { return at == text.size() || text[at] == ' '; };
    const char first = text[from];
    std::size_t at = from;
    if (first == '-' || first == '=') {
        const std::size_t end = std::min(text.find_first_not_of(first, from), text.size());
        return endsAt(end) ? from : std::string_view::npos;
    }
    while (at < text.size() && isDigit(text[at])) {
        ++at;
    }
    const bool ordered = at > from && at < text.size() && (text[at] == '.' || text[at] == ')');
    return (ordered || first == '+') && endsAt(at + 1) ? at : std::string_view::npos;
}

/// Whether the dot at this place ends "www.", which GitHub makes a link of.
bool endsWww(std::string_view text, std::size_t dot) {
    const auto isW = [](char c) { return c == 'w' || c == 'W'; };
    return text[dot] == '.' && dot >= 3 && std::ranges::all_of(text.substr(dot - 3, 3), isW);
}

/// Letters, digits, every visible character beyond ASCII, and the ASCII punctuation listed.
bool isPlain(unsigned char c, std::string_view harmless) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || isDigit(static_cast<char>(c)) || c >= 0x80 ||
           harmless.find(static_cast<char>(c)) != std::string_view::npos;
}

} // namespace

TerminalText terminalText(std::string_view raw) {
    return makeEscaped<TerminalFormat>(visible(raw));
}

MarkdownText markdownText(std::string_view raw) {
    const std::string text = visible(raw);
    const std::size_t marker = findBlockMarker(text);
    const bool indented = text.starts_with("    ");
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const bool entity = std::string_view("<>&|@:").find(c) != std::string_view::npos;
        if (entity || endsWww(text, at) || (indented && at == 0)) {
            out += "&#" + std::to_string(static_cast<int>(c)) + ";";
        } else if (at != marker && isPlain(static_cast<unsigned char>(c), " ,.;()?'/=%+-\"")) {
            out += c;
        } else {
            out += '\\';
            out += c;
        }
    }
    return makeEscaped<MarkdownFormat>(std::move(out));
}

MermaidText mermaidText(std::string_view raw) {
    // Mermaid decodes entities before it looks for mathematics and icons, so that these two need more than an
    // entity: a word joiner (U+2060), which is not seen and takes no room.
    constexpr std::string_view kJoiner = "#8288;";
    const std::string text = visible(raw);
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (isPlain(static_cast<unsigned char>(c), " ,./()?+=-_")) {
            out += c;
            continue;
        }
        out += "#" + std::to_string(static_cast<int>(c)) + ";";
        const char next = at + 1 < text.size() ? text[at + 1] : ' ';
        if ((c == '$' && next == '$') || (c == ':' && next == 'f')) {
            out += kJoiner;
        }
    }
    return makeEscaped<MermaidFormat>(std::move(out));
}

HtmlText htmlText(std::string_view raw) {
    std::string out;
    for (const char c : visible(raw)) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out += c;
        }
    }
    return makeEscaped<HtmlFormat>(std::move(out));
}

} // namespace bulkhead::base
