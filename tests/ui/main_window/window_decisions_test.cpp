// Decisions of the policies that ship, and of one's own, about whatever stands on the canvas.

#include "tests/ui/main_window/document_fixture.h"
#include "ui/pages/decisions_page.h"

#include <QAbstractItemModel>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QPlainTextEdit>

namespace bulkhead::main_window {
namespace {

using models::DecisionModel;

constexpr auto kPod = "apiVersion: v1\n"
                      "kind: Pod\n"
                      "metadata: {name: web}\n"
                      "spec:\n"
                      "  hostPID: true\n"
                      "  containers:\n"
                      "    - {name: app, image: a}\n"
                      "    - {name: log, image: b}\n";

class DecisionsTest : public DocumentTest {
protected:
    void show() {
        showTables();
        m_window->tablesPage().setCurrentWidget(&page());
    }

    void paste(const QString& text) {
        QApplication::clipboard()->setText(text);
        QTest::keyClick(m_window.get(), Qt::Key_V, Qt::ControlModifier);
        wait();
    }

    /// Steps through the list with the keyboard.
    void choose(const QString& policy) {
        QComboBox* list = page().policies();
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Home);
        for (int step = 0; step < list->count() && list->currentText() != policy; ++step) {
            QTest::keyClick(list, Qt::Key_Down);
        }
        ASSERT_EQ(list->currentText(), policy);
        wait();
    }

    [[nodiscard]] pages::DecisionsPage& page() const { return *m_window->tablesPage().decisions(); }

    /// The row of a rule that denies or cannot tell, by its title, as "deny | reason | inputs | where".
    [[nodiscard]] QString rowOf(const QString& rule) const {
        const QAbstractItemModel& model = *page().view()->model();
        for (int row = 0; row < model.rowCount(); ++row) {
            if (model.index(row, DecisionModel::ruleColumn).data().toString() == rule) {
                QStringList cells;
                for (const int column :
                     {DecisionModel::verdictColumn, DecisionModel::reasonColumn, DecisionModel::inputsColumn,
                      DecisionModel::placeColumn}) {
                    cells << model.index(row, column).data().toString();
                }
                return cells.join(QStringLiteral(" | "));
            }
        }
        return QStringLiteral("no such row");
    }
};

TEST_F(DecisionsTest, EveryPolicyThatShipsIsOffered) {
    show();
    QStringList offered;
    for (int row = 0; row < page().policies()->count(); ++row) {
        offered << page().policies()->itemText(row);
    }
    for (const char* level : {"pss:privileged", "pss:baseline", "pss:restricted"}) {
        EXPECT_TRUE(offered.contains(QString::fromLatin1(level)));
    }
    const QStringList files =
        QDir(QStringLiteral("resources/policies")).entryList({QStringLiteral("*.yaml")});
    ASSERT_GE(files.size(), 3);
    for (const QString& file : files) {
        EXPECT_TRUE(offered.contains(QFileInfo(file).completeBaseName())) << file.toStdString();
    }
    EXPECT_EQ(page().message(), "Choose a policy to hold the columns against it.");
}

TEST_F(DecisionsTest, APastedPodIsDecidedAsAFileIs) {
    show();
    paste(QString::fromLatin1(kPod));
    auto* dialog = m_window->findChild<QDialog*>();
    ASSERT_NE(dialog, nullptr) << "two containers: the user chooses";
    take(*dialog, QStringLiteral("choice"));
    QTest::keyClick(dialog, Qt::Key_Return);
    wait();
    ASSERT_EQ(columns().size(), 2U);
    choose(QStringLiteral("pss:baseline"));
    takeBoth(QStringLiteral("pod-1600"));
    EXPECT_EQ(
        rowOf(QStringLiteral("No namespace of the host is shared")),
        "deny | host namespaces (hostPID=true) | spec.hostPID: true | pasted Pod web:5");
    EXPECT_TRUE(page().message().startsWith(QStringLiteral("1 denied, 0 cannot be told, ")))
        << "one Pod, though both of its containers are columns: " << page().message().toStdString();
}

/// The policy stands before the rows, for the eye and for Tab; where none is chosen the keyboard starts
/// there.
TEST_F(DecisionsTest, TheKeyboardReachesPolicyRowsAndTheRowInFull) {
    openWindow(1600, 1300);
    m_window->activateWindow();
    paste(QStringLiteral("docker run --privileged --name web nginx"));
    const auto show = [this] {
        QTest::keyClick(m_window.get(), Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
    };
    show();
    ASSERT_EQ(QApplication::focusWidget(), page().policies());
    choose(QStringLiteral("cis-docker"));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    ASSERT_EQ(QApplication::focusWidget(), page().view());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);
    EXPECT_TRUE(page().whole()->toPlainText().startsWith(QStringLiteral("web, deny: ")))
        << page().whole()->toPlainText().toStdString();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    EXPECT_EQ(QApplication::focusWidget(), page().whole());
    for (const QWidget* back :
         {static_cast<QWidget*>(page().view()), static_cast<QWidget*>(page().policies()),
          static_cast<QWidget*>(page().filterEdit())}) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab);
        EXPECT_EQ(QApplication::focusWidget(), back);
    }
    show();
    EXPECT_EQ(QApplication::focusWidget(), page().view()) << "there are rows now";
}

