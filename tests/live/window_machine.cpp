// Drives the real window on containers that run here, without a screen: opens them by pid, looks at the
// canvas, from inside, at the live page, and pastes a document beside them. The script says which containers
// there are and what /proc holds of them:
//   window_machine DEFAULT_PID PRIVILEGED_PID DEFAULT_CAPABILITIES PRIVILEGED_CAPABILITIES

#include "app/workbench/make_services.h"
#include "ui/main_window/main_window.h"
#include "ui/models/cell_text.h"
#include "ui/pages/live_page.h"
#include "ui/pages/table_page.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>
#include <QUndoStack>
#include <algorithm>
#include <gtest/gtest.h>
#include <memory>

namespace bulkhead::main_window {
namespace {

QStringList words;

constexpr int kWaitMs = 60'000;

class WindowMachine : public ::testing::Test {
protected:
    void SetUp() override {
        m_settings =
            std::make_unique<QSettings>(m_folder.filePath(QStringLiteral("s.ini")), QSettings::IniFormat);
        m_window = std::make_unique<MainWindow>(workbench::makeServices(), *m_settings);
        m_window->resize(1600, 1000);
        m_window->show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void wait() {
        ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }, kWaitMs));
    }

    void openBoth() {
        m_window->open({QStringLiteral("pid:") + words[1], QStringLiteral("pid:") + words[2]});
        wait();
        ASSERT_EQ(shown().columns.size(), 2U);
        ASSERT_TRUE(shown().columns[0].error.empty()) << shown().columns[0].error;
    }

    [[nodiscard]] const diagram::Diagram& shown() const { return m_window->workspace().diagram(); }

    [[nodiscard]] const diagram::Cell& cell(std::size_t column, std::string_view slot) const {
        const auto row =
            std::ranges::find_if(shown().rows, [&](const diagram::Row& one) { return one.slot->id == slot; });
        return shown().columns[column].cells[static_cast<std::size_t>(row - shown().rows.begin())];
    }

    QTemporaryDir m_folder;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<MainWindow> m_window;
};

TEST_F(WindowMachine, theCanvasSaysWhatTheKernelHolds) {
    openBoth();
    EXPECT_TRUE(cell(0, "capabilities").text.normal.starts_with(words[3].toStdString() + " "))
        << cell(0, "capabilities").text.normal;
    EXPECT_TRUE(cell(1, "capabilities").text.normal.starts_with(words[4].toStdString() + " "))
        << cell(1, "capabilities").text.normal;
    EXPECT_EQ(cell(1, "capabilities").mark, diagram::Mark::weaker);
    EXPECT_EQ(cell(1, "seccomp").text.normal, "none");
    EXPECT_EQ(cell(1, "seccomp").mark, diagram::Mark::weaker);
    EXPECT_EQ(shown().columns[1].wall.kind, diagram::WallKind::notched);
    EXPECT_NE(shown().headline.find("weaker"), std::string::npos);
}

TEST_F(WindowMachine, aLookFromInsideAgreesWithTheKernelsAccount) {
    openBoth();
    m_window->workspace().select({"", 0});
    QTest::keyClick(m_window.get(), Qt::Key_I, Qt::ControlModifier);
    ASSERT_TRUE(m_window->busy()) << "the action is there for a subject that lives";
    wait();
    const diagram::SubjectView& view = m_window->workspace().shown()[0];
    ASSERT_TRUE(view.experienced) << "nothing came from inside";
    EXPECT_GT(view.experienced->probes.valueOr({}).size(), 20U);
    m_window->workspace().setVantage(model::Vantage::experienced);
    EXPECT_TRUE(cell(0, "capabilities").text.normal.starts_with(words[3].toStdString() + " "))
        << cell(0, "capabilities").text.normal;
}

TEST_F(WindowMachine, theLivePageKnowsThemAndSendsThemToTheCanvas) {
    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier);
    wait();
    auto* tree = qobject_cast<QTreeView*>(m_window->livePage().table()->view());
    const int last = tree->model()->columnCount() - 1; // the pid
    QModelIndex row;
    const auto look = [&](const auto& self, const QModelIndex& parent) -> void {
        for (int i = 0; i < tree->model()->rowCount(parent); ++i) {
            const QModelIndex index = tree->model()->index(i, 0, parent);
            row = index.siblingAtColumn(last).data().toString() == words[2] ? index : row;
            self(self, index);
        }
    };
    look(look, {});
    ASSERT_TRUE(row.isValid()) << m_window->livePage().state().toStdString();
    int capabilities = 0;
    for (int i = 1; i <= last; ++i) { // "Capabilities", or "Caps" where there is less room
        const QString head = tree->model()->headerData(i, Qt::Horizontal).toString();
        capabilities = head.startsWith(QStringLiteral("Cap")) ? i : capabilities;
    }
    EXPECT_EQ(row.siblingAtColumn(capabilities).data().toString(), words[4]) << "its capabilities";
    tree->setCurrentIndex(row);
    QTest::keyClick(tree, Qt::Key_Return);
    wait();
    ASSERT_EQ(shown().columns.size(), 1U);
    EXPECT_TRUE(shown().columns[0].error.empty()) << shown().columns[0].error;
    EXPECT_EQ(m_window->workspace().shown()[0].enforced->subject.pid, words[2].toLongLong());
}

TEST_F(WindowMachine, aRunLineIsPastedBesideWhatRuns) {
    openBoth();
    QApplication::clipboard()->setText(
        QStringLiteral("docker run --privileged --name wanted busybox sleep 9"));
    QTest::keyClick(m_window.get(), Qt::Key_V, Qt::ControlModifier);
    wait();
    ASSERT_EQ(shown().columns.size(), 3U);
    EXPECT_EQ(shown().columns[2].name, "wanted");
    EXPECT_TRUE(shown().columns[2].error.empty()) << shown().columns[2].error;
    m_window->workspace().undoStack()->undo();
    EXPECT_EQ(shown().columns.size(), 2U);
}

} // namespace
} // namespace bulkhead::main_window

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    ::testing::InitGoogleTest(&argc, argv);
    const QApplication application(argc, argv);
    bulkhead::main_window::words = QApplication::arguments();
    if (bulkhead::main_window::words.size() != 5) {
        qCritical(
            "usage: window_machine DEFAULT_PID PRIVILEGED_PID DEFAULT_CAPABILITIES PRIVILEGED_CAPABILITIES");
        return 2;
    }
    return RUN_ALL_TESTS();
}
