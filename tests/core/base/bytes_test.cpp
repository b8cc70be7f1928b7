#include "core/base/bytes.h"

#include <array>
#include <clocale>
#include <cwchar>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace bulkhead::base {
namespace {

using std::string_literals::operator""s;

struct Case {
    std::string bytes;
    std::string text;
};

std::string utf8(char32_t c) {
    std::string out;
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0U | (c >> 6U));
        out += static_cast<char>(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0U | (c >> 12U));
        out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (c & 0x3FU));
    } else {
        out += static_cast<char>(0xF0U | (c >> 18U));
        out += static_cast<char>(0x80U | ((c >> 12U) & 0x3FU));
        out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (c & 0x3FU));
    }
    return out;
}

TEST(TextFromBytes, keepsVisibleUtf8AndEscapesTheRest) {
    const std::vector<Case> cases = {
        {"", ""},
        {"/var/lib/docker", "/var/lib/docker"},
        {"naïve Größe 日本 😀", "naïve Größe 日本 😀"},
        {"a\nb\tc", "a\\x0ab\\x09c"},
        {"\x1b[31mred", "\\x1b[31mred"},
        {"\0"s, "\\x00"},
        {"\x7f", "\\x7f"},
        {"back\\slash", "back\\x5cslash"},
        {"\\x41", "\\x5cx41"},
        {"\u202egnp.exe", "\\xe2\\x80\\xaegnp.exe"},          // right-to-left override (UAX #9)
        {"\u2066x\u2069", "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9"}, // isolates
        {"zero\u200bwidth", "zero\\xe2\\x80\\x8bwidth"},
        {"\ufeffbom", "\\xef\\xbb\\xbfbom"},
        {"\u0085next line", "\\xc2\\x85next line"}, // C1
        {"\u2028", "\\xe2\\x80\\xa8"},
        {"\U000e0041tag", "\\xf3\\xa0\\x81\\x81tag"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(textFromBytes(c.bytes), c.text);
        EXPECT_EQ(bytesFromText(c.text), c.bytes);
    }
}

// Every character of general category Cf in UnicodeData.txt 15.0, and those of Default_Ignorable_Code_Point
// beyond it that are no variation selector of an emoji.
TEST(TextFromBytes, escapesEveryFormatCharacter) {
    constexpr std::array<std::pair<char32_t, char32_t>, 25> kFormat = {
        {{0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x0600, 0x0605},   {0x061C, 0x061C},   {0x06DD, 0x06DD},
         {0x070F, 0x070F},   {0x0890, 0x0891},   {0x08E2, 0x08E2},   {0x115F, 0x1160},   {0x17B4, 0x17B5},
         {0x180B, 0x180F},   {0x200B, 0x200F},   {0x202A, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
         {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF9, 0xFFFB},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD},
         {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F}}};
    for (const auto& [first, last] : kFormat) {
        for (char32_t c = first; c <= last; ++c) {
            EXPECT_TRUE(textFromBytes(utf8(c)).starts_with("\\x")) << std::hex << static_cast<unsigned>(c);
        }
    }
    for (const char32_t c : {0x05FFU, 0x0606U, 0x06DEU, 0x0710U, 0x08E3U, 0x110BCU, 0x110BEU, 0x13430U - 1}) {
        EXPECT_EQ(textFromBytes(utf8(c)), utf8(c)) << std::hex << static_cast<unsigned>(c);
    }
}

// Ill-formed sequences of RFC 3629 and of the Unicode Standard, table 3-7.
TEST(TextFromBytes, escapesEveryByteOfInvalidUtf8) {
    const std::vector<Case> cases = {
        {"\x80", "\\x80"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc3", "\\xc3"},                            // cut short
        {"\xe2\x82", "\\xe2\\x82"},                   // cut short
        {"\xc3(", "\\xc3("},                          // no continuation
        {"\xc0\xaf", "\\xc0\\xaf"},                   // overlong '/'
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},          // overlong '/'
        {"\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"}, // overlong '/'
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          // surrogate
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, // above U+10FFFF
        {"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(textFromBytes(c.bytes), c.text);
        EXPECT_EQ(bytesFromText(c.text), c.bytes);
    }
}

TEST(BytesFromText, leavesAnIncompleteEscapeAlone) {
    for (const std::string text : {"\\", "\\x", "\\x4", "\\xg1", "\\x4G", "\\X41", "\\n", "\\x4A"}) {
        EXPECT_EQ(bytesFromText(text), text) << text;
    }
    EXPECT_EQ(bytesFromText("\\x41\\x"), "A\\x");
}

TEST(TextFromBytes, isReversibleForRandomBytes) {
    std::mt19937 random(20240229);
    std::uniform_int_distribution<int> byte(0, 255);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes(static_cast<std::size_t>(round % 40), '\0');
        for (char& c : bytes) {
            c = static_cast<char>(byte(random));
        }
        EXPECT_EQ(bytesFromText(textFromBytes(bytes)), bytes);
    }
}

TEST(DecodeUtf8, readsEveryCharacterOfEveryLength) {
    struct Point {
        std::string bytes;
        char32_t value;
    };
    const std::vector<Point> points = {
        {"A", U'A'},
        {"\x7f", 0x7F},
        {"\xc2\x80", 0x80},
        {"\xdf\xbf", 0x7FF},
        {"\xe0\xa0\x80", 0x800},
        {"\xed\x9f\xbf", 0xD7FF},
        {"\xee\x80\x80", 0xE000},
        {"\xef\xbf\xbf", 0xFFFF},
        {"\xf0\x90\x80\x80", 0x10000},
        {"\xf4\x8f\xbf\xbf", 0x10FFFF},
    };
    for (const Point& p : points) {
        const CodePoint read = decodeUtf8("ab" + p.bytes + "c", 2);
        EXPECT_TRUE(read.valid);
        EXPECT_EQ(read.value, p.value);
        EXPECT_EQ(read.length, p.bytes.size());
    }
}

/// Columns of one character as the C library has it; -1 where it has none.
int libraryWidth(char32_t c) {
    return ::wcwidth(static_cast<wchar_t>(c));
}

TEST(CellWidth, agreesWithTheLibraryForScriptsThatNamesAreWrittenIn) {
    ASSERT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr);
    struct Block {
        char32_t first;
        char32_t last;
    };
    const std::vector<Block> blocks = {
        {0x20, 0x7E},       {0xA1, 0xAC},     {0xAE, 0x377},
        {0x400, 0x52F},                                       // Latin, Greek, Cyrillic, marks
        {0x5D0, 0x5EA},     {0x621, 0x64A},   {0xE01, 0xE30}, // Hebrew, Arabic, Thai letters
        {0x2190, 0x21FF},   {0x2500, 0x257F}, {0x3041, 0x3096},
        {0x30A1, 0x30FA},                                       // arrows, boxes, kana
        {0x4E00, 0x9FFF},   {0xAC00, 0xD7A3}, {0xFF01, 0xFF60}, // Han, Hangul, full width
        {0x1F600, 0x1F64F},                                     // faces
    };
    for (const Block& block : blocks) {
        for (char32_t c = block.first; c <= block.last; ++c) {
            if (libraryWidth(c) >= 0) {
                EXPECT_EQ(cellWidth(utf8(c)), static_cast<std::size_t>(libraryWidth(c)))
                    << "U+" << std::hex << static_cast<unsigned>(c);
            }
        }
    }
}

