#include "tests/samples/sample_postures.h"
#include "tests/ui/main_window/window_fixture.h"
#include "ui/pages/column_choice.h"
#include "ui/pages/live_page.h"
#include "ui/pages/subjects_page.h"
#include "ui/pages/table_page.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QThread>
#include <QToolButton>
#include <QTreeView>
#include <atomic>
#include <mutex>

namespace bulkhead::main_window {
namespace {

/// A window whose machine is that of the samples; "inner" has ended by the time it is asked for.
class LiveTest : public WindowTest {
protected:
    void SetUp() override {
        WindowTest::SetUp();
        m_services.sweep = [this](const jobs::ReportProgress& report, const std::stop_token&) {
            ++m_sweeps;
            report({1, 7, "Reading web"});
            return base::Result<models::MachinePostures>(
                {samples::machineList(), samples::machinePostures()});
        };
        m_services.capture =
            [this](const model::SubjectSummary& subject) -> base::Result<diagram::SubjectView> {
            const std::scoped_lock lock(m_mutex);
            m_captured.push_back(subject.ref);
            m_capturedOn = QThread::currentThread();
            if (subject.name == "inner") {
                return base::fail(base::ErrorKind::notFound, "oci:inner: its main process has ended");
            }
            diagram::SubjectView view;
            view.name = subject.name;
            view.enforced = samples::dockerDefault(subject.name);
            return view;
        };
    }

    void openLive() {
        openWindow();
        QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier);
        ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
        ASSERT_TRUE(m_window->showsLive());
    }

    [[nodiscard]] QTreeView& tree() const {
        return *qobject_cast<QTreeView*>(m_window->livePage().table()->view());
    }

    [[nodiscard]] QModelIndex row(const char* label) const {
        const QModelIndexList found = tree().model()->match(
            tree().model()->index(0, 0), Qt::DisplayRole, QString::fromLatin1(label), 1,
            Qt::MatchExactly | Qt::MatchRecursive);
        return found.isEmpty() ? QModelIndex() : found.front();
    }

    void click(const char* label, Qt::KeyboardModifiers keys = Qt::NoModifier) {
        tree().scrollTo(row(label));
        QTest::mouseClick(tree().viewport(), Qt::LeftButton, keys, tree().visualRect(row(label)).center());
    }

    std::atomic<int> m_sweeps{0};
    std::mutex m_mutex;
    std::vector<std::string> m_captured;
    QThread* m_capturedOn = nullptr;
};

TEST_F(LiveTest, isReachedByKeyByButtonAndByTheSubjectsList) {
    openLive();
    EXPECT_EQ(m_sweeps, 1);
    EXPECT_TRUE(m_window->action(Command::live)->isChecked());
    EXPECT_TRUE(tree().hasFocus()) << "the keyboard is on the rows at once";
    QTest::keyClick(m_window.get(), Qt::Key_F6);
    EXPECT_FALSE(m_window->showsLive());
    EXPECT_FALSE(m_window->action(Command::live)->isChecked());

    auto* subjects = m_window->findChild<pages::SubjectsPage*>();
    const QModelIndex live = subjects->model()->index(1, 0);
    ASSERT_EQ(live.data().toString(), "Live");
    const QPoint there = subjects->visualRect(live).center();
    QTest::mouseClick(subjects->viewport(), Qt::LeftButton, Qt::NoModifier, there);
    QTest::mouseDClick(subjects->viewport(), Qt::LeftButton, Qt::NoModifier, there);
    EXPECT_TRUE(m_window->showsLive());
    EXPECT_EQ(m_sweeps, 1) << "coming back does not look again";

    m_window->action(Command::live)->trigger();
    EXPECT_FALSE(m_window->showsLive());
    QPushButton* offer = nullptr;
    for (QPushButton* button : m_window->canvasPage().currentWidget()->findChildren<QPushButton*>()) {
        offer = button->text() == QStringLiteral("&This machine") ? button : offer;
    }
    ASSERT_NE(offer, nullptr);
    QTest::mouseClick(offer, Qt::LeftButton);
    EXPECT_TRUE(m_window->showsLive());
}

TEST_F(LiveTest, whereTheMachineCannotBeLookedAtItIsNotOffered) {
    m_services.sweep = nullptr;
    openWindow();
    EXPECT_FALSE(m_window->action(Command::live)->isEnabled());
    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier);
    EXPECT_FALSE(m_window->showsLive());
}

