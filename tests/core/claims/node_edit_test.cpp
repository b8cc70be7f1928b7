#include "core/claims/node_edit.h"

#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

std::string written(const Node& value) {
    Node map = mapNode();
    valueFor(map, "k") = value;
    return writeYamlNodes({map});
}

// YAML 1.1, 5.4: NEL, LS and PS end a line, also within quotes; 5.1: DEL, the C1 controls, a byte order mark
// within the text and U+FFFE are not printable. JSON holds them all.
TEST(NodeEdit, WhatEndsALineOfYamlIsEscaped) {
    EXPECT_EQ(written(textNode("\u2028 x \u0085 y \u2029")), "k: \"\\u2028 x \\u0085 y \\u2029\"\n");
    EXPECT_EQ(written(textNode("\x7f\u0080\ufeff\ufffe")), "k: \"\\u007f\\u0080\\ufeff\\ufffe\"\n");
    EXPECT_EQ(
        written(textNode("\u00e9 \u00a0 \u2027 \U0001f600")), "k: \"\u00e9 \u00a0 \u2027 \U0001f600\"\n");
    EXPECT_EQ(writeJsonNode(textNode("a\u2028\"")), "\"a\\u2028\\\"\"\n");
}

TEST(NodeEdit, KeysAreEscapedAsValuesAre) {
    Node map = mapNode();
    map.keys.push_back(textNode("a\u2028b"));
    map.items.push_back(plainNode("1"));
    EXPECT_EQ(writeYamlNodes({map}), "\"a\\u2028b\": 1\n");
}

TEST(NodeEdit, BareTextThatNoLineHoldsIsQuoted) {
    EXPECT_EQ(written(plainNode("a\u0085b")), "k: \"a\\u0085b\"\n");
    const auto folded = parseYamlNodes("k: a\n\n  b\n", "f.yaml");
    ASSERT_TRUE(folded);
    EXPECT_EQ(writeYamlNodes(*folded), "k: \"a\\nb\"\n");
    EXPECT_EQ(written(plainNode("plain")), "k: plain\n");
}

TEST(NodeEdit, WhatIsWrittenIsReadAgain) {
    const std::string text = "\u2028 x \u0085 y\u2029\x7f\ufeff \\u2028 \"\t\n";
    const auto again = parseYamlNodes(written(textNode(text)), "f.yaml");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->front().items.front().text, text);
}

} // namespace
} // namespace bulkhead::claims
