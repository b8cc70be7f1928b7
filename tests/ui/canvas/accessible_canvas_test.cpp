#include "tests/samples/sample_snapshots.h"
#include "ui/canvas/diagram_view.h"
#include "ui/paint/fonts.h"

#include <QAccessible>
#include <QSignalSpy>
#include <QTest>
#include <gtest/gtest.h>

namespace bulkhead::canvas {
namespace {

/// The canvas as a screen reader sees it: only through QAccessible.
class Accessible : public ::testing::Test {
protected:
    void SetUp() override {
        paint::loadFonts();
        QAccessible::setActive(true);
        m_view.resize(1000, 500);
        m_view.setDiagram(diagram::buildDiagram(samples::four(), {}));
        m_view.show();
        m_view.activateWindow();
        m_view.setFocus();
        ASSERT_TRUE(QTest::qWaitForWindowActive(&m_view));
        m_canvas = QAccessible::queryAccessibleInterface(&m_view);
        ASSERT_NE(m_canvas, nullptr);
        m_table = m_canvas->tableInterface();
        ASSERT_NE(m_table, nullptr);
    }

    [[nodiscard]] int rowOf(const std::string& slot) const {
        const auto& rows = m_view.diagram().rows;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].slot->id == slot) {
                return static_cast<int>(i);
            }
        }
        return -1;
    }

    DiagramView m_view;
    QAccessibleInterface* m_canvas = nullptr;
    QAccessibleTableInterface* m_table = nullptr;
};

TEST_F(Accessible, isATableOfSlotsAndSubjects) {
    EXPECT_EQ(m_canvas->role(), QAccessible::Table);
    EXPECT_EQ(m_canvas->text(QAccessible::Name), "Trust-boundary diagram");
    EXPECT_EQ(m_table->columnCount(), 4);
    EXPECT_EQ(m_table->rowCount(), static_cast<int>(m_view.diagram().rows.size()));
    EXPECT_TRUE(m_table->columnDescription(3).startsWith("privileged: "));
    EXPECT_EQ(m_table->rowDescription(rowOf("capabilities")), "capabilities");
    EXPECT_TRUE(m_table->caption()->text(QAccessible::Name).startsWith("privileged: 7 weaker"));
}

TEST_F(Accessible, cellsSayWhatTheyHoldAndWhereTheyStand) {
    QAccessibleInterface* cell = m_table->cellAt(rowOf("capabilities"), 3);
    ASSERT_NE(cell, nullptr);
    EXPECT_EQ(cell->role(), QAccessible::Cell);
    const QString words = cell->text(QAccessible::Name);
    EXPECT_TRUE(words.startsWith("capabilities, privileged: weaker")) << words.toStdString();
    QAccessibleTableCellInterface* place = cell->tableCellInterface();
    ASSERT_NE(place, nullptr);
    EXPECT_EQ(place->columnIndex(), 3);
    EXPECT_EQ(place->rowIndex(), rowOf("capabilities"));
    ASSERT_EQ(place->columnHeaderCells().size(), 1);
    EXPECT_EQ(place->columnHeaderCells()[0]->role(), QAccessible::ColumnHeader);
    ASSERT_EQ(place->rowHeaderCells().size(), 1);
    EXPECT_EQ(place->rowHeaderCells()[0]->text(QAccessible::Name), "capabilities");
    EXPECT_EQ(place->table(), m_canvas);
    EXPECT_EQ(m_table->cellAt(0, 99), nullptr);
    EXPECT_EQ(m_table->cellAt(-1, 0), nullptr);
}

TEST_F(Accessible, everyChildIsFoundUnderItsIndex) {
    ASSERT_EQ(m_canvas->childCount(), (m_table->rowCount() + 1) * 5);
    for (int i = 0; i < m_canvas->childCount(); ++i) {
        QAccessibleInterface* child = m_canvas->child(i);
        ASSERT_NE(child, nullptr) << i;
        EXPECT_TRUE(child->isValid());
        EXPECT_EQ(m_canvas->indexOfChild(child), i);
        EXPECT_EQ(child->parent(), m_canvas);
        EXPECT_FALSE(child->text(QAccessible::Name).isEmpty()) << i;
        EXPECT_FALSE(child->rect().isEmpty()) << i << child->text(QAccessible::Name).toStdString();
    }
}

TEST_F(Accessible, theFocusIsTheCellUnderTheCursor) {
    m_view.setCursorCell({-1, 0});
    QTest::keyClick(&m_view, Qt::Key_Down);
    QTest::keyClick(&m_view, Qt::Key_Right);
    QAccessibleInterface* focus = m_canvas->focusChild();
    ASSERT_NE(focus, nullptr);
    EXPECT_EQ(focus, m_table->cellAt(0, 1));
    EXPECT_TRUE(focus->state().focused);
    EXPECT_TRUE(focus->state().selected);
    EXPECT_FALSE(m_table->cellAt(0, 2)->state().selected);
    ASSERT_EQ(m_table->selectedCellCount(), 1);
    EXPECT_EQ(m_table->selectedCells()[0], focus);
}

TEST_F(Accessible, aPointOfTheScreenIsTheCellThatIsDrawnThere) {
    QAccessibleInterface* cell = m_table->cellAt(1, 2);
    const QPoint middle = cell->rect().center();
    EXPECT_EQ(m_canvas->childAt(middle.x(), middle.y()), cell);
    EXPECT_FALSE(cell->state().offscreen);
    EXPECT_TRUE(m_table->cellAt(m_table->rowCount() - 1, 0)->state().offscreen) << "500 pixels show it all";
}

TEST_F(Accessible, aCellCanBeFocusedAndPressed) {
    QSignalSpy opened(&m_view, &DiagramView::cellActivated);
    QAccessibleInterface* cell = m_table->cellAt(rowOf("seccomp"), 3);
    QAccessibleActionInterface* action = cell->actionInterface();
    ASSERT_NE(action, nullptr);
    action->doAction(QAccessibleActionInterface::setFocusAction());
    EXPECT_EQ(m_view.cursorCell(), (Cursor{rowOf("seccomp"), 3}));
    EXPECT_EQ(opened.count(), 0);
    action->doAction(QAccessibleActionInterface::pressAction());
    ASSERT_EQ(opened.count(), 1);
    EXPECT_EQ(opened[0][1].toInt(), 3);
}

TEST_F(Accessible, whatLeavesTheCanvasIsNoLongerValid) {
    QAccessibleInterface* gone = m_table->cellAt(0, 3);
    const QAccessible::Id id = QAccessible::uniqueId(gone);
    auto two = samples::four();
    two.resize(2);
    m_view.setDiagram(diagram::buildDiagram(two, {}));
    EXPECT_FALSE(gone->isValid());
    EXPECT_EQ(m_table->cellAt(0, 3), nullptr);
    // Qt passes this on where a screen reader listens; on no screen nobody does.
    QAccessibleTableModelChangeEvent change(&m_view, QAccessibleTableModelChangeEvent::ModelReset);
    m_table->modelChange(&change);
    EXPECT_EQ(QAccessible::accessibleInterface(id), nullptr);
    EXPECT_EQ(m_table->columnCount(), 2);
    EXPECT_TRUE(m_table->cellAt(0, 1)->isValid());
    m_view.setDiagram({});
    EXPECT_EQ(m_canvas->childCount(), 0);
}

} // namespace
} // namespace bulkhead::canvas
