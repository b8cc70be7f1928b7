// What to change: the real catalogue on documents as people write them. What a change is called in a format
// is that format's own documentation; what is left after it, the importers and the judge say about the file
// that was written.

#include "core/session/attack_paths.h"
#include "tests/ui/main_window/document_fixture.h"
#include "ui/models/cut_model.h"
#include "ui/pages/cut_page.h"
#include "ui/pages/job_bar.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QThread>
#include <QToolButton>
#include <QTreeView>
#include <thread>

namespace bulkhead::main_window {
namespace {

using diagram::Mark;
using models::CutModel;

constexpr auto kCompose = R"(# the demo
services:
  web:
    image: nginx
    privileged: true
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
  db:
    image: postgres
    pid: host
    cap_add: [SYS_PTRACE]
)";

constexpr auto kPod = R"(apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostPID: true
  containers:
    - name: app
      image: a
      securityContext: {capabilities: {add: [SYS_PTRACE]}}
)";

class CutTest : public DocumentTest {
protected:
    void SetUp() override {
        DocumentTest::SetUp();
        m_services.planCut = [this](
                                 const session::CutRequest& request,
                                 std::shared_ptr<const threat::Judge> judge, const std::stop_token& stop) {
            m_plannedOn = QThread::currentThread();
            ++m_planned;
            return session::planCut(request, std::move(judge), stop);
        };
    }

    static QByteArray read(const QString& path) {
        QFile file(path);
        EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path.toStdString();
        return file.readAll();
    }

    void openFile(const QString& reference) {
        openWindow(1600, 1300);
        open({reference});
        m_window->action(Command::tables)->setChecked(false);
        QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        wait();
    }

    [[nodiscard]] pages::CutPage& page() const { return *m_window->tablesPage().cut(); }
    [[nodiscard]] CutModel& model() const { return page().model(); }
    [[nodiscard]] QTreeView& tree() const { return *qobject_cast<QTreeView*>(page().view()); }

    [[nodiscard]] QString cell(int row, int column) const {
        return model().index(row, column).data().toString();
    }

    /// The rows of changes, each with its words.
    [[nodiscard]] QStringList changes() const {
        QStringList out;
        for (int row = 0; row + 1 < model().rowCount(); ++row) {
            out << cell(row, CutModel::changeColumn) + QStringLiteral(" | ") +
                       cell(row, CutModel::wordsColumn);
        }
        return out;
    }

    /// As a hand does with the keyboard.
    void toggle(const QString& change) {
        for (int row = 0; row < model().rowCount(); ++row) {
            if (cell(row, CutModel::changeColumn) == change) {
                page().showSource(model().index(row, 0));
                QTest::keyClick(&tree(), Qt::Key_Space);
                wait();
                return;
            }
        }
        FAIL() << change.toStdString();
    }

    [[nodiscard]] const diagram::Cell& cellOf(const std::string& slot, std::size_t column) const {
        const diagram::Diagram& shown = m_window->workspace().diagram();
        for (std::size_t row = 0; row < shown.rows.size(); ++row) {
            if (shown.rows[row].slot->id == slot) {
                return shown.columns[column].cells[row];
            }
        }
        ADD_FAILURE() << slot;
        return shown.columns[column].cells[0];
    }

    /// The file dialog as a hand fills it in.
    void saveAs(const QString& path) {
        QTest::keyClick(m_window.get(), Qt::Key_S, Qt::ControlModifier);
        auto* dialog = m_window->findChild<QFileDialog*>(QStringLiteral("saveHardened"));
        ASSERT_NE(dialog, nullptr);
        m_suggested = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->text();
        answerFileDialog(*dialog, path);
    }

    void answer(bool replace) {
        auto* box = m_window->findChild<QMessageBox*>(QStringLiteral("replaceFile"));
        ASSERT_NE(box, nullptr);
        m_question = box->text() + QLatin1Char(' ') + box->informativeText();
        for (QAbstractButton* button : box->buttons()) {
            if ((box->buttonRole(button) == QMessageBox::DestructiveRole) == replace) {
                QTest::mouseClick(button, Qt::LeftButton);
                break;
            }
        }
        wait();
    }

    QThread* m_plannedOn = nullptr;
    int m_planned = 0;
    QString m_suggested;
    QString m_question;
};

