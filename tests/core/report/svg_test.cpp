#include "core/report/svg.h"
#include "tests/core/report/sample_diagram.h"

#include <gtest/gtest.h>
#include <regex>

namespace bulkhead::report {
namespace {

diagram::Layout layoutOf(const diagram::Diagram& diagram, double width = 1000) {
    diagram::LayoutOptions options;
    options.width = width;
    return diagram::layoutDiagram(diagram, diagram::builtInTextWidth, options);
}

std::ptrdiff_t count(const std::string& text, const std::string& pattern) {
    const std::regex regex(pattern);
    return std::distance(std::sregex_iterator(text.begin(), text.end(), regex), std::sregex_iterator());
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(Svg, drawsEveryItemOfTheLayout) {
    const diagram::Layout layout = layoutOf(sample::labDiagram(4));
    const std::string svg = writeSvg(layout, diagram::lightPalette());
    std::ptrdiff_t chips = 0;
    std::ptrdiff_t texts = 0;
    for (const diagram::Item& item : layout.items) {
        chips += item.kind == diagram::ItemKind::chip ? 1 : 0;
        texts += item.text.empty() ? 0 : 1;
        const bool gap = item.kind == diagram::ItemKind::gapCell || item.kind == diagram::ItemKind::gapStrip;
        texts += item.kind == diagram::ItemKind::chip || gap ? 1 : 0; // its glyph
    }
    EXPECT_GT(chips, 10);
    EXPECT_EQ(count(svg, "<text "), texts);
    EXPECT_EQ(count(svg, R"re(rx="2" fill="#(fff1eb|edf7f4|eff1f8)")re"), chips);
    EXPECT_EQ(count(svg, "<circle "), 1); // one contradiction
    EXPECT_TRUE(holds(svg, "viewBox=\"0 0 "));
}

TEST(Svg, saysWhatItShowsToThoseWhoHearIt) {
    const std::string svg =
        writeSvg(layoutOf(sample::labDiagramOf({"default", "privileged"})), diagram::darkPalette());
    EXPECT_TRUE(holds(svg, "<title id=\"title\">privileged: 7 weaker. 26 more capabilities"));
    EXPECT_TRUE(holds(svg, "default: baseline. privileged: ▼ 7 weaker.</desc>"));
    EXPECT_TRUE(holds(svg, "fill=\"#121417\"/>"));
}

TEST(Svg, hostileTextStaysText) {
    const std::string svg = writeSvg(layoutOf(sample::hostileDiagram(4)), diagram::lightPalette());
    EXPECT_EQ(
        count(svg, "<(?!/?(svg|title|desc|metadata|defs|pattern|g|rect|line|path|circle|text)[ >/])"), 0);
    EXPECT_TRUE(holds(svg, "&lt;img src=x onerror=alert(1)&gt;"));
    EXPECT_FALSE(holds(svg, "\u202e"));
    EXPECT_FALSE(holds(svg, "\x1b"));
}

TEST(Svg, theHashFollowsTheGraphAndNotTheFonts) {
    const std::string wide = graphHash(layoutOf(sample::labDiagram(4), 1600));
    EXPECT_EQ(wide.size(), 16U);
    EXPECT_EQ(graphHash(layoutOf(sample::labDiagram(4), 1400)), wide);
    diagram::Diagram changed = sample::labDiagram(4);
    changed.columns[3].cells[7].detail += ", and one more";
    EXPECT_NE(graphHash(layoutOf(changed, 1600)), wide);
    diagram::Diagram marked = sample::labDiagram(4);
    marked.columns[3].cells[7].mark = diagram::Mark::stronger;
    EXPECT_NE(graphHash(layoutOf(marked, 1600)), wide);
    EXPECT_TRUE(holds(
        writeSvg(layoutOf(sample::labDiagram(4), 1600), diagram::lightPalette()),
        "<metadata>bulkhead-graph " + wide + "</metadata>"));
}

TEST(Svg, wallsByKind) {
    const auto wallOf = [](diagram::WallKind kind, int notches) {
        diagram::Item item;
        item.kind = diagram::ItemKind::wall;
        item.rect = {0, 0, 100, 20};
        item.wall = {kind, notches};
        diagram::Layout layout;
        layout.items = {item};
        return writeSvg(layout, diagram::lightPalette());
    };
    EXPECT_TRUE(holds(wallOf(diagram::WallKind::hollow, 0), "fill=\"none\" stroke=\"#174b43\""));
    EXPECT_TRUE(holds(wallOf(diagram::WallKind::solid, 0), "fill=\"#174b43\" stroke=\"#174b43\""));
    EXPECT_TRUE(holds(wallOf(diagram::WallKind::hatched, 0), "fill=\"url(#hatch)\" stroke=\"#174b43\""));
    EXPECT_EQ(count(wallOf(diagram::WallKind::notched, 3), "<path "), 3);
}

} // namespace
} // namespace bulkhead::report