TEST_F(LiveTest, severalRowsAndEnterAreColumnsReadOffTheGuiThread) {
    openLive();
    click("web");
    click("build", Qt::ControlModifier);
    QTest::keyClick(&tree(), Qt::Key_Return);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    EXPECT_EQ(columns(), (Names{"web", "build"}));
    EXPECT_EQ(m_captured, (Names{"oci:web", "oci:build"}));
    EXPECT_NE(m_capturedOn, QThread::currentThread());
    EXPECT_FALSE(m_window->showsLive()) << "the canvas shows what was asked for";
    EXPECT_EQ(m_window->workspace().library().front().group, models::SubjectGroup::live);
    EXPECT_TRUE(m_window->livePage().state().startsWith(QStringLiteral("46 processes looked at")))
        << "coming back one reads what the machine holds";
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(columns().empty()) << "one step of undo";
}

TEST_F(LiveTest, rowsAreSelectedByKeyboardAloneInTheOrderShown) {
    openLive();
    tree().setCurrentIndex(row("app"));
    QTest::keyClick(&tree(), Qt::Key_Down, Qt::ShiftModifier);
    QTest::keyClick(&tree(), Qt::Key_Enter, Qt::KeypadModifier);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    EXPECT_EQ(columns(), (Names{"app", "sidecar"}));
}

TEST_F(LiveTest, aSubjectThatFailsSaysWhyAndTheOthersAppear) {
    openLive();
    click("web");
    click("inner", Qt::ControlModifier);
    QTest::mouseClick(
        m_window->livePage().findChildren<QPushButton*>().back(), Qt::LeftButton); // "Put on the canvas"
    ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    EXPECT_EQ(columns(), (Names{"web", "inner"}));
    EXPECT_EQ(m_window->workspace().diagram().columns[1].error, "oci:inner: its main process has ended");
    EXPECT_TRUE(m_window->workspace().diagram().columns[0].error.empty());
    EXPECT_EQ(m_window->livePage().state(), "Read: 1 of 2. oci:inner: its main process has ended");
}

TEST_F(LiveTest, readingAgainReplacesTheColumn) {
    openLive();
    for (int i = 0; i < 2; ++i) {
        m_window->action(Command::live)->setChecked(false);
        m_window->action(Command::live)->trigger();
        click("web");
        QTest::keyClick(&tree(), Qt::Key_Return);
        ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
        EXPECT_EQ(columns(), Names{"web"});
    }
    EXPECT_EQ(m_captured.size(), 2U);
    EXPECT_EQ(m_window->workspace().library().size(), 1U);
}

TEST_F(LiveTest, whatFindsNoRoomIsNotReadAndSaid) {
    openLive();
    open({QStringLiteral("eight")});
    EXPECT_FALSE(m_window->showsLive()) << "opened subjects bring the canvas back";
    m_window->workspace().removeColumn(m_window->workspace().state().columns.back());
    m_window->action(Command::live)->trigger();
    click("web");
    click("build", Qt::ControlModifier);
    QTest::keyClick(&tree(), Qt::Key_Return);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    EXPECT_EQ(m_captured, Names{"oci:web"});
    EXPECT_EQ(columns().size(), 8U);
    EXPECT_TRUE(m_window->livePage().state().contains(QStringLiteral("1 left out")));
}

TEST_F(LiveTest, cancelStopsTheSweepAndKeepsTheRows) {
    openLive();
    std::atomic<bool> entered{false};
    m_services.sweep = nullptr;
    m_window.reset();
    m_services.sweep = [&entered](
                           const jobs::ReportProgress& report,
                           const std::stop_token& stop) -> base::Result<models::MachinePostures> {
        report({3, 7, "Reading build"});
        entered = true;
        while (!stop.stop_requested()) {
            QThread::msleep(1);
        }
        return base::fail(base::ErrorKind::canceled, "the sweep was interrupted");
    };
    openWindow();
    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier);
    ASSERT_TRUE(QTest::qWaitFor([&] {
        return entered && m_window->livePage().state() == QStringLiteral("Reading build");
    })) << "progress is shown while it runs";
    EXPECT_FALSE(m_window->livePage().refreshButton()->isEnabled());
    QTest::mouseClick(m_window->livePage().cancelButton(), Qt::LeftButton);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    EXPECT_EQ(m_window->livePage().state(), "Canceled. Refresh looks again.");
    EXPECT_TRUE(m_window->livePage().refreshButton()->isEnabled());
}

