#include "core/base/bytes.h"
#include "core/report/line_wrap.h"

#include <gtest/gtest.h>

namespace bulkhead::report {
namespace {

using Lines = std::vector<std::string>;

TEST(WrapText, breaksAtSpaces) {
    EXPECT_EQ(wrapText("one two three", fitsCells(7)), (Lines{"one two", "three"}));
    EXPECT_EQ(wrapText("  one   two ", fitsCells(20)), (Lines{"one two"}));
    EXPECT_EQ(wrapText("", fitsCells(5)), Lines{});
}

TEST(WrapText, shortensALongWordInTheMiddle) {
    EXPECT_EQ(wrapText("at /var/lib/docker/x", fitsCells(9)), (Lines{"at", "/var…er/x"}));
}

TEST(WrapText, marksWhatIsLeftOver) {
    EXPECT_EQ(wrapText("a b c d", fitsCells(3), 1), (Lines{"a …"}));
    EXPECT_EQ(wrapText("aa bb cc", fitsCells(2), 2), (Lines{"aa", "b…"}));
}

TEST(WrapText, cutsNoEscapeInTwo) {
    for (std::size_t cells = 5; cells < 40; ++cells) {
        for (const std::string& line : wrapText(R"(\xe2\x80\xae\xe2\x80\xaegnp.exe\x0a)", fitsCells(cells))) {
            EXPECT_EQ(base::textFromBytes(base::bytesFromText(line)), line) << cells;
            EXPECT_LE(base::cellWidth(line), cells);
        }
    }
}

TEST(Padded, countsCellsAndNotBytes) {
    EXPECT_EQ(padded("▲ x", 5), "▲ x  ");
    EXPECT_EQ(padded("漢", 4), "漢  ");
    EXPECT_EQ(padded("abcdefgh", 5), "ab…gh");
}

} // namespace
} // namespace bulkhead::report
