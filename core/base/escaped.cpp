#include "core/base/escaped.h"

#include "core/base/bytes.h"

namespace bulkhead::base {

namespace {

std::string visible(std::string_view raw) {
    return textFromBytes(bytesFromText(raw));
}

/// Letters, digits, every visible character beyond ASCII, and the ASCII punctuation listed.
bool isPlain(unsigned char c, std::string_view harmless) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    return letter || digit || c >= 0x80 || harmless.find(static_cast<char>(c)) != std::string_view::npos;
}

} // namespace

TerminalText terminalText(std::string_view raw) {
    return makeEscaped<TerminalFormat>(visible(raw));
}

MarkdownText markdownText(std::string_view raw) {
    std::string out;
    for (const char c : visible(raw)) {
        if (isPlain(static_cast<unsigned char>(c), " ,.;()?'/=%+-\"")) {
            out += c;
        } else if (c == '<' || c == '>' || c == '&' || c == '|' || c == '@' || c == ':') {
            out += "&#" + std::to_string(static_cast<int>(c)) + ";";
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