TEST_F(LiveTest, aRefusedSweepSaysWhy) {
    m_services.sweep = [](const jobs::ReportProgress&,
                          const std::stop_token&) -> base::Result<models::MachinePostures> {
        return base::fail(base::ErrorKind::denied, "/proc: permission denied");
    };
    openLive();
    EXPECT_EQ(m_window->livePage().state(), "This machine could not be looked at: /proc: permission denied");
}

TEST_F(LiveTest, aNarrowWindowSaysItInShortAndShowsTheTellingColumns) {
    openLive();
    const auto seen = [this](int column) {
        const int right = tree().columnViewportPosition(column) + tree().columnWidth(column);
        return right <= tree().viewport()->width();
    };
    const int last = tree().model()->columnCount() - 1;
    m_window->action(Command::inspector)->trigger();
    m_window->action(Command::subjects)->trigger();
    QTest::qWait(30);
    EXPECT_TRUE(seen(last)) << "1600 pixels hold all fourteen";
    m_window->resize(1000, 800);
    QTest::qWait(30);
    EXPECT_TRUE(seen(last)) << "1000 pixels do, in short";
    m_window->action(Command::inspector)->trigger();
    m_window->action(Command::subjects)->trigger();
    QTest::qWait(30);
    EXPECT_TRUE(seen(6)) << "beside the docks: what one scans for";
    tree().scrollTo(row("web").siblingAtColumn(last));
    EXPECT_TRUE(seen(last)) << "the others are a scroll away";
}

TEST_F(LiveTest, columnsAreHiddenByTheHeadersMenuAndStayHidden) {
    openLive();
    pages::ColumnChoice* choice = m_window->livePage().columnChoice();
    auto* menu = choice->button()->menu();
    const QPoint there(20, 8);
    QContextMenuEvent ask(QContextMenuEvent::Mouse, there, tree().header()->viewport()->mapToGlobal(there));
    QCoreApplication::sendEvent(tree().header()->viewport(), &ask);
    ASSERT_TRUE(menu->isVisible());
    QAction* lsm = nullptr;
    for (QAction* action : menu->actions()) {
        lsm = action->text() == QStringLiteral("LSM") ? action : lsm;
    }
    ASSERT_NE(lsm, nullptr);
    menu->setActiveAction(lsm);
    QTest::keyClick(menu, Qt::Key_Return);
    EXPECT_EQ(choice->hidden(), QStringList{QStringLiteral("LSM")});
    m_window->close();
    openWindow();
    EXPECT_EQ(m_window->livePage().columnChoice()->hidden(), QStringList{QStringLiteral("LSM")});
    m_window->livePage().columnChoice()->hide({});
    EXPECT_TRUE(m_window->livePage().columnChoice()->hidden().isEmpty());
}

TEST_F(LiveTest, typingFiltersTheRows) {
    openLive();
    QTest::mouseClick(m_window->livePage().table()->filterEdit(), Qt::LeftButton);
    QTest::keyClicks(m_window->livePage().table()->filterEdit(), QStringLiteral("writable"));
    EXPECT_TRUE(row("build").isValid());
    EXPECT_FALSE(row("web").isValid());
    QTest::keyClick(m_window->livePage().table()->filterEdit(), Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(m_window->livePage().table()->filterEdit(), Qt::Key_Delete);
    const QModelIndex pod = row("app").parent();
    EXPECT_TRUE(tree().isExpanded(pod)) << "what comes back is open";
    EXPECT_TRUE(tree().isFirstColumnSpanned(pod.row(), pod.parent())) << "a title takes the row";
    EXPECT_FALSE(tree().isFirstColumnSpanned(row("web").row(), row("web").parent()));
}

} // namespace
} // namespace bulkhead::main_window
