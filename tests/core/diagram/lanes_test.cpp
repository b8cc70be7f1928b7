#include "core/diagram/layout.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::diagram {
namespace {

std::vector<Item> itemsOf(const Layout& layout, ItemKind kind) {
    std::vector<Item> found;
    std::ranges::copy_if(
        layout.items, std::back_inserter(found), [&](const Item& i) { return i.kind == kind; });
    return found;
}

const Item& cellOf(const Layout& layout, const Diagram& diagram, std::string_view slot, int column) {
    return *std::ranges::find_if(layout.items, [&](const Item& item) {
        return item.column == column && item.row >= 0 &&
               diagram.rows[static_cast<std::size_t>(item.row)].slot->id == slot;
    });
}

bool overlap(const Rect& a, const Rect& b) {
    return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

AttackLane laneTo(std::size_t column, const std::string& end, bool blocked = false) {
    return {column, end, blocked, false, {"▶ the whole machine, and 17 more", "▶ host"}, "in full"};
}

class Lanes : public ::testing::TestWithParam<std::pair<std::size_t, double>> {};

TEST_P(Lanes, RunBesideTheColumnsAndNeverOverText) {
    std::vector<SubjectView> views = samples::eight();
    views.resize(GetParam().first);
    const Diagram diagram = buildDiagram(views, {});
    LayoutOptions options;
    options.width = GetParam().second;
    for (std::size_t i = 0; i < views.size(); ++i) {
        options.lanes.push_back(laneTo(i, "hostDisks", i % 2 == 0));
    }
    const Layout layout = layoutDiagram(diagram, builtInTextWidth, options);
    const auto lines = itemsOf(layout, ItemKind::attackLine);
    ASSERT_EQ(lines.size(), views.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const int column = static_cast<int>(i);
        EXPECT_NEAR(lines[i].rect.y, cellOf(layout, diagram, "asksFor", column).rect.y + 12, 2)
            << "it enters here";
        const Rect& end = cellOf(layout, diagram, "hostDisks", column).rect;
        const Rect wall = itemsOf(layout, ItemKind::wall)[i].rect;
        const Rect& at = lines[i].blocked ? wall : end;
        EXPECT_NEAR(lines[i].rect.bottom(), at.y + at.height / 2, 0.01);
        for (const Item& item : layout.items) {
            const bool drawn = !item.text.empty();
            Rect words = item.textRect;
            words.width = builtInTextWidth(item.text, fontOf(item.style, layout.compact, layout.scale));
            EXPECT_FALSE(drawn && overlap(lines[i].rect, words)) << item.text;
        }
    }
    for (const Item& note : itemsOf(layout, ItemKind::attackNote)) {
        EXPECT_LE(builtInTextWidth(note.text, fontOf(note.style, layout.compact, 1)), note.textRect.width);
        EXPECT_LE(note.rect.bottom(), layout.headBottom) << "it stays with the heads";
    }
}

INSTANTIATE_TEST_SUITE_P(
    Widths, Lanes,
    testing::Values(
        std::pair{1UL, 1000.0}, std::pair{2UL, 1600.0}, std::pair{4UL, 1000.0}, std::pair{8UL, 1000.0}));

TEST(Lanes, WhereOnlyDifferencesAreShownTheyCrossTheWallAllTheSame) {
    DiagramOptions shown;
    shown.onlyDifferences = true;
    const Diagram diagram = buildDiagram({samples::four()[0], samples::four()[1]}, shown);
    LayoutOptions options;
    options.lanes = {laneTo(1, "hostDisks")};
    const Layout layout = layoutDiagram(diagram, builtInTextWidth, options);
    const Item line = itemsOf(layout, ItemKind::attackLine).at(0);
    const Rect wall = itemsOf(layout, ItemKind::wall).at(1).rect;
    EXPECT_LT(line.rect.y, wall.y);
    EXPECT_GT(line.rect.bottom(), wall.bottom());
}

TEST(SharedBoxes, LieBelowTheNamespacesAcrossTheirColumns) {
    Diagram diagram = buildDiagram(samples::four(), {});
    LayoutOptions options;
    options.width = 1400;
    diagram.shared = {{0, 2, "net", "all of it"}, {1, 2, "ipc", ""}, {3, 3, "x", ""}};
    const Layout layout = layoutDiagram(diagram, builtInTextWidth, options);
    const auto boxes = itemsOf(layout, ItemKind::sharedBox);
    ASSERT_EQ(boxes.size(), 3U);
    const Rect first = cellOf(layout, diagram, "namespaces", 0).rect;
    const Rect third = cellOf(layout, diagram, "namespaces", 2).rect;
    EXPECT_DOUBLE_EQ(boxes[0].rect.x, first.x);
    EXPECT_DOUBLE_EQ(boxes[0].rect.right(), third.right());
    EXPECT_GE(boxes[0].rect.y, first.bottom());
    EXPECT_GE(boxes[1].rect.y, boxes[0].rect.bottom()) << "columns in two groups: two lines";
    EXPECT_DOUBLE_EQ(boxes[2].rect.y, boxes[0].rect.y) << "beside it there is room";
    EXPECT_LE(
        std::max(boxes[0].rect.bottom(), boxes[1].rect.bottom()),
        cellOf(layout, diagram, "capabilities", 0).rect.y);
    EXPECT_EQ(boxes[0].text, "shared: net");
    diagram.shared.clear();
    EXPECT_LT(layoutDiagram(diagram, builtInTextWidth, options).height, layout.height);
}

} // namespace
} // namespace bulkhead::diagram
