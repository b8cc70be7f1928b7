// What threatens the columns: the catalogue that ships on the recordings that ship. What the lab's scenarios
// are is known from their files: one is privileged, one hardened, and the others open no way by themselves.

#include "core/session/attack_paths.h"
#include "tests/ui/main_window/document_fixture.h"
#include "ui/models/cell_text.h"
#include "ui/models/finding_model.h"
#include "ui/pages/findings_page.h"
#include "ui/pages/inspector_page.h"

#include <QPlainTextEdit>
#include <QTableView>
#include <QThread>
#include <map>

namespace bulkhead::main_window {
namespace {

using diagram::Item;
using diagram::ItemKind;
using models::FindingModel;

class ThreatTest : public DocumentTest {
protected:
    void SetUp() override {
        DocumentTest::SetUp();
        m_services.openJudge = [this, open = m_services.openJudge] {
            m_openedOn = QThread::currentThread();
            ++m_opened;
            return open();
        };
    }

    void openRecordings(int width = 1600) {
        showTables(width, 1300);
        open({QStringLiteral("resources/recordings")});
        m_window->tablesPage().setCurrentWidget(&page());
    }

    [[nodiscard]] std::vector<Item> items(ItemKind kind) const {
        std::vector<Item> found;
        for (const Item& item : view().picture().items) {
            if (item.kind == kind) {
                found.push_back(item);
            }
        }
        return found;
    }

    [[nodiscard]] pages::FindingsPage& page() const { return *m_window->tablesPage().findings(); }
    [[nodiscard]] const QAbstractItemModel& rows() const { return *page().view()->model(); }

    [[nodiscard]] QString cell(int row, FindingModel::Column column) const {
        return rows().index(row, column).data().toString();
    }

    /// Puts the keyboard on the first row in which all words occur.
    void goTo(const QString& words) {
        page().filterEdit()->setText(words);
        ASSERT_GT(rows().rowCount(), 0) << words.toStdString();
        page().view()->setCurrentIndex(rows().index(0, FindingModel::stepsColumn));
    }

