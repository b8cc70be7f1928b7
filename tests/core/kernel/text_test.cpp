#include "core/kernel/text.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

using Pieces = std::vector<std::string_view>;

TEST(Text, linesEndAtLineFeedsAndAtTheEnd) {
    EXPECT_EQ(linesOf("a\nb\n"), (Pieces{"a", "b"}));
    EXPECT_EQ(linesOf("a\n\nb"), (Pieces{"a", "", "b"}));
    EXPECT_EQ(linesOf(""), Pieces{});
    EXPECT_EQ(linesOf("\n"), Pieces{""});
}

TEST(Text, splittingKeepsEmptyPieces) {
    EXPECT_EQ(splitAt("a  b", ' '), (Pieces{"a", "", "b"}));
    EXPECT_EQ(splitAt("", ','), Pieces{""});
    EXPECT_EQ(splitAt("x,", ','), (Pieces{"x", ""}));
}

TEST(Text, wordsSkipRunsOfWhiteSpace) {
    EXPECT_EQ(wordsOf("  0 \t 1000\n 1 "), (Pieces{"0", "1000", "1"}));
    EXPECT_EQ(wordsOf(" \n"), Pieces{});
    EXPECT_EQ(trimmed("\t a b \n"), "a b");
    EXPECT_EQ(trimmed(" \n"), "");
}

TEST(Text, aNumberIsTheWholeText) {
    EXPECT_EQ(numberOf<std::uint32_t>("4294967295"), 4294967295U);
    EXPECT_EQ(numberOf<std::uint64_t>("ff", 16), 255U);
    EXPECT_EQ(numberOf<int>("-7"), -7);
    for (const std::string_view wrong : {"", " 1", "1 ", "1x", "4294967296", "-1", "+1", "0x1"}) {
        EXPECT_EQ(numberOf<std::uint32_t>(wrong), std::nullopt) << wrong;
    }
}

} // namespace
} // namespace bulkhead::kernel
