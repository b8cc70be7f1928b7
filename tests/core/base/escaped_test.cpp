#include "core/base/escaped.h"

#include <gtest/gtest.h>
#include <string>
#include <type_traits>
#include <vector>

namespace bulkhead::base {
namespace {

struct Case {
    std::string raw;
    std::string out;
};

// Raw text must not become escaped text without one of the functions.
static_assert(!std::is_constructible_v<TerminalText, std::string>);
static_assert(!std::is_constructible_v<HtmlText, std::string>);
static_assert(!std::is_convertible_v<MarkdownText, HtmlText>);
static_assert(!std::is_convertible_v<MermaidText, MarkdownText>);

TEST(TerminalText, showsControlCharactersInsteadOfSendingThem) {
    const std::vector<Case> cases = {
        {"plain", "plain"},
        {"\x1b]0;title\x07", "\\x1b]0;title\\x07"},
        {"\x1b[2J", "\\x1b[2J"},
        {"a\rb", "a\\x0db"},
        {"\u202eabc", "\\xe2\\x80\\xaeabc"},
        {"\xff", "\\xff"},
        {"already \\x1b escaped", "already \\x1b escaped"}, // document text is not escaped twice
    };
    for (const Case& c : cases) {
        EXPECT_EQ(terminalText(c.raw).str(), c.out);
    }
}

// HTML Standard, "escaping a string" in attribute and text mode.
TEST(HtmlText, cannotOpenAnElementOrLeaveAnAttribute) {
    EXPECT_EQ(
        htmlText("<img src=x onerror='alert(1)'>").str(), "&lt;img src=x onerror=&#39;alert(1)&#39;&gt;");
    EXPECT_EQ(htmlText("\"&amp;").str(), "&quot;&amp;amp;");
    EXPECT_EQ(htmlText("a\nb").str(), "a\\x0ab");
    EXPECT_EQ(htmlText("Größe").str(), "Größe");
}

// CommonMark 0.31: ASCII punctuation may be escaped by a backslash; numeric entities are text, never markup.
TEST(MarkdownText, cannotOpenMarkup) {
    const std::vector<Case> cases = {
        {"CAP_SYS_ADMIN", "CAP\\_SYS\\_ADMIN"},
        {"*bold*", "\\*bold\\*"},
        {"`code`", "\\`code\\`"},
        {"[text](target)", "\\[text\\](target)"},
        {"![x](y)", "\\!\\[x\\](y)"},
        {"<script>", "&#60;script&#62;"},
        {"a|b", "a&#124;b"},
        {"&lt;", "&#38;lt;"},
        {"# head", "\\# head"},
        {"~~gone~~", "\\~\\~gone\\~\\~"},
        {"@someone", "&#64;someone"},
        {"scheme://host", "scheme&#58;//host"},
        {"$x$", "\\$x\\$"},
        {"line\nbreak", "line\\\\x0abreak"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(markdownText(c.raw).str(), c.out);
    }
}

// GitHub Flavored Markdown 0.29, 6.9: "www." at the start of a word becomes a link without any markup.
TEST(MarkdownText, cannotBecomeALink) {
    EXPECT_EQ(markdownText("www.evil.example").str(), "www&#46;evil.example");
    EXPECT_EQ(markdownText("see (WWW.evil.example").str(), "see (WWW&#46;evil.example");
    EXPECT_EQ(markdownText("ww.w www").str(), "ww.w www");
}

// CommonMark 0.31, 4.1 and 5.2: what opens a list, a rule or an indented block at the start of a line.
TEST(MarkdownText, cannotOpenABlock) {
    const std::vector<Case> cases = {
        {"- x", "\\- x"},
        {"+ x", "\\+ x"},
        {"-", "\\-"},
        {"---", "\\---"},
        {"===", "\\==="},
        {"1. x", "1\\. x"},
        {"123456789) x", "123456789\\) x"},
        {"   - x", "   \\- x"},
        {"    x", "&#32;   x"},
        {"-1", "-1"},
        {"--flag", "--flag"},
        {"+x", "+x"},
        {"1.5", "1.5"},
        {"1 - x", "1 - x"},
        {"a 1. x", "a 1. x"},
        {"=x", "=x"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(markdownText(c.raw).str(), c.out);
    }
}

// Found by rendering with Mermaid: each of these acts inside a quoted label.
TEST(MermaidText, cannotActInsideALabel) {
    const std::vector<Case> cases = {
        {"%%{init: {}}%%", "#37;#37;#123;init#58; #123;#125;#125;#37;#37;"},
        {"<img>", "#60;img#62;"},
        {"$$x$$", "#36;#8288;#36;x#36;#8288;#36;"},
        {"fa:fa-user", "fa#58;#8288;fa-user"},
        {"`md`", "#96;md#96;"},
        {"say \"hi\"", "say #34;hi#34;"},
        {"#quot;", "#35;quot#59;"},
        {"a&b", "a#38;b"},
        {"[x]", "#91;x#93;"},
        {"a;b", "a#59;b"},
        {"\u202ex", "#92;xe2#92;x80#92;xaex"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(mermaidText(c.raw).str(), c.out);
    }
}

TEST(MermaidText, leavesNoCharacterThatActs) {
    for (int c = 1; c < 128; ++c) {
        const std::string out = mermaidText(std::string(1, static_cast<char>(c))).str();
        const bool entity = out.starts_with('#') && out.find(';') != std::string::npos;
        const bool harmless =
            std::string("%<>$`\"&{}[]|;:\\@~^*!'\n\t").find(static_cast<char>(c)) == std::string::npos;
        EXPECT_TRUE(entity || harmless) << c << " " << out;
    }
}

TEST(Escaped, textsOfOneFormatJoin) {
    HtmlText text = HtmlText::trusted("<b>") + htmlText("<");
    text += HtmlText::trusted("</b>");
    EXPECT_EQ(text.str(), "<b>&lt;</b>");
}

} // namespace
} // namespace bulkhead::base
