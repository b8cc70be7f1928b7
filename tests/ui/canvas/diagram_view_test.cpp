#include "tests/samples/sample_snapshots.h"
#include "ui/canvas/diagram_view.h"
#include "ui/paint/fonts.h"

#include <QDropEvent>
#include <QMimeData>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QUrl>
#include <QWheelEvent>
#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::canvas {
namespace {

using diagram::ItemKind;

class View : public ::testing::Test {
protected:
    void SetUp() override {
        paint::loadFonts();
        m_view.resize(1000, 500);
        m_view.setDiagram(diagram::buildDiagram(samples::four(), {}));
        m_view.show();
        m_view.setFocus();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(&m_view));
    }

    [[nodiscard]] QPoint headAt(int column) const {
        for (const diagram::Item& item : m_view.picture().items) {
            if (item.kind == ItemKind::columnHead && item.column == column) {
                return m_view.viewportRect(item).center();
            }
        }
        return {};
    }

    [[nodiscard]] QPoint cellAt(const Cursor& cursor) const {
        return m_view
            .viewportRect(
                m_view.picture().items.at(static_cast<std::size_t>(itemOf(m_view.picture(), cursor))))
            .center();
    }

    void key(Qt::Key code, Qt::KeyboardModifiers with = Qt::NoModifier) {
        QTest::keyClick(&m_view, code, with);
    }

    DiagramView m_view;
};

TEST_F(View, arrowsWalkTheGrid) {
    QSignalSpy moved(&m_view, &DiagramView::cursorMoved);
    m_view.setCursorCell({-1, 0});
    key(Qt::Key_Down);
    key(Qt::Key_Right);
    EXPECT_EQ(m_view.cursorCell(), (Cursor{0, 1}));
    key(Qt::Key_End);
    key(Qt::Key_Up);
    EXPECT_EQ(m_view.cursorCell(), (Cursor{-1, 3}));
    EXPECT_EQ(moved.count(), 4);
    EXPECT_TRUE(m_view.accessibleDescription().startsWith("privileged: "))
        << m_view.accessibleDescription().toStdString();
}

TEST_F(View, tabWalksTheDifferencesAndThenLeaves) {
    m_view.setCursorCell({-1, 0});
    key(Qt::Key_Tab);
    const Cursor first = m_view.cursorCell();
    ASSERT_GE(first.row, 0);
    EXPECT_TRUE(m_view.diagram()
                    .columns[static_cast<std::size_t>(first.column)]
                    .cells[static_cast<std::size_t>(first.row)]
                    .changed());
    for (int i = 0; i < 200 && nextDifference(m_view.diagram(), m_view.cursorCell(), false); ++i) {
        key(Qt::Key_Tab);
    }
    EXPECT_FALSE(nextDifference(m_view.diagram(), m_view.cursorCell(), false));
    const Cursor last = m_view.cursorCell();
    key(Qt::Key_Tab);
    EXPECT_EQ(m_view.cursorCell(), last) << "Tab behind the last one is no longer the canvas's";
    key(Qt::Key_Backtab);
    EXPECT_NE(m_view.cursorCell(), last);
}

TEST_F(View, theCursorIsScrolledOutFromUnderTheHead) {
    m_view.setCursorCell({-1, 0});
    for (int i = 0; i < 40; ++i) {
        key(Qt::Key_Down);
    }
    EXPECT_GT(m_view.verticalScrollBar()->value(), 0);
    for (int i = 0; i < 10; ++i) {
        key(Qt::Key_Up);
    }
    const int head = static_cast<int>(m_view.picture().headBottom);
    EXPECT_GE(cellAt(m_view.cursorCell()).y(), head);
    EXPECT_LT(cellAt(m_view.cursorCell()).y(), m_view.viewport()->height());
}

TEST_F(View, theHeadStaysInViewAndCanBeClickedThere) {
    m_view.verticalScrollBar()->setValue(m_view.verticalScrollBar()->maximum());
    EXPECT_GE(headAt(2).y(), 0);
    EXPECT_LT(headAt(2).y(), static_cast<int>(m_view.picture().headBottom));
    QTest::mouseClick(m_view.viewport(), Qt::LeftButton, Qt::NoModifier, headAt(2));
    EXPECT_EQ(m_view.cursorCell(), (Cursor{-1, 2}));
}

TEST_F(View, aClickSelectsACell) {
    QTest::mouseClick(m_view.viewport(), Qt::LeftButton, Qt::NoModifier, cellAt({3, 1}));
    EXPECT_EQ(m_view.cursorCell(), (Cursor{3, 1}));
}

