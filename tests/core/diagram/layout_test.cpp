#include "core/diagram/layout.h"
#include "tests/samples/sample_snapshots.h"

#include <gtest/gtest.h>

namespace bulkhead::diagram {
namespace {

struct Case {
    std::size_t columns;
    double width;
    double scale;
};

class LayoutGeometry : public testing::TestWithParam<Case> {};

bool overlap(const Rect& a, const Rect& b) {
    constexpr double kTouch = 0.01;
    return a.x < b.right() - kTouch && b.x < a.right() - kTouch && a.y < b.bottom() - kTouch &&
           b.y < a.bottom() - kTouch;
}

Layout layoutOf(const Case& c) {
    std::vector<SubjectView> views = samples::eight();
    views.resize(c.columns);
    LayoutOptions options;
    options.width = c.width;
    options.scale = c.scale;
    return layoutDiagram(buildDiagram(views, {}), builtInTextWidth, options);
}

TEST_P(LayoutGeometry, TextStaysInItsRectangle) {
    const Layout layout = layoutOf(GetParam());
    for (const Item& item : layout.items) {
        if (item.kind == ItemKind::columnError) {
            continue;
        }
        const double width = builtInTextWidth(item.text, fontOf(item.style, layout.compact, layout.scale));
        EXPECT_LE(width, item.textRect.width + 0.01) << item.text;
        EXPECT_FALSE(item.text.empty() && !item.fullText.empty() && item.kind == ItemKind::chip)
            << item.fullText;
        EXPECT_LE(item.rect.right(), layout.width);
        EXPECT_LE(item.rect.bottom(), layout.height);
    }
}

/// Eight columns are wider than a narrow window; the sentence to read first is not.
TEST_P(LayoutGeometry, TheHeadlineIsWhereItIsSeen) {
    const Layout layout = layoutOf(GetParam());
    std::string read;
    for (const Item& item : layout.items) {
        if (item.kind == ItemKind::headline) {
            EXPECT_LE(item.rect.right(), std::max(GetParam().width, 200 * GetParam().scale));
            read += (read.empty() ? "" : " ") + item.text;
        }
    }
    EXPECT_FALSE(read.empty());
    EXPECT_TRUE(read == layout.items.front().fullText || read.ends_with("…")) << read;
    if (GetParam().width >= 1000 * GetParam().scale) {
        EXPECT_EQ(read, layout.items.front().fullText);
    }
}

TEST_P(LayoutGeometry, CellsDoNotOverlap) {
    const Layout layout = layoutOf(GetParam());
    for (std::size_t i = 0; i < layout.items.size(); ++i) {
        for (std::size_t j = i + 1; j < layout.items.size(); ++j) {
            const Item& a = layout.items[i];
            const Item& b = layout.items[j];
            if (a.kind == ItemKind::contradiction || b.kind == ItemKind::contradiction) {
                continue; // drawn within its cell, beside the text
            }
            EXPECT_FALSE(overlap(a.rect, b.rect)) << a.text << " / " << b.text;
        }
    }
}

TEST_P(LayoutGeometry, AContradictionLeavesTheTextFree) {
    const Layout layout = layoutOf(GetParam());
    int found = 0;
    for (const Item& mark : layout.items) {
        if (mark.kind != ItemKind::contradiction) {
            continue;
        }
        ++found;
        for (const Item& item : layout.items) {
            if (item.column == mark.column && item.row == mark.row && item.kind == ItemKind::chip) {
                EXPECT_FALSE(overlap(mark.rect, item.textRect));
            }
        }
    }
    EXPECT_EQ(found > 0, GetParam().columns >= 4);
}

INSTANTIATE_TEST_SUITE_P(
    Widths, LayoutGeometry,
    testing::Values(
        Case{1, 1000, 1}, Case{2, 1000, 1}, Case{2, 1600, 1}, Case{4, 1000, 1}, Case{4, 1600, 1},
        Case{8, 1000, 1}, Case{8, 1600, 1}, Case{4, 2000, 2}, Case{8, 3200, 2}, Case{4, 640, 1},
        Case{8, 600, 1}));

TEST(Layout, IsDeterministic) {
    const Layout first = layoutOf({4, 1000, 1});
    const Layout second = layoutOf({4, 1000, 1});
    ASSERT_EQ(first.items.size(), second.items.size());
    for (std::size_t i = 0; i < first.items.size(); ++i) {
        EXPECT_EQ(first.items[i].rect, second.items[i].rect);
        EXPECT_EQ(first.items[i].text, second.items[i].text);
    }
}

TEST(Layout, FindsTheCellUnderAPoint) {
    const Layout layout = layoutOf({4, 1000, 1});
    for (std::size_t i = 0; i < layout.items.size(); ++i) {
        const Item& item = layout.items[i];
        if (item.kind == ItemKind::chip) {
            const int hit = itemAt(layout, item.rect.x + 2, item.rect.y + 2);
            EXPECT_EQ(hit, static_cast<int>(i));
        }
    }
    EXPECT_EQ(itemAt(layout, 1, 1), -1);
}

/// The mark of a cell, whose sentence a pointer shows, drawn for these contradictions.
Item drawn(const std::vector<compare::Contradiction>& found) {
    Diagram diagram = buildDiagram(samples::four(), {});
    diagram.columns[1].cells[0].contradictions = found;
    for (const Item& item : layoutDiagram(diagram, builtInTextWidth, {}).items) {
        if (item.kind == ItemKind::contradiction && item.column == 1) {
            return item;
        }
    }
    return {};
}

TEST(LayoutContradiction, TheGravestIsTheOneThatIsTold) {
    const compare::Contradiction less{"a", 2, 1, {}, compare::Direction::stronger, ""};
    const compare::Contradiction more{"b", 1, 2, {}, compare::Direction::weaker, "why"};
    const Item item = drawn({less, more});
    EXPECT_TRUE(item.gotMore);
    EXPECT_EQ(item.fullText, "got more than asked: b: asked 1, got 2 (why)");
}

TEST(LayoutContradiction, WhatHasNoOrderIsNotCalledLess) {
    const auto text = [](compare::Direction direction) {
        return drawn({{"a", 1, 2, {}, direction, ""}}).fullText;
    };
    EXPECT_EQ(text(compare::Direction::stronger), "got less than asked: a: asked 1, got 2");
    EXPECT_EQ(text(compare::Direction::incomparable), "got other than asked: a: asked 1, got 2");
    EXPECT_EQ(text(compare::Direction::unknown), "cannot be compared: a: asked 1, got 2");
}

/// "—" says "as the baseline", and a column that was not looked at says nothing.
TEST(Layout, AColumnWithoutTheVantageHasNoDashes) {
    auto views = samples::four();
    views.resize(2);
    views[1].enforced.reset();
    for (const Item& item : layoutDiagram(buildDiagram(views, {}), builtInTextWidth, {}).items) {
        const bool ofEnforced = item.fullText == "no enforced snapshot of this subject";
        EXPECT_FALSE(item.column == 1 && ofEnforced && item.kind == ItemKind::dash);
        EXPECT_TRUE(!ofEnforced || item.column != 1 || item.text == "no snapshot") << item.text;
    }
}

} // namespace
} // namespace bulkhead::diagram
