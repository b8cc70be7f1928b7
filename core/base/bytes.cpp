#include "core/base/bytes.h"

#include <array>
#include <optional>

namespace bulkhead::base {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

void appendEscaped(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += "\\x";
        out += kHexDigits[byte >> 4U];
        out += kHexDigits[byte & 0xFU];
    }
}

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t c) {
    for (const Range& range : ranges) {
        if (c >= range.first && c <= range.last) {
            return true;
        }
    }
    return false;
}

/// Characters that change how text is shown or are not seen: general categories Cc, Cf, Zl and Zp of Unicode
/// 15.0, what else has Default_Ignorable_Code_Point (fillers, the grapheme joiner; variation selectors below
/// U+E0000 stay, emoji carry them), noncharacters and private use.
bool isInvisible(char32_t c) {
    constexpr std::array kInvisible = {
        Range{0x0000, 0x001F},   Range{0x007F, 0x009F},   Range{0x00AD, 0x00AD},   Range{0x034F, 0x034F},
        Range{0x0600, 0x0605},   Range{0x061C, 0x061C},   Range{0x06DD, 0x06DD},   Range{0x070F, 0x070F},
        Range{0x0890, 0x0891},   Range{0x08E2, 0x08E2},   Range{0x115F, 0x1160},   Range{0x17B4, 0x17B5},
        Range{0x180B, 0x180F},   Range{0x200B, 0x200F},   Range{0x2028, 0x202E},   Range{0x2060, 0x206F},
        Range{0x3164, 0x3164},   Range{0xE000, 0xF8FF},   Range{0xFDD0, 0xFDEF},   Range{0xFEFF, 0xFEFF},
        Range{0xFFA0, 0xFFA0},   Range{0xFFF0, 0xFFFB},   Range{0xFFFE, 0xFFFF},   Range{0x110BD, 0x110BD},
        Range{0x110CD, 0x110CD}, Range{0x13430, 0x1343F}, Range{0x1BCA0, 0x1BCA3}, Range{0x1D173, 0x1D17A},
        Range{0xE0000, 0x10FFFF}};
    return within(kInvisible, c);
}

bool isCombining(char32_t c) {
    constexpr std::array kCombining = {Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                                       Range{0x064B, 0x065F}, Range{0x0E31, 0x0E31}, Range{0x0E34, 0x0E3A},
                                       Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x20D0, 0x20FF},
                                       Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};
    return within(kCombining, c);
}

bool isWide(char32_t c) {
    constexpr std::array kWide = {Range{0x1100, 0x115E},   Range{0x2E80, 0x303E},  Range{0x3041, 0x33FF},
                                  Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},  Range{0xA000, 0xA4CF},
                                  Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},  Range{0xFE30, 0xFE6F},
                                  Range{0xFF01, 0xFF60},   Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F},
                                  Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};
    return within(kWide, c);
}

std::optional<unsigned char> hexByte(std::string_view digits) {
    const auto high = kHexDigits.find(digits[0]);
    const auto low = kHexDigits.find(digits[1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
        return std::nullopt;
    }
    return static_cast<unsigned char>(high * 16 + low);
}

std::size_t sequenceLength(unsigned char lead) {
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        return 3;
    }
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

std::size_t widthOf(char32_t c) {
    if (isCombining(c)) {
        return 0;
    }
    return isWide(c) ? 2 : 1;
}

} // namespace

CodePoint decodeUtf8(std::string_view text, std::size_t at) {
    const auto byteAt = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::size_t length = sequenceLength(byteAt(at));
    if (length == 0 || at + length > text.size()) {
        return {byteAt(at), 1, false};
    }
    if (length == 1) {
        return {byteAt(at), 1, true};
    }
    char32_t value = byteAt(at) & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byteAt(at + i) & 0xC0U) != 0x80U) {
            return {byteAt(at), 1, false};
        }
        value = (value << 6U) | (byteAt(at + i) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < kSmallest[length] || value > 0x10FFFF || surrogate) {
        return {byteAt(at), 1, false};
    }
    return {value, length, true};
}

std::string textFromBytes(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const CodePoint point = decodeUtf8(bytes, at);
        const std::string_view piece = bytes.substr(at, point.length);
        if (!point.valid || point.value == U'\\' || isInvisible(point.value)) {
            appendEscaped(out, piece);
        } else {
            out += piece;
        }
        at += point.length;
    }
    return out;
}

std::string bytesFromText(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (text.substr(at, 2) == "\\x" && at + 4 <= text.size()) {
            if (const auto byte = hexByte(text.substr(at + 2, 2))) {
                out += static_cast<char>(*byte);
                at += 4;
                continue;
            }
        }
        out += text[at++];
    }
    return out;
}

std::size_t cellWidth(std::string_view text) {
    std::size_t cells = 0;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = decodeUtf8(text, at);
        cells += point.valid ? widthOf(point.value) : 1;
        at += point.length;
    }
    return cells;
}

std::string shortenMiddle(std::string_view text, std::size_t cells) {
    if (cellWidth(text) <= cells || cells == 0) {
        return std::string(cells == 0 ? std::string_view{} : text);
    }
    const std::size_t tailCells = (cells - 1) / 2;
    const std::size_t headCells = cells - 1 - tailCells;
    std::size_t head = 0;
    for (std::size_t used = 0; head < text.size();) {
        const CodePoint point = decodeUtf8(text, head);
        used += widthOf(point.value);
        if (used > headCells) {
            break;
        }
        head += point.length;
    }
    std::size_t tail = head;
    for (std::size_t left = cellWidth(text.substr(head)); tail < text.size() && left > tailCells;) {
        const CodePoint point = decodeUtf8(text, tail);
        left -= point.valid ? widthOf(point.value) : 1;
        tail += point.length;
    }
    return std::string(text.substr(0, head)) + "…" + std::string(text.substr(tail));
}

} // namespace bulkhead::base
