#include "tests/samples/sample_snapshots.h"
#include "ui/canvas/cell_walk.h"

#include <gtest/gtest.h>

namespace bulkhead::canvas {
namespace {

double eightPixels(std::string_view text, const diagram::Font& /*font*/) {
    return 8.0 * static_cast<double>(text.size());
}

class CellWalk : public ::testing::Test {
protected:
    diagram::Diagram m_diagram = diagram::buildDiagram(samples::four(), {});
    diagram::Layout m_layout = diagram::layoutDiagram(m_diagram, eightPixels, {});

    [[nodiscard]] int rowOf(std::string_view slot) const {
        for (std::size_t i = 0; i < m_diagram.rows.size(); ++i) {
            if (m_diagram.rows[i].slot->id == slot) {
                return static_cast<int>(i);
            }
        }
        return -1;
    }
};

TEST_F(CellWalk, stepsStopAtTheEdges) {
    const int last = static_cast<int>(m_diagram.rows.size()) - 1;
    EXPECT_EQ(stepped(m_diagram, {}, 1, 0), (Cursor{-1, 0})) << "from nowhere to the first head";
    EXPECT_EQ(stepped(m_diagram, {-1, 0}, 0, -1), (Cursor{-1, 0}));
    EXPECT_EQ(stepped(m_diagram, {-1, 0}, 0, 1), (Cursor{0, 0}));
    EXPECT_EQ(stepped(m_diagram, {0, 3}, 1, 0), (Cursor{0, 3}));
    EXPECT_EQ(stepped(m_diagram, {last, 1}, 0, 1), (Cursor{last, 1}));
    EXPECT_EQ(stepped(m_diagram, {0, 0}, 1000, 0), (Cursor{0, 3}));
    EXPECT_EQ(stepped(diagram::Diagram{}, {}, 1, 1), (Cursor{-1, -1}));
}

TEST_F(CellWalk, theNextDifferenceVisitsEveryChangedCellOnce) {
    int expected = 0;
    for (const diagram::Column& column : m_diagram.columns) {
        for (const diagram::Cell& cell : column.cells) {
            expected += cell.changed() || !cell.contradictions.empty() ? 1 : 0;
        }
    }
    int visited = 0;
    Cursor at;
    while (const auto next = nextDifference(m_diagram, at, false)) {
        at = *next;
        ASSERT_LE(++visited, expected);
    }
    EXPECT_EQ(visited, expected);
    EXPECT_GE(visited, 11);
    while (const auto previous = nextDifference(m_diagram, at, true)) {
        at = *previous;
        --visited;
    }
    EXPECT_EQ(visited, 1) << "walking back ends at the first";
}

TEST_F(CellWalk, pointsAndCursorsAgree) {
    for (int row = -1; row < static_cast<int>(m_diagram.rows.size()); ++row) {
        for (int column = 0; column < 4; ++column) {
            const int index = itemOf(m_layout, {row, column});
            ASSERT_GE(index, 0) << row << "," << column;
            const diagram::Item& item = m_layout.items[static_cast<std::size_t>(index)];
            if (item.kind != diagram::ItemKind::gapStrip) {
                EXPECT_EQ(cursorAt(m_layout, item.rect.x + 2, item.rect.y + 2), (Cursor{row, column}));
            }
        }
    }
    EXPECT_EQ(cursorAt(m_layout, 2, 2), Cursor{});
    EXPECT_EQ(itemOf(m_layout, {}), -1);
}

TEST_F(CellWalk, aColumnThatFailedIsItsError) {
    auto subjects = samples::four();
    subjects[2] = {};
    subjects[2].name = "rootless";
    subjects[2].error = "runc: cannot map uid";
    const diagram::Diagram picture = diagram::buildDiagram(subjects, {});
    const diagram::Layout layout = diagram::layoutDiagram(picture, eightPixels, {});
    const int index = itemOf(layout, {4, 2});
    ASSERT_GE(index, 0);
    EXPECT_EQ(layout.items[static_cast<std::size_t>(index)].kind, diagram::ItemKind::columnError);
    EXPECT_EQ(describe(picture, layout, {4, 2}), "rootless: runc: cannot map uid");
}

TEST_F(CellWalk, describesWhatACursorIsOn) {
    const std::string words = describe(m_diagram, m_layout, {rowOf("capabilities"), 3});
    EXPECT_TRUE(words.starts_with("capabilities, privileged: ")) << words;
    EXPECT_NE(words.find("weaker"), std::string::npos) << words;
    EXPECT_TRUE(describe(m_diagram, m_layout, {rowOf("capabilities"), 1})
                    .starts_with("capabilities, read-only: as the baseline, "));
    EXPECT_TRUE(describe(m_diagram, m_layout, {-1, 0}).starts_with("default: baseline"));
    EXPECT_EQ(describe(m_diagram, m_layout, {}), "");
}

} // namespace
} // namespace bulkhead::canvas