    QThread* m_openedOn = nullptr;
    int m_opened = 0;
};

TEST_F(ThreatTest, theOverlayDrawsWaysAndWhatStopsThem) {
    openRecordings();
    EXPECT_TRUE(items(ItemKind::attackLine).empty()) << "only where it is asked for";
    QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier);
    EXPECT_TRUE(m_window->action(Command::attackPaths)->isChecked());
    const std::vector<Item> lines = items(ItemKind::attackLine);
    const std::vector<Item> notes = items(ItemKind::attackNote);
    ASSERT_EQ(lines.size(), columns().size());
    ASSERT_EQ(notes.size(), columns().size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool open = columns()[i] == "privileged";
        EXPECT_EQ(lines[i].blocked, !open) << columns()[i];
        EXPECT_EQ(notes[i].text.starts_with(open ? "▶ root on the host" : "▮"), true) << notes[i].text;
    }
    EXPECT_NE(m_openedOn, QThread::currentThread());
    EXPECT_EQ(m_opened, 1) << "the catalogue is read once";
    takeBoth(QStringLiteral("attacks-1600"));
    m_window->action(Command::tables)->trigger();
    m_window->resize(1000, 1000);
    takeBoth(QStringLiteral("attacks-1000"));
    m_window->workspace().removeColumn(m_window->workspace().state().columns[0]);
    wait();
    EXPECT_EQ(items(ItemKind::attackLine).size(), 5U) << "the line goes with its column";
    m_window->action(Command::attackPaths)->trigger();
    EXPECT_TRUE(items(ItemKind::attackLine).empty());
}

/// The command line and the window give one account: every way, and every near miss with what stops it.
TEST_F(ThreatTest, theTableHasWhatTheCommandLineHas) {
    openRecordings();
    const auto judge = session::loadJudge();
    ASSERT_TRUE(judge);
    for (const std::string& name : columns()) {
        const auto found = session::findPaths({{"lab:" + name}, "", false}, *judge);
        ASSERT_TRUE(found) << found.error().message;
        const threat::Attack& attack = found->front().attack;
        std::map<QString, int> rowsBySure;
        for (int row = 0; row < rows().rowCount(); ++row) {
            if (cell(row, FindingModel::subjectColumn) == models::toQString(name)) {
                ++rowsBySure[cell(row, FindingModel::sureColumn)];
            }
        }
        EXPECT_EQ(
            rowsBySure[QStringLiteral("certain")] + rowsBySure[QStringLiteral("possible")],
            static_cast<int>(attack.paths.size()))
            << name;
        EXPECT_EQ(rowsBySure[QStringLiteral("stopped")], static_cast<int>(attack.blocked.size())) << name;
    }
    goTo(QStringLiteral("default cgroup stopped CAP_SYS_ADMIN notice"));
    EXPECT_EQ(
        cell(0, FindingModel::remedyColumn),
        "stopped by capabilities: capabilities.effective.CAP_SYS_ADMIN is false");
    EXPECT_TRUE(page().message().contains(QStringLiteral("ways are not listed")))
        << "of the privileged one: " << page().message().toStdString();
}

TEST_F(ThreatTest, aFindingSelectsItsCellAndIsSaidInFull) {
    openRecordings();
    goTo(QStringLiteral("privileged mount calls open"));
    EXPECT_EQ(m_window->workspace().selection(), (models::Selection{"capabilities", 3}));
    const QString words = m_window->findChild<pages::InspectorPage*>()->toPlainText();
    EXPECT_TRUE(words.contains(QStringLiteral("The program of cgroup v1's release notice can be set: holds")))
        << "another that the same cell decides: " << words.toStdString();
    EXPECT_TRUE(words.contains(QStringLiteral("mitre-attack T1611")));
    ASSERT_TRUE(page().whole()->isVisible());
    const QString whole = page().whole()->toPlainText();
    EXPECT_TRUE(whole.startsWith(QStringLiteral("privileged, certain: to "))) << whole.toStdString();
    EXPECT_TRUE(whole.contains(QStringLiteral("CapEff"))) << "each fact with where it was read";
    EXPECT_TRUE(whole.contains(QStringLiteral("mitre-attack T1611: Escape to Host")));
    page().filterEdit()->setText(QStringLiteral("no such words"));
    EXPECT_FALSE(page().whole()->isVisible());
}

TEST_F(ThreatTest, whatAReviewerReadsFirstFitsANarrowWindow) {
    openRecordings();
    m_window->resize(1000, 1000);
    const auto& table = *qobject_cast<QTableView*>(page().view());
    const auto right = [&](FindingModel::Column column) {
        return table.columnViewportPosition(column) + table.columnWidth(column);
    };
    EXPECT_LE(right(FindingModel::remedyColumn), table.viewport()->width())
        << "subject, sure, way, steps and what stops it are read without scrolling";
    for (const auto column : {FindingModel::wayColumn, FindingModel::stepsColumn}) {
        EXPECT_GE(table.columnWidth(column), 130) << column;
    }
    EXPECT_GE(table.rowHeight(0), 2 * table.fontMetrics().lineSpacing()) << "two lines";
    takeBoth(QStringLiteral("findings-1000"));
    goTo(QStringLiteral("default stopped"));
    takeBoth(QStringLiteral("findings-stopped-1000"));
    page().filterEdit()->clear();
    m_window->resize(1600, 1300);
    takeBoth(QStringLiteral("findings-1600"));
}

/// Everything by the keyboard alone: there by its shortcut, along the rows, through the row in full and back.
TEST_F(ThreatTest, theFindingsAreReachedAndReadWithTheKeyboard) {
    openWindow(1600, 1300);
    open({QStringLiteral("resources/recordings")});
    m_window->activateWindow();
    QTest::keyClick(m_window.get(), Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
    wait();
    ASSERT_TRUE(page().isVisible());
    ASSERT_EQ(QApplication::focusWidget(), page().view());
    EXPECT_FALSE(page().view()->accessibleName().isEmpty());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);
    const QString first = page().whole()->toPlainText();
    EXPECT_FALSE(first.isEmpty());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);
    EXPECT_NE(page().whole()->toPlainText(), first);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    EXPECT_EQ(QApplication::focusWidget(), page().whole());
    EXPECT_EQ(page().whole()->accessibleName(), "The finding in front, in full");
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab);
    EXPECT_EQ(QApplication::focusWidget(), page().view());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab);
    EXPECT_EQ(QApplication::focusWidget(), page().filterEdit());
}

TEST_F(ThreatTest, aCatalogueThatCannotBeReadSaysWhy) {
    m_services.openJudge = []() -> base::Result<std::shared_ptr<const threat::Judge>> {
        return base::fail(base::ErrorKind::malformed, "weaknesses/x.yaml:3: when: no such fact");
    };
    openWindow();
    open({QStringLiteral("lab:default")});
    EXPECT_EQ(m_window->tablesPage().findings()->message(), "weaknesses/x.yaml:3: when: no such fact");
}

} // namespace
} // namespace bulkhead::main_window