TEST_F(CutTest, EveryChangeStandsInTheWordsOfItsFormatWithWhatItCloses) {
    openFile(write(QStringLiteral("compose.yaml"), kCompose) + QStringLiteral("#web"));
    EXPECT_TRUE(page().isVisible());
    EXPECT_NE(m_plannedOn, QThread::currentThread());
    EXPECT_EQ(
        changes(),
        (QStringList{
            QStringLiteral("leave privileged mode and what it brings | privileged: false"),
            QStringLiteral(
                "mount nothing at /var/run/docker.sock | volumes: without /var/run/docker.sock")}));
    EXPECT_TRUE(page().message().startsWith(QStringLiteral("2 changes close ")))
        << page().message().toStdString();
    EXPECT_EQ(cell(2, CutModel::changeColumn), "Nothing stays open");
    EXPECT_EQ(cell(1, CutModel::waysColumn), "1 way closed");
    EXPECT_EQ(model().headerData(CutModel::wordsColumn, Qt::Horizontal, Qt::DisplayRole), "In Compose");
    EXPECT_FALSE(tree().isExpanded(page().view()->model()->index(0, 0))) << "fifty ways are not read at once";
}

// Kubernetes refuses hostUsers: false beside hostPID: true (pkg/apis/core/validation): the socket takes both
TEST_F(CutTest, AWayThatTakesSeveralChangesSaysSoBelowEach) {
    openFile(write(QStringLiteral("pod.yaml"), R"(apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  hostPID: true
  frobnicate: 1
  containers:
  - {name: app, image: nginx, volumeMounts: [{name: sock, mountPath: /run/docker.sock}]}
  volumes: [{name: sock, hostPath: {path: /run/docker.sock}}]
)"));
    ASSERT_EQ(changes().size(), 2) << changes().join(QLatin1Char('\n')).toStdString();
    QStringList together;
    for (int row = 0; row < 2; ++row) {
        const QModelIndex change = model().index(row, 0);
        tree().expand(page().view()->model()->index(row, 0));
        for (int way = 0; way < model().rowCount(change); ++way) {
            const QString text = model().index(way, 0, change).data().toString();
            if (text.startsWith(QStringLiteral("closed by several changes, was possible: "))) {
                together << text;
            }
        }
    }
    ASSERT_EQ(together.size(), 2) << together.join(QLatin1Char('\n')).toStdString();
    EXPECT_EQ(together[0], together[1]);
    EXPECT_TRUE(together[0].contains(QStringLiteral("Docker socket"))) << together[0].toStdString();
    EXPECT_EQ(cellOf("asksFor", 0).text.normal, "2 requests, 1 not understood");
    takeBoth(QStringLiteral("cut-together-1600"));
    m_window->resize(1000, 1000);
    takeBoth(QStringLiteral("cut-together-1000"));
}

// A hand that moves the edge of a panel sets no width, though the last column follows the edge.
TEST_F(CutTest, OnlyAHandOnTheHeaderSetsTheWidthsOfColumns) {
    openFile(write(QStringLiteral("compose.yaml"), kCompose) + QStringLiteral("#web"));
    constexpr int kWords = CutModel::wordsColumn;
    const int wide = tree().columnWidth(kWords);
    const auto resizeTo = [this](int width) {
        m_window->resize(width, 1300);
        QTest::qWait(10);
    };
    resizeTo(1000);
    const int narrow = tree().columnWidth(kWords);
    ASSERT_LT(narrow, wide);
    QTest::mousePress(m_window.get(), Qt::LeftButton, {}, {500, 700});
    resizeTo(1010);
    QTest::mouseRelease(m_window.get(), Qt::LeftButton, {}, {500, 700});
    resizeTo(1600);
    EXPECT_EQ(tree().columnWidth(kWords), wide) << "the room is there";
    QHeaderView& header = *tree().header();
    const QPoint edge(header.sectionViewportPosition(kWords) + wide - 1, header.height() / 2);
    QTest::mousePress(header.viewport(), Qt::LeftButton, {}, edge);
    QTest::mouseMove(header.viewport(), edge - QPoint(60, 0));
    QTest::mouseRelease(header.viewport(), Qt::LeftButton, {}, edge - QPoint(60, 0));
    const int chosen = tree().columnWidth(kWords);
    EXPECT_LT(chosen, wide);
    resizeTo(1400);
    EXPECT_EQ(tree().columnWidth(kWords), chosen);
}

TEST_F(CutTest, WithoutAChangeThePageSaysWhatStaysOpen) {
    openFile(write(QStringLiteral("compose.yaml"), kCompose) + QStringLiteral("#web"));
    toggle(QStringLiteral("mount nothing at /var/run/docker.sock"));
    EXPECT_EQ(model().chosen(), (session::CutChoice{true, false}));
    EXPECT_EQ(
        page().message(), "Without \"mount nothing at /var/run/docker.sock\" 1 way to the host stays open.");
    EXPECT_EQ(cell(2, CutModel::changeColumn), "Stays open: 1 way");
    const QModelIndex stays = model().index(2, 0);
    ASSERT_EQ(model().rowCount(stays), 1);
    EXPECT_TRUE(
        model()
            .index(0, 0, stays)
            .data()
            .toString()
            .startsWith(QStringLiteral("possibly open: root on the host"))) // the image names the user
        << model().index(0, 0, stays).data().toString().toStdString();
    EXPECT_TRUE(tree().isExpanded(page().view()->model()->index(2, 0)));
    EXPECT_EQ(cell(1, CutModel::waysColumn), "1 of 1 way open");
    EXPECT_EQ(m_planned, 1) << "a choice among changes looks for no others";
    toggle(QStringLiteral("mount nothing at /var/run/docker.sock"));
    EXPECT_EQ(cell(2, CutModel::changeColumn), "Nothing stays open");
    EXPECT_EQ(tree().currentIndex().row(), 1) << "the keyboard stays where it is";
}

TEST_F(CutTest, ThePreviewStandsBesideItsSubjectAndFollowsTheChoice) {
    openFile(write(QStringLiteral("compose.yaml"), kCompose) + QStringLiteral("#web"));
    open({m_folder.filePath(QStringLiteral("compose.yaml#db"))});
    m_window->workspace().setBaseline(m_window->workspace().state().columns[1]);
    page().subjects()->setFocus();
    m_window->workspace().select({"", 0});
    wait();
    QTest::keyClick(m_window.get(), Qt::Key_H, Qt::ControlModifier);
    EXPECT_EQ(columns(), (Names{"web", "web (hardened)", "db"}));
    const diagram::Column& preview = m_window->workspace().diagram().columns[1];
    EXPECT_TRUE(m_window->workspace().diagram().columns[0].baseline) << "it is compared with its subject";
    EXPECT_GT(preview.counts.stronger, 0);
    EXPECT_EQ(preview.counts.weaker, 0);
    EXPECT_EQ(cellOf("runtimeSockets", 1).mark, Mark::stronger);
    const auto note =
        std::ranges::find(view().picture().items, diagram::ItemKind::columnNote, &diagram::Item::kind);
    ASSERT_NE(note, view().picture().items.end());
    EXPECT_EQ(note->fullText, "preview: predicted, not run");
    EXPECT_EQ(note->column, 1);
    toggle(QStringLiteral("mount nothing at /var/run/docker.sock"));
    EXPECT_EQ(cellOf("runtimeSockets", 1).mark, Mark::same);
    EXPECT_EQ(page().subjects()->currentText(), "web") << "the preview is none of the subjects";
    EXPECT_EQ(page().subjects()->count(), 2);
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(columns(), (Names{"web", "db"}));
    EXPECT_TRUE(m_window->workspace().diagram().columns[1].baseline) << "as it was";
    EXPECT_FALSE(m_window->action(Command::showHardened)->isChecked());
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(columns(), (Names{"web", "web (hardened)", "db"}));
    EXPECT_TRUE(m_window->action(Command::showHardened)->isChecked());
    view().setFocus();
    m_window->workspace().select({"", 1});
    QTest::keyClick(&view(), Qt::Key_Delete);
    EXPECT_EQ(columns(), (Names{"web", "db"}));
}

TEST_F(CutTest, CopyTakesTheCheckedChangesInTheWordsOfTheFormat) {
    openFile(write(QStringLiteral("pod.yaml"), kPod));
    QTest::keyClick(m_window.get(), Qt::Key_C, Qt::ControlModifier | Qt::AltModifier);
    EXPECT_EQ(QApplication::clipboard()->text(), "spec.hostPID: false\n");
}

TEST_F(CutTest, OfAPastedRunLineTheWholeLineIsCopiedWithoutWhatWasCut) {
    openWindow(1600, 1300);
    QApplication::clipboard()->setText(
        QStringLiteral("docker run -d --name web --privileged -p 80:80 nginx serve"));
    QTest::keyClick(m_window.get(), Qt::Key_V, Qt::ControlModifier);
    wait();
    QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    wait();
    QTest::keyClick(m_window.get(), Qt::Key_C, Qt::ControlModifier | Qt::AltModifier);
    EXPECT_EQ(QApplication::clipboard()->text(), "docker run -d --name web -p 80:80 nginx serve\n");
}

TEST_F(CutTest, TheChangedDocumentIsWrittenAndHasNoWayLeft) {
    const QString original = write(QStringLiteral("compose.yaml"), kCompose);
    openFile(original + QStringLiteral("#web"));
    const QString target = m_folder.filePath(QStringLiteral("new.yaml"));
    saveAs(target);
    wait();
    EXPECT_EQ(m_suggested, "compose.hardened.yaml");
    EXPECT_EQ(read(original), kCompose) << "the original is left alone";
    EXPECT_TRUE(page().message().contains(
        QStringLiteral("comments, anchors and the layout of the YAML are not kept")))
        << page().message().toStdString();
    const auto judge = session::loadJudge();
    ASSERT_TRUE(judge);
    const auto again = session::findPaths({{target.toStdString() + "#web"}, "", false}, *judge);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->front().attack.paths.empty());
    EXPECT_TRUE(read(target).contains("postgres")) << "the other service stays";
}

