// Variables of Compose documents, by the Compose Specification (interpolation) and the .env format of
// Compose.

#include "core/claims/compose_variables.h"

#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

using Texts = std::vector<std::string>;

TEST(ComposeVariables, EveryForm) {
    const VariableMap v = {{"A", "a"}, {"EMPTY", ""}, {"N_1", "n"}};
    const std::vector<std::pair<const char*, const char*>> cases = {
        {"$A", "a"},           {"${A}", "a"},       {"x$A/$N_1.y", "xa/n.y"},
        {"$$A", "$A"},         {"$${A}", "${A}"},   {"${A:-d}", "a"},
        {"${EMPTY:-d}", "d"},  {"${NO:-d}", "d"},   {"${A-d}", "a"},
        {"${EMPTY-d}", ""},    {"${NO-d}", "d"},    {"${NO-}", ""},
        {"${A:+c}", "c"},      {"${EMPTY:+c}", ""}, {"${NO:+c}", ""},
        {"${A+c}", "c"},       {"${EMPTY+c}", "c"}, {"${NO+c}", ""},
        {"${A:?e}", "a"},      {"${EMPTY?e}", ""},  {"${NO:-${EMPTY:-$A}}!", "a!"},
        {"${NO:-a:b}", "a:b"},
    };
    for (const auto& [text, expected] : cases) {
        const auto written = substitute(text, v);
        ASSERT_TRUE(written) << text << ": " << written.error();
        EXPECT_EQ(written->text, expected) << text;
        EXPECT_TRUE(written->unset.empty()) << text;
    }
    EXPECT_EQ(substitute("$NO/${ALSO}", v)->unset, (Texts{"NO", "ALSO"}));
    EXPECT_EQ(substitute("${NO:?give one}", v).error(), "the variable NO is required: give one");
    EXPECT_EQ(substitute("${EMPTY:?}", v).error(), "the variable EMPTY is required");
    EXPECT_EQ(substitute("${NO?x}", v).error(), "the variable NO is required: x");
    EXPECT_EQ(substitute("5$", v).error(), "a $ that names no variable: $; $$ stands for one");
    EXPECT_EQ(substitute("${A", v).error(), "no } closes ${A");
    EXPECT_EQ(substitute("${A!}", v).error(), "not a variable: ${A!}");
    std::string deep;
    for (int i = 0; i < 40; ++i) {
        deep += "${NO:-";
    }
    EXPECT_EQ(
        substitute(deep + std::string(40, '}'), v).error(), "variables stand deeper in one another than 16");
}

TEST(ComposeVariables, TheEnvFile) {
    const auto v = parseDotEnv(
        "# no\n\nA=1\nexport B = two words # tail\nC='$A "
        "#'\nD=\"$A\\n\\$A\"\nE=\nF=\"x\ny\"\nG=${A}${HELD}\nHELD=no\n",
        ".env", {{"HELD", "kept"}});
    ASSERT_TRUE(v) << v.error().message;
    EXPECT_EQ(
        *v, (VariableMap{
                {"A", "1"},
                {"B", "two words"},
                {"C", "$A #"},
                {"D", "1\n$A"},
                {"E", ""},
                {"F", "x\ny"},
                {"G", "1kept"},
                {"HELD", "kept"}}));
    EXPECT_EQ(parseDotEnv("A=1\nB\n", ".env", {}).error().message, ".env:2:1: expected NAME=VALUE");
    EXPECT_EQ(parseDotEnv("A='x\n", ".env", {}).error().message, ".env:1:1: A: the quote is not closed");
    EXPECT_EQ(parseDotEnv("A b=1", ".env", {}).error().message, ".env:1:1: not the name of a variable: A b");
    std::string bomb = "A0=xxxxxxxxxxxxxxxx\n";
    for (int i = 1; i < 30; ++i) {
        const std::string before = "$A" + std::to_string(i - 1);
        bomb += "A" + std::to_string(i) + "=" + before + before + "\n";
    }
    EXPECT_NE(
        parseDotEnv(bomb, ".env", {}).error().message.find("larger than 1048576 bytes with its variables"),
        std::string::npos);
}

} // namespace
} // namespace bulkhead::claims
