#include "core/session/resolve.h"
#include "tests/samples/sample_postures.h"
#include "tests/ui/main_window/window_fixture.h"
#include "ui/dialogs/subject_dialog.h"
#include "ui/models/pasted_text.h"
#include "ui/pages/job_bar.h"
#include "ui/pages/live_page.h"
#include "ui/pages/table_page.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QInputDialog>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QThread>
#include <QUrl>
#include <atomic>

namespace bulkhead::main_window {
namespace {

constexpr auto kPod = "apiVersion: v1\n"
                      "kind: Pod\n"
                      "metadata:\n"
                      "  name: web\n"
                      "spec:\n"
                      "  hostPID: true\n"
                      "  containers:\n"
                      "    - name: app\n"
                      "      image: nginx:1.25\n"
                      "      securityContext:\n"
                      "        privileged: true\n";

constexpr auto kCompose = "services:\n"
                          "  web:\n"
                          "    image: nginx\n"
                          "  db:\n"
                          "    image: postgres\n"
                          "    privileged: true\n"
                          "  cache:\n"
                          "    image: redis\n"
                          "    read_only: true\n";

/// A window that reads documents as the program does.
class PasteTest : public WindowTest {
protected:
    void SetUp() override {
        WindowTest::SetUp();
        m_services.open = [](const std::string& reference) { return session::resolveReference(reference); };
        m_services.readText = session::resolveText;
    }

    void wait() {
        ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }, 20'000));
    }

    /// As the desktop does when a dialog has closed: the window has the keyboard again.
    void activate() {
        m_window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(m_window.get()));
    }

    void paste(const QString& text) {
        activate();
        QApplication::clipboard()->setText(text);
        QTest::keyClick(m_window.get(), Qt::Key_V, Qt::ControlModifier);
        wait();
    }

    void paste(const char* text) { paste(QString::fromUtf8(text)); }

    void dropText(QWidget* target, const char* text) {
        QMimeData mime;
        mime.setText(QString::fromUtf8(text));
        drop(target, mime);
        wait();
    }

    [[nodiscard]] dialogs::SubjectDialog* choice() const {
        return m_window->findChild<dialogs::SubjectDialog*>();
    }

    [[nodiscard]] const diagram::Diagram& shown() const { return m_window->workspace().diagram(); }
};

TEST_F(PasteTest, aPodIsAColumnNamedAfterItAndUndoTakesItBack) {
    openWindow();
    paste(kPod);
    ASSERT_EQ(columns(), Names{"pod/web/app"});
    EXPECT_EQ(shown().vantage, model::Vantage::declared) << "what was asked is all there is";
    EXPECT_EQ(m_window->workspace().library().front().origin, "pasted Pod web");
    EXPECT_EQ(m_window->canvasPage().currentIndex(), 1);
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(columns().empty());
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(columns(), Names{"pod/web/app"});
    EXPECT_TRUE(m_settings->value(QStringLiteral("recent")).toStringList().isEmpty()) << "it is no file";
}

TEST_F(PasteTest, beforeAndAfterAreTwoColumnsThatAreCompared) {
    openWindow();
    paste(kPod);
    paste(QString::fromUtf8(kPod).replace(
        QStringLiteral("privileged: true"), QStringLiteral("privileged: false")));
    ASSERT_EQ(columns(), (Names{"pod/web/app", "pod/web/app (2)"}));
    EXPECT_GT(shown().columns[1].counts.stronger, 3);
    EXPECT_EQ(m_window->workspace().library()[1].origin, "pasted Pod web (2)");
}

TEST_F(PasteTest, ofSeveralServicesOneChooses) {
    openWindow();
    dropText(view().viewport(), kCompose);
    ASSERT_NE(choice(), nullptr);
    EXPECT_TRUE(columns().empty());
    ASSERT_EQ(choice()->list()->count(), 3);
    EXPECT_EQ(choice()->list()->item(1)->text(), "db: app, postgres");
    choice()->list()->setCurrentRow(0);
    QTest::keyClick(choice()->list(), Qt::Key_Space);
    EXPECT_EQ(choice()->chosen(), (std::vector<std::size_t>{1, 2}));
    QTest::mouseClick(choice()->acceptButton(), Qt::LeftButton);
    ASSERT_TRUE(QTest::qWaitFor([this] { return columns().size() == 2; }));
    EXPECT_EQ(columns(), (Names{"db", "cache"}));
    activate();
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(columns().empty()) << "one step";
}

TEST_F(PasteTest, theChoiceIsFilteredBoundedByTheRoomAndCanBeLeft) {
    openWindow();
    QString many = QStringLiteral("services:\n");
    for (int i = 0; i < 20; ++i) {
        many += QStringLiteral("  s%1:\n    image: i%1\n").arg(i);
    }
    paste(many);
    ASSERT_NE(choice(), nullptr);
    EXPECT_EQ(choice()->chosen().size(), 8U) << "as many as find room";
    choice()->list()->item(19)->setCheckState(Qt::Checked);
    EXPECT_FALSE(choice()->acceptButton()->isEnabled());
    QTest::keyClicks(choice()->filterEdit(), QStringLiteral("i19"));
    EXPECT_TRUE(choice()->list()->item(0)->isHidden());
    EXPECT_FALSE(choice()->list()->item(19)->isHidden());
    QTest::keyClick(choice(), Qt::Key_Escape);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    EXPECT_TRUE(columns().empty());
    paste(kPod);
    EXPECT_EQ(columns(), Names{"pod/web/app"}) << "the next one is opened";
}