TEST_F(CutTest, TheOriginalIsNeverReplacedUnasked) {
    const QString original = write(QStringLiteral("compose.yaml"), kCompose);
    openFile(original + QStringLiteral("#web"));
    saveAs(original);
    answer(false);
    EXPECT_TRUE(m_question.contains(QStringLiteral("which the subject was read from")))
        << m_question.toStdString();
    EXPECT_TRUE(m_question.contains(QStringLiteral("comments")));
    EXPECT_EQ(read(original), kCompose);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    saveAs(original);
    answer(true);
    EXPECT_TRUE(read(original).contains("privileged: false")) << read(original).constData();
}

TEST_F(CutTest, ASearchCanBeCanceledAndSaysSo) {
    m_services.planCut =
        [](const session::CutRequest&, const std::shared_ptr<const threat::Judge>&,
           const std::stop_token& stop) -> base::Result<std::shared_ptr<const session::CutPlan>> {
        while (!stop.stop_requested()) {
            std::this_thread::yield();
        }
        return base::fail(base::ErrorKind::canceled, "canceled");
    };
    openWindow(1600, 1300);
    open({write(QStringLiteral("pod.yaml"), kPod)});
    QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    ASSERT_TRUE(page().bar().isVisible());
    auto* cancel = page().bar().findChild<QPushButton*>();
    QTest::mouseClick(cancel, Qt::LeftButton);
    wait();
    EXPECT_EQ(page().message(), "Canceled. Choose the subject again to look for its changes.");
    EXPECT_FALSE(m_window->action(Command::showHardened)->isEnabled());
}