TEST(CellWidth, countsInvalidBytesAsOneCellEach) {
    EXPECT_EQ(cellWidth(""), 0U);
    EXPECT_EQ(cellWidth("a\xff\xfe"), 3U);
    EXPECT_EQ(cellWidth("日本"), 4U);
    EXPECT_EQ(cellWidth("e\u0301"), 1U);
}

TEST(ShortenMiddle, keepsBothEndsAndNeverExceedsTheWidth) {
    EXPECT_EQ(shortenMiddle("short", 10), "short");
    EXPECT_EQ(shortenMiddle("exactly10!", 10), "exactly10!");
    EXPECT_EQ(shortenMiddle("/var/lib/docker/overlay2", 11), "/var/…rlay2");
    EXPECT_EQ(shortenMiddle("abcdef", 4), "ab…f");
    EXPECT_EQ(shortenMiddle("abcdef", 1), "…");
    EXPECT_EQ(shortenMiddle("abcdef", 0), "");
    EXPECT_EQ(shortenMiddle("日本語日本語", 6), "日…語");
    for (std::size_t cells = 1; cells < 30; ++cells) {
        EXPECT_LE(cellWidth(shortenMiddle("a日b本c語d/ë/\xff\xfe/1234567890日本語", cells)), cells) << cells;
    }
}

} // namespace
} // namespace bulkhead::base