TEST_F(PasteTest, filesOfConfigurationsAreDroppedAlsoOnTheLivePage) {
    m_services.sweep = [](const jobs::ReportProgress&,
                          const std::stop_token&) -> base::Result<models::MachinePostures> {
        return models::MachinePostures{samples::machineList(), samples::machinePostures()};
    };
    openWindow();
    QFile file(m_folder.filePath(QStringLiteral("pod.yaml")));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(kPod);
    file.close();
    m_window->action(Command::live)->trigger();
    wait();
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(file.fileName())});
    drop(m_window.get(), mime);
    wait();
    EXPECT_EQ(columns(), Names{"pod/web/app"});
    EXPECT_FALSE(m_window->showsLive());
    EXPECT_EQ(m_settings->value(QStringLiteral("recent")).toStringList(), QStringList{file.fileName()});
}

TEST_F(PasteTest, anErrorIsAColumnThatNamesLineAndField) {
    openWindow();
    paste(QString::fromUtf8(kPod).replace(
        QStringLiteral("privileged: true"), QStringLiteral("privileged: maybe")));
    ASSERT_EQ(columns(), Names{"pasted Pod web"});
    const std::string& error = shown().columns[0].error;
    EXPECT_TRUE(error.starts_with("pasted Pod web:11:21: ")) << error;
    EXPECT_NE(error.find("securityContext.privileged"), std::string::npos) << error;
    paste("milk, bread");
    EXPECT_TRUE(shown().columns[1].error.starts_with("pasted text")) << shown().columns[1].error;
}

TEST_F(PasteTest, hostileAndHugeTextsAreRefusedWithoutHoldingTheWindowUp) {
    openWindow();
    paste(QString(100'000, QLatin1Char('[')));
    ASSERT_EQ(columns().size(), 1U);
    EXPECT_FALSE(shown().columns[0].error.empty());
    paste(QString(static_cast<qsizetype>(models::kMostPastedText) + 1, QLatin1Char('x')));
    ASSERT_EQ(columns().size(), 2U);
    EXPECT_EQ(shown().columns[1].error, "pasted text (2): larger than 33554432 bytes");
}

TEST_F(PasteTest, whatTakesLongIsReadElsewhereAndCanBeCanceled) {
    std::atomic<bool> entered{false};
    std::atomic<bool> go{false};
    QThread* reader = nullptr;
    m_services.readText = [&](const std::string&,
                              const std::string&) -> base::Result<std::vector<diagram::SubjectView>> {
        reader = QThread::currentThread();
        entered = true;
        while (!go) {
            QThread::msleep(1);
        }
        return samples::four();
    };
    openWindow();
    QApplication::clipboard()->setText(QString::fromUtf8(kPod));
    QTest::keyClick(m_window.get(), Qt::Key_V, Qt::ControlModifier);
    ASSERT_TRUE(QTest::qWaitFor([&] { return entered.load(); }));
    EXPECT_NE(reader, QThread::currentThread());
    pages::JobBar* bar = nullptr;
    for (pages::JobBar* one : m_window->findChildren<pages::JobBar*>()) {
        bar = one->isVisible() ? one : bar;
    }
    ASSERT_NE(bar, nullptr);
    QTest::mouseClick(bar->cancelButton(), Qt::LeftButton);
    EXPECT_FALSE(m_window->busy()) << "nobody waits for the reader";
    EXPECT_FALSE(bar->isVisible());
    go = true;
    QTest::qWait(50);
    EXPECT_TRUE(columns().empty());
}

TEST_F(PasteTest, aFieldThatIsTypedInKeepsItsPaste) {
    m_services.sweep = [](const jobs::ReportProgress&,
                          const std::stop_token&) -> base::Result<models::MachinePostures> {
        return models::MachinePostures{samples::machineList(), samples::machinePostures()};
    };
    openWindow();
    m_window->action(Command::live)->trigger();
    wait();
    QLineEdit* filter = m_window->livePage().table()->filterEdit();
    filter->setFocus();
    QApplication::clipboard()->setText(QStringLiteral("web"));
    QTest::keyClick(filter, Qt::Key_V, Qt::ControlModifier);
    EXPECT_EQ(filter->text(), "web");
    EXPECT_FALSE(m_window->busy());
}

TEST_F(PasteTest, aReferenceIsOpenedAndNotParsed) {
    std::vector<std::string> asked;
    m_services.open = [&](const std::string& reference) -> base::Result<std::vector<diagram::SubjectView>> {
        asked.push_back(reference);
        return std::vector{samples::four()[0]};
    };
    openWindow();
    paste(" docker:web \n");
    EXPECT_EQ(asked, Names{"docker:web"});
    m_window->action(Command::openNamed)->trigger();
    auto* dialog = m_window->findChild<QInputDialog*>();
    ASSERT_NE(dialog, nullptr);
    dialog->setTextValue(QStringLiteral("podman:db"));
    QTest::keyClick(dialog, Qt::Key_Return);
    wait();
    EXPECT_EQ(asked, (Names{"docker:web", "podman:db"}));
}

} // namespace
} // namespace bulkhead::main_window
