#include "core/base/bytes.h"
#include "core/diagram/layout.h"

#include <array>

namespace bulkhead::diagram {

namespace {

/// Advance widths of Noto Sans in thousandths of an em, U+0020 to U+007E (hmtx table of the font).
using Advances = std::array<int, 95>;

constexpr Advances kRegular = {260, 269, 408, 646, 572, 831, 732, 225, 300, 300, 551, 572, 268, 322, 268, 372,
                               572, 572, 572, 572, 572, 572, 572, 572, 572, 572, 268, 268, 572, 572, 572, 434,
                               899, 639, 650, 632, 730, 556, 519, 728, 741, 339, 273, 619, 524, 907, 760, 781,
                               605, 781, 622, 549, 556, 731, 600, 930, 586, 566, 572, 329, 372, 329, 572, 444,
                               281, 561, 615, 480, 615, 564, 344, 615, 618, 258, 258, 534, 258, 935, 618, 605,
                               615, 615, 413, 479, 361, 618, 508, 786, 529, 510, 470, 380, 551, 380, 572};
constexpr Advances kBold = {260, 286, 472, 646, 572, 901, 750, 266, 339, 339, 545, 572, 285, 322, 285, 413,
                            572, 572, 572, 572, 572, 572, 572, 572, 572, 572, 285, 285, 572, 572, 572, 477,
                            897, 690, 672, 637, 740, 560, 549, 724, 765, 389, 331, 664, 565, 943, 813, 796,
                            628, 796, 660, 551, 579, 756, 650, 967, 667, 624, 579, 331, 413, 331, 572, 411,
                            362, 604, 633, 514, 633, 591, 387, 633, 657, 305, 305, 620, 305, 982, 657, 619,
                            633, 633, 454, 497, 434, 657, 569, 856, 578, 569, 488, 394, 551, 394, 572};

constexpr int kOther = 640;  ///< a Latin, Greek or Cyrillic letter beyond ASCII, generously
constexpr int kWide = 1000;  ///< an East Asian character
constexpr int kGlyph = 1000; ///< arrows, triangles, dashes

int advanceOf(char32_t c, std::string_view bytes, const Advances& table) {
    if (c >= 0x20 && c <= 0x7E) {
        return table[c - 0x20];
    }
    if (c >= 0x2010 && c <= 0x2BFF) {
        return kGlyph;
    }
    const std::size_t cells = base::cellWidth(bytes);
    return cells == 2 ? kWide : cells == 0 ? 0 : kOther;
}

} // namespace

double builtInTextWidth(std::string_view text, const Font& font) {
    const Advances& table = font.weight >= 600 ? kBold : kRegular;
    int thousandths = 0;
    for (std::size_t at = 0; at < text.size();) {
        const base::CodePoint point = base::decodeUtf8(text, at);
        thousandths += advanceOf(point.value, text.substr(at, point.length), table);
        at += point.length;
    }
    return thousandths * font.pixels / 1000.0;
}

} // namespace bulkhead::diagram
