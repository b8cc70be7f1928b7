#include "tests/samples/exact_snapshots.h"
#include "tests/ui/main_window/window_fixture.h"
#include "ui/pages/inspector_page.h"
#include "ui/pages/job_bar.h"

#include <QAction>
#include <QComboBox>
#include <QPushButton>
#include <QThread>
#include <atomic>

namespace bulkhead::main_window {
namespace {

/// Two living subjects and a recorded one; a look from inside gives what exact_snapshots.h says.
class InsideTest : public WindowTest {
protected:
    static base::Result<std::vector<diagram::SubjectView>> openLive(const std::string& /*reference*/) {
        auto subjects = samples::four();
        subjects.resize(3);
        std::int64_t pid = 100;
        for (diagram::SubjectView& subject : subjects) {
            subject.enforced->subject.pid = ++pid;
        }
        subjects[2].enforced->recorded = model::Recorded{"6.1.0", "runc 1.1.5", "2026-11-24T02:00:00Z"};
        return subjects;
    }

    void SetUp() override {
        WindowTest::SetUp();
        m_services.open = &InsideTest::openLive;
        m_services.lookInside = [this](
                                    const diagram::SubjectView& subject, const jobs::ReportProgress& report,
                                    const std::stop_token&) -> base::Result<diagram::SubjectView> {
            m_lookedOn = QThread::currentThread();
            report({1, 2, "Trying from inside " + subject.name});
            if (subject.name == "read-only") {
                return base::fail(
                    base::ErrorKind::unsupported, "looking from inside read-only: its control group has room "
                                                  "for 1 more process, 4 are needed");
            }
            diagram::SubjectView view = subject;
            view.experienced = samples::experienced(*subject.enforced);
            view.experienced->identity.noNewPrivileges = model::Fact<bool>(true, {});
            view.enforced->identity.noNewPrivileges = model::Fact<bool>(false, {});
            return view;
        };
    }

    void openThree() {
        openWindow();
        open({QStringLiteral("live")});
    }

    void look(int column) {
        m_window->workspace().select({"", column});
        QTest::keyClick(m_window.get(), Qt::Key_I, Qt::ControlModifier);
        ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    }

    [[nodiscard]] QString inspector() const { return m_window->inspectorPage().toPlainText(); }

    [[nodiscard]] bool canChoose(model::Vantage vantage) const {
        const QComboBox* choice = m_window->vantageChoice();
        const int row = choice->findData(static_cast<int>(vantage));
        return row >= 0 && choice->model()->index(row, 0).flags().testFlag(Qt::ItemIsEnabled);
    }

    QThread* m_lookedOn = nullptr;
};

TEST_F(InsideTest, whatIsExperiencedStandsBesideWhatIsEnforced) {
    openThree();
    EXPECT_FALSE(canChoose(model::Vantage::experienced)) << "nobody has looked yet";
    look(0);
    EXPECT_NE(m_lookedOn, nullptr);
    EXPECT_NE(m_lookedOn, QThread::currentThread());
    EXPECT_TRUE(inspector().contains("Tried from inside (4, 1 against the prediction)"));
    EXPECT_TRUE(inspector().contains("kernel.unprivileged_userns_clone is 0 on this host"));
    EXPECT_TRUE(canChoose(model::Vantage::experienced));
    EXPECT_EQ(columns().size(), 3U) << "the column is the same one";
    m_window->vantageChoice()->setFocus();
    QTest::keyClick(m_window->vantageChoice(), Qt::Key_End);
    EXPECT_EQ(m_window->workspace().vantage(), model::Vantage::experienced);
}

TEST_F(InsideTest, disagreementIsMarkedInTheCellThatItBelongsTo) {
    openThree();
    look(0);
    m_window->workspace().select({"noNewPrivs", 0});
    EXPECT_TRUE(inspector().contains("disagrees with enforced")) << inspector().toStdString();
    EXPECT_TRUE(inspector().contains("Enforced and experienced disagree (1)"));
    EXPECT_TRUE(inspector().contains("stronger as seen from inside"));
    m_window->workspace().select({"capabilities", 0});
    EXPECT_FALSE(inspector().contains("disagrees with enforced"));
}

TEST_F(InsideTest, aRefusalStaysWithItsSubject) {
    openThree();
    look(1);
    const QString why = QStringLiteral("its control group has room for 1 more process, 4 are needed");
    EXPECT_TRUE(inspector().contains(why)) << inspector().toStdString();
    m_window->workspace().select({"capabilities", 1});
    EXPECT_TRUE(inspector().contains("refused: ")) << inspector().toStdString();
    m_window->workspace().select({"capabilities", 0});
    EXPECT_FALSE(inspector().contains(why));
    EXPECT_TRUE(inspector().contains("not tried from inside"));
}

TEST_F(InsideTest, onlyALivingSubjectCanBeAskedFor) {
    openThree();
    QAction* action = m_window->action(Command::lookInside);
    m_window->workspace().select({"", -1});
    EXPECT_FALSE(action->isEnabled()) << "nothing is selected";
    m_window->workspace().select({"", 0});
    EXPECT_TRUE(action->isEnabled());
    m_window->workspace().select({"", 2});
    EXPECT_FALSE(action->isEnabled()) << "a recording";
    m_services.lookInside = nullptr;
    m_window.reset();
    openThree();
    m_window->workspace().select({"", 0});
    EXPECT_FALSE(m_window->action(Command::lookInside)->isEnabled());
}

TEST_F(InsideTest, canBeCancelledWhileTheWindowLives) {
    m_services.lookInside = [](const diagram::SubjectView&, const jobs::ReportProgress& report,
                               const std::stop_token& stop) -> base::Result<diagram::SubjectView> {
        report({1, 2, "Trying from inside default"});
        while (!stop.stop_requested()) {
            QThread::msleep(1);
        }
        return base::fail(base::ErrorKind::canceled, "canceled");
    };
    openThree();
    m_window->workspace().select({"", 0});
    QTest::keyClick(m_window.get(), Qt::Key_I, Qt::ControlModifier);
    QPushButton* cancel = m_window->jobBar().cancelButton();
    ASSERT_TRUE(QTest::qWaitFor([&] { return cancel->isVisible(); }));
    EXPECT_FALSE(m_window->action(Command::lookInside)->isEnabled()) << "one look at a time";
    QTest::mouseClick(cancel, Qt::LeftButton);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    EXPECT_FALSE(m_window->jobBar().isVisible());
    EXPECT_TRUE(m_window->action(Command::lookInside)->isEnabled());
    EXPECT_TRUE(m_window->workspace().library().front().view.experienced == std::nullopt);
}

} // namespace
} // namespace bulkhead::main_window