TEST_F(DecisionsTest, ThePodStandardSaysThatItIsForKubernetesOnly) {
    show();
    paste(QStringLiteral("docker run --privileged --name web nginx"));
    choose(QStringLiteral("pss:restricted"));
    EXPECT_EQ(
        rowOf(QStringLiteral("The subject is a Kubernetes document")),
        "cannot tell | the Pod Security Standards are decided on Kubernetes documents, and this is none |  "
        "| ");
}

/// The column stays when its file goes; what was decided on the file cannot be told any more.
TEST_F(DecisionsTest, AFileThatIsGoneSaysSoAndWhatToDo) {
    show();
    const QString kept = write(QStringLiteral("kept.yaml"), kPod);
    const QString gone = write(QStringLiteral("gone.yaml"), kPod);
    open({gone + QStringLiteral("#pod/web/app"), kept + QStringLiteral("#pod/web/log")});
    choose(QStringLiteral("pss:baseline"));
    ASSERT_TRUE(page().message().startsWith(QStringLiteral("2 denied, 0 cannot be told")))
        << page().message().toStdString();
    ASSERT_TRUE(QFile::remove(gone));
    choose(QStringLiteral("pss:restricted"));
    const QString row = rowOf(QStringLiteral("The subject's document can be read"));
    EXPECT_TRUE(row.startsWith(QStringLiteral("cannot tell | the file can no longer be read: ") + gone))
        << row.toStdString();
    EXPECT_TRUE(row.contains(QStringLiteral("put it back, or open the document where it is now")));
    EXPECT_TRUE(rowOf(QStringLiteral("No namespace of the host is shared"))
                    .startsWith(QStringLiteral("deny | host namespaces (hostPID=true)")))
        << "the other file is still decided on";
    EXPECT_EQ(rowOf(QStringLiteral("The subject is a Kubernetes document")), "no such row");
}

TEST_F(DecisionsTest, APolicyOverFactsAppliesToEverySnapshot) {
    show();
    open({QStringLiteral("lab:privileged")});
    paste(QStringLiteral("docker run --privileged --name web nginx"));
    choose(QStringLiteral("cis-docker"));
    takeBoth(QStringLiteral("decisions-1600"));
    m_window->resize(1000, 1000);
    takeBoth(QStringLiteral("decisions-1000"));
    const QAbstractItemModel& model = *page().view()->model();
    QStringList denied;
    for (int row = 0; row < model.rowCount(); ++row) {
        if (model.index(row, DecisionModel::verdictColumn).data().toString() == QLatin1String("deny") &&
            model.index(row, DecisionModel::referencesColumn)
                .data()
                .toString()
                .contains(QStringLiteral("5.5"))) {
            denied << model.index(row, DecisionModel::subjectColumn).data().toString();
            EXPECT_FALSE(model.index(row, DecisionModel::inputsColumn).data().toString().isEmpty());
        }
    }
    EXPECT_EQ(denied, (QStringList{QStringLiteral("privileged"), QStringLiteral("web")}))
        << "CIS Docker 5.5: no privileged containers";
    const QString tip = model.index(0, DecisionModel::inputsColumn).data(Qt::ToolTipRole).toString();
    EXPECT_TRUE(tip.contains(QLatin1Char('(')))
        << "each input with where it was found: " << tip.toStdString();
}

TEST_F(DecisionsTest, APolicyOfOnesOwnIsOpenedAndItsMistakesAreSaid) {
    const QString good = write(
        QStringLiteral("nobody.yaml"), "policy: nobody\n"
                                       "rules:\n"
                                       "  - id: privileges\n"
                                       "    title: No program gains privileges\n"
                                       "    message: a program raises what it may do\n"
                                       "    require: {fact: identity.noNewPrivileges, is: true}\n");
    const QString bad = write(
        QStringLiteral("bad.yaml"), "policy: bad\n"
                                    "rules:\n"
                                    "  - id: a\n"
                                    "    title: A\n"
                                    "    message: a\n"
                                    "    require: {fact: no.such.fact, is: true}\n");
    show();
    paste(QStringLiteral("docker run --name web nginx"));
    const auto openPolicy = [this](const QString& path) {
        QComboBox* list = page().policies();
        list->setFocus();
        QTest::keyClick(list, Qt::Key_End);
        auto* dialog = page().findChild<QFileDialog*>(QStringLiteral("openPolicy"));
        ASSERT_NE(dialog, nullptr);
        answerFileDialog(*dialog, path);
        wait();
    };
    openPolicy(good);
    EXPECT_EQ(page().policies()->currentText(), "nobody.yaml");
    EXPECT_TRUE(
        rowOf(QStringLiteral("No program gains privileges"))
            .startsWith(QStringLiteral("deny | a program raises what it may do | identity.noNewPrivileges")))
        << rowOf(QStringLiteral("No program gains privileges")).toStdString();
    openPolicy(bad);
    EXPECT_TRUE(page().message().contains(QStringLiteral("bad.yaml:6"))) << page().message().toStdString();
    EXPECT_EQ(page().view()->model()->rowCount(), 0);
    choose(QStringLiteral("nobody.yaml"));
    EXPECT_GT(page().view()->model()->rowCount(), 0) << "a file stays on the list";
}

TEST_F(DecisionsTest, WhatCouldNotBeReadIsNamed) {
    show();
    open({write(QStringLiteral("broken.yaml"), "a: [")});
    choose(QStringLiteral("cis-docker"));
    EXPECT_EQ(page().message(), "Not decided: broken.yaml (could not be read).");
}

} // namespace
} // namespace bulkhead::main_window
