#include "tests/ui/main_window/window_fixture.h"
#include "ui/pages/log_page.h"

#include <QAction>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QThread>
#include <atomic>

namespace bulkhead::main_window {
namespace {

class LabTest : public WindowTest {
protected:
    [[nodiscard]] QString log() const {
        return m_window->logPage().findChild<QPlainTextEdit*>()->toPlainText();
    }

    [[nodiscard]] QPushButton* button(const QString& text) const {
        for (QPushButton* one : m_window->logPage().findChildren<QPushButton*>()) {
            if (one->text() == text) {
                return one;
            }
        }
        return nullptr;
    }

    bool waitUntilDone() {
        return QTest::qWaitFor([this] { return !m_window->busy(); });
    }
};

TEST_F(LabTest, resultsBecomeColumnsAndStepsALog) {
    m_services.runLab = [](const auto& names, const jobs::ReportProgress& report,
                           const auto&) -> base::Result<std::vector<diagram::SubjectView>> {
        report({0, static_cast<int>(names.size()), "launching " + names[0]});
        return std::vector{samples::four()[0], samples::four()[3]};
    };
    openWindow();
    m_window->runLab({"default", "privileged"});
    EXPECT_TRUE(m_window->busy());
    EXPECT_FALSE(m_window->action(Command::runLab)->isEnabled());
    ASSERT_TRUE(waitUntilDone());
    EXPECT_EQ(columns(), (Names{"default", "privileged"}));
    EXPECT_TRUE(log().startsWith("launching default\n"));
    EXPECT_TRUE(m_window->action(Command::runLab)->isEnabled());
}

TEST_F(LabTest, cancelStopsTheRunAndTheWindowStaysAlive) {
    std::atomic<bool> cleaned{false};
    m_services.runLab = [&cleaned](
                            const auto&, const auto&,
                            const std::stop_token& stop) -> base::Result<std::vector<diagram::SubjectView>> {
        while (!stop.stop_requested()) {
            QThread::msleep(1);
        }
        cleaned = true;
        return base::fail(base::ErrorKind::canceled, "canceled");
    };
    openWindow();
    m_window->runLab({"default"});
    QTest::qWait(20);
    QPushButton* cancel = button(QStringLiteral("Cancel"));
    ASSERT_TRUE(cancel != nullptr && cancel->isVisible());
    QTest::mouseClick(cancel, Qt::LeftButton);
    ASSERT_TRUE(waitUntilDone());
    EXPECT_TRUE(cleaned);
    EXPECT_TRUE(log().endsWith("Canceled. Everything that was launched is removed."));
    EXPECT_FALSE(button(QStringLiteral("Open the recordings"))->isVisible());
}

TEST_F(LabTest, closingTheWindowStopsTheRun) {
    std::atomic<bool> cleaned{false};
    m_services.runLab = [&cleaned](
                            const auto&, const auto&,
                            const std::stop_token& stop) -> base::Result<std::vector<diagram::SubjectView>> {
        while (!stop.stop_requested()) {
            QThread::msleep(1);
        }
        cleaned = true;
        return base::fail(base::ErrorKind::canceled, "canceled");
    };
    openWindow();
    m_window->runLab({"default"});
    m_window.reset();
    EXPECT_TRUE(cleaned);
}

TEST_F(LabTest, whereNothingCanBeLaunchedTheRecordingsAreOffered) {
    m_services.runLab = [](const auto&, const auto&,
                           const auto&) -> base::Result<std::vector<diagram::SubjectView>> {
        return base::fail(
            base::ErrorKind::unsupported, "neither runc nor crun is installed: apt-get install runc");
    };
    openWindow();
    m_window->runLab({"default"});
    ASSERT_TRUE(waitUntilDone());
    EXPECT_TRUE(log().contains("neither runc nor crun is installed: apt-get install runc"));
    QPushButton* offer = button(QStringLiteral("Open the recordings"));
    ASSERT_TRUE(offer != nullptr && offer->isVisible());
    QTest::mouseClick(offer, Qt::LeftButton);
    ASSERT_TRUE(waitUntilDone());
    EXPECT_EQ(columns().size(), 4U);
    EXPECT_EQ(m_window->workspace().library().front().group, models::SubjectGroup::recorded);
}

} // namespace
} // namespace bulkhead::main_window