TEST_F(CutTest, WhatHasNoWayNeedsNoChange) {
    openFile(QStringLiteral("lab:hardened"));
    EXPECT_EQ(model().rowCount(), 0);
    EXPECT_EQ(page().message(), "No way from hardened to the host is known. Nothing has to be cut.");
    EXPECT_FALSE(m_window->action(Command::copyChanges)->isEnabled());
}

/// Whole where there is room: the words, and the box to check in front of them.
TEST_F(CutTest, AChangeIsReadWholeInAWideWindow) {
    openFile(write(QStringLiteral("compose.yaml"), kCompose) + QStringLiteral("#web"));
    for (int row = 0; row < 2; ++row) {
        const QModelIndex shown = tree().model()->index(row, 0);
        constexpr int kBoxAndSpace = 36; // the box, and what the style leaves around it and the words
        EXPECT_GE(
            tree().visualRect(shown).width(),
            tree().fontMetrics().horizontalAdvance(shown.data().toString()) + kBoxAndSpace)
            << shown.data().toString().toStdString();
    }
}

TEST_F(CutTest, TabWalksFromTheFilterToTheRowInFull) {
    openFile(write(QStringLiteral("compose.yaml"), kCompose) + QStringLiteral("#web"));
    m_window->activateWindow();
    ASSERT_EQ(QApplication::focusWidget(), page().view());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);
    EXPECT_TRUE(page().whole()->toPlainText().contains(QStringLiteral("in Compose: ")))
        << page().whole()->toPlainText().toStdString();
    page().filterEdit()->setFocus();
    QStringList walked;
    for (int step = 0; step < 6; ++step) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        const QWidget* at = QApplication::focusWidget();
        const auto* button = qobject_cast<const QToolButton*>(at);
        walked
            << (button != nullptr         ? button->text()
                : at == page().subjects() ? QStringLiteral("subject")
                : at == page().view()     ? QStringLiteral("rows")
                : at == page().whole()    ? QStringLiteral("whole")
                                          : QString::fromLatin1(at->metaObject()->className()));
    }
    EXPECT_EQ(
        walked,
        (QStringList{
            QStringLiteral("subject"), QStringLiteral("Show hardened"), QStringLiteral("Copy changes"),
            QStringLiteral("Save hardened"), QStringLiteral("rows"), QStringLiteral("whole")}))
        << walked.join(QLatin1Char('|')).toStdString();
}

TEST_F(CutTest, ForPeopleToLookAt) {
    openFile(write(QStringLiteral("compose.yaml"), kCompose) + QStringLiteral("#web"));
    takeBoth(QStringLiteral("cut-1600"));
    m_window->action(Command::showHardened)->trigger();
    toggle(QStringLiteral("mount nothing at /var/run/docker.sock"));
    tree().expand(tree().model()->index(1, 0));
    EXPECT_EQ(columns(), (Names{"web", "web (hardened)"}));
    takeBoth(QStringLiteral("cut-hardened-1600"));
    m_window->resize(1000, 1000);
    takeBoth(QStringLiteral("cut-hardened-1000"));
}

} // namespace
} // namespace bulkhead::main_window