TEST_F(View, deleteEnterAndDoubleClickAsk) {
    QSignalSpy removed(&m_view, &DiagramView::removeRequested);
    QSignalSpy head(&m_view, &DiagramView::headActivated);
    QSignalSpy cell(&m_view, &DiagramView::cellActivated);
    m_view.setCursorCell({2, 1});
    key(Qt::Key_Return);
    key(Qt::Key_Delete);
    m_view.setCursorCell({-1, 3});
    key(Qt::Key_Return);
    QTest::mouseDClick(m_view.viewport(), Qt::LeftButton, Qt::NoModifier, headAt(2));
    ASSERT_EQ(removed.count(), 1);
    EXPECT_EQ(removed[0][0].toInt(), 1);
    ASSERT_EQ(cell.count(), 1);
    ASSERT_EQ(head.count(), 2);
    EXPECT_EQ(head[0][0].toInt(), 3);
    EXPECT_EQ(head[1][0].toInt(), 2);
}

TEST_F(View, draggingAHeadAsksForAMove) {
    QSignalSpy moved(&m_view, &DiagramView::moveRequested);
    const QPoint from = headAt(3);
    const QPoint to = headAt(1) - QPoint(60, 0);
    QTest::mousePress(m_view.viewport(), Qt::LeftButton, Qt::NoModifier, from);
    QTest::mouseMove(m_view.viewport(), from - QPoint(30, 0));
    QTest::mouseMove(m_view.viewport(), to);
    m_view.grab();
    QTest::mouseRelease(m_view.viewport(), Qt::LeftButton, Qt::NoModifier, to);
    ASSERT_EQ(moved.count(), 1);
    EXPECT_EQ(moved[0][0].toInt(), 3);
    EXPECT_EQ(moved[0][1].toInt(), 1);
}

TEST_F(View, controlAndArrowsMoveTheColumn) {
    QSignalSpy moved(&m_view, &DiagramView::moveRequested);
    m_view.setCursorCell({2, 1});
    key(Qt::Key_Right, Qt::ControlModifier);
    ASSERT_EQ(moved.count(), 1);
    EXPECT_EQ(moved[0][1].toInt(), 2);
    m_view.setCursorCell({2, 0});
    key(Qt::Key_Left, Qt::ControlModifier);
    EXPECT_EQ(moved.count(), 1);
}

TEST_F(View, controlAndWheelZoomWithinBounds) {
    const QPointF at(100, 100);
    for (int i = 0; i < 60; ++i) {
        QWheelEvent event(
            at, m_view.viewport()->mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::ControlModifier,
            Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(m_view.viewport(), &event);
    }
    EXPECT_DOUBLE_EQ(m_view.zoom(), 3.0);
    m_view.setZoom(0.01);
    EXPECT_DOUBLE_EQ(m_view.zoom(), 0.5);
    EXPECT_GT(m_view.picture().width, 1000) << "the picture is laid out anew for the room there is";
}

TEST_F(View, takesDropsOfWhatIsAccepted) {
    QStringList dropped;
    m_view.setAccepts([](const QMimeData& mime) { return mime.hasUrls(); });
    QObject::connect(&m_view, &DiagramView::dropped, &m_view, [&dropped](const QMimeData* mime) {
        dropped << mime->urls().front().toLocalFile();
    });
    QMimeData words;
    words.setText(QStringLiteral("hello"));
    QMimeData files;
    files.setUrls({QUrl::fromLocalFile(QStringLiteral("/tmp/default.json"))});
    for (QMimeData* mime : {&words, &files}) {
        QDragEnterEvent enter({50, 50}, Qt::CopyAction, mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_view.viewport(), &enter);
        EXPECT_EQ(enter.isAccepted(), mime == &files);
        QDropEvent drop({50, 50}, Qt::CopyAction, mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_view.viewport(), &drop);
    }
    EXPECT_EQ(dropped, QStringList{"/tmp/default.json"});
}

TEST_F(View, everyChipIsInsideThePictureAsItIsShown) {
    for (const int width : {1000, 1600}) {
        m_view.resize(width, 500);
        for (const diagram::Item& item : m_view.picture().items) {
            EXPECT_GE(m_view.viewportRect(item).left(), 0);
            EXPECT_LE(m_view.viewportRect(item).right(), m_view.viewport()->width() + 1) << item.text;
        }
    }
}

} // namespace
} // namespace bulkhead::canvas
