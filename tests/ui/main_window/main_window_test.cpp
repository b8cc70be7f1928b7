#include "tests/ui/main_window/window_fixture.h"
#include "ui/dialogs/command_palette.h"
#include "ui/models/subject_model.h"
#include "ui/pages/table_page.h"
#include "ui/pages/tables_page.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QTableView>
#include <QTextBrowser>
#include <QUrl>
#include <set>

namespace bulkhead::main_window {
namespace {

TEST_F(WindowTest, beginsWithWhatToDo) {
    openWindow();
    EXPECT_EQ(m_window->canvasPage().currentIndex(), 0);
    QStringList offers;
    for (const QPushButton* button : m_window->canvasPage().currentWidget()->findChildren<QPushButton*>()) {
        offers << button->text();
    }
    EXPECT_EQ(offers, QStringList({"&This machine", "&Run the lab...", "&Open...", "Open &recordings"}));
    EXPECT_FALSE(m_window->action(Command::runLab)->isEnabled()) << "this build has no lab";
}

TEST_F(WindowTest, everyActionHasATooltipAndAShortcutOfItsOwn) {
    openWindow();
    std::set<QString> keys;
    for (const QAction* action : m_window->actions()) {
        EXPECT_FALSE(action->toolTip().isEmpty()) << action->text().toStdString();
        EXPECT_FALSE(action->shortcut().isEmpty()) << action->text().toStdString();
        EXPECT_TRUE(keys.insert(action->shortcut().toString()).second)
            << action->shortcut().toString().toStdString();
    }
    EXPECT_GE(keys.size(), 25U);
}

TEST_F(WindowTest, opensAFolderAsColumnsAndRemembersIt) {
    openWindow();
    ASSERT_TRUE(QDir(m_folder.path()).mkdir(QStringLiteral("four")));
    open({m_folder.filePath(QStringLiteral("four"))});
    EXPECT_EQ(columns(), (Names{"default", "read-only", "rootless", "privileged"}));
    EXPECT_EQ(m_window->canvasPage().currentIndex(), 1);
    EXPECT_EQ(
        m_settings->value(QStringLiteral("recent")).toStringList(),
        QStringList{m_folder.filePath(QStringLiteral("four"))});
}

TEST_F(WindowTest, aFileThatCannotBeOpenedIsAColumnThatSaysWhy) {
    openWindow();
    open({QStringLiteral("four"), QStringLiteral("dir/broken.json")});
    ASSERT_EQ(columns().size(), 5U);
    EXPECT_EQ(m_window->workspace().diagram().columns[4].error, "dir/broken.json: line 1: not a snapshot");
}

TEST_F(WindowTest, theToolBarChoosesBaselineAndVantage) {
    openWindow();
    open({QStringLiteral("four")});
    QComboBox* baseline = m_window->baselineChoice();
    EXPECT_EQ(baseline->count(), 4);
    EXPECT_EQ(baseline->currentText(), "default");
    baseline->setFocus();
    QTest::keyClick(baseline, Qt::Key_Down);
    EXPECT_TRUE(m_window->workspace().diagram().columns[1].baseline);
    m_window->action(Command::undo)->trigger();
    EXPECT_EQ(baseline->currentText(), "default");
    QComboBox* vantage = m_window->vantageChoice();
    vantage->setFocus();
    QTest::keyClick(vantage, Qt::Key_Down);
    EXPECT_EQ(m_window->workspace().diagram().vantage, model::Vantage::declared);
}

TEST_F(WindowTest, theKeyboardWalksSelectsAndRemoves) {
    openWindow();
    open({QStringLiteral("four")});
    m_window->action(Command::focusCanvas)->trigger();
    ASSERT_TRUE(view().hasFocus());
    QTest::keyClick(&view(), Qt::Key_Right);
    QTest::keyClick(&view(), Qt::Key_Down);
    EXPECT_EQ(m_window->workspace().selection().column, 1);
    EXPECT_EQ(m_window->workspace().selection().slot, m_window->workspace().diagram().rows[0].slot->id);
    QTest::keyClick(&view(), Qt::Key_Delete);
    EXPECT_EQ(columns(), (Names{"default", "rootless", "privileged"}));
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(columns(), (Names{"default", "read-only", "rootless", "privileged"}));
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(columns(), (Names{"default", "rootless", "privileged"}));
}

TEST_F(WindowTest, aDraggedHeadReordersTheColumns) {
    openWindow();
    open({QStringLiteral("four")});
    const QPoint from = headAt(3);
    const QPoint to = headAt(0) - QPoint(40, 0);
    QTest::mousePress(view().viewport(), Qt::LeftButton, Qt::NoModifier, from);
    QTest::mouseMove(view().viewport(), from - QPoint(40, 0));
    QTest::mouseMove(view().viewport(), to);
    QTest::mouseRelease(view().viewport(), Qt::LeftButton, Qt::NoModifier, to);
    EXPECT_EQ(columns(), (Names{"privileged", "default", "read-only", "rootless"}));
    EXPECT_TRUE(m_window->workspace().diagram().columns[1].baseline);
}

TEST_F(WindowTest, oneSubjectByDoubleClickAndBackByTheAction) {
    openWindow();
    open({QStringLiteral("four")});
    QTest::mouseDClick(view().viewport(), Qt::LeftButton, Qt::NoModifier, headAt(3));
    EXPECT_TRUE(m_window->workspace().diagram().oneSubject);
    EXPECT_TRUE(m_window->action(Command::oneSubject)->isChecked());
    EXPECT_EQ(columns()[0], "declared");
    EXPECT_EQ(columns()[1], "enforced");
    QTest::keyClick(&view(), Qt::Key_Delete);
    EXPECT_TRUE(m_window->workspace().diagram().oneSubject) << "a vantage cannot be removed";
    m_window->action(Command::oneSubject)->trigger();
    EXPECT_EQ(columns().size(), 4U);
}

TEST_F(WindowTest, filesAndSubjectsCanBeDropped) {
    openWindow();
    QMimeData files;
    files.setUrls(
        {QUrl::fromLocalFile(QStringLiteral("/x/default.json")),
         QUrl::fromLocalFile(QStringLiteral("/x/privileged.json"))});
    drop(&m_window->canvasPage(), files);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    EXPECT_EQ(columns(), (Names{"default", "privileged"}));
    const int id = m_window->workspace().putSubject(models::SubjectGroup::lab, {}, samples::four()[1]);
    QMimeData subject;
    subject.setData(QString::fromLatin1(models::kSubjectMime), QByteArray::number(id));
    drop(view().viewport(), subject);
    EXPECT_EQ(columns(), (Names{"default", "privileged", "read-only"}));
}

TEST_F(WindowTest, theInspectorFollowsTheSelection) {
    openWindow();
    open({QStringLiteral("four")});
    auto* inspector = m_window->findChild<QTextBrowser*>();
    ASSERT_NE(inspector, nullptr);
    m_window->workspace().select({});
    EXPECT_TRUE(inspector->toPlainText().startsWith("Select a cell"));
    m_window->workspace().select({"capabilities", 3});
    EXPECT_TRUE(inspector->toPlainText().contains("CAP_SYS_ADMIN")) << inspector->toPlainText().toStdString();
    EXPECT_TRUE(view().cursorCell().row >= 0);
}

TEST_F(WindowTest, tablesFilterAsOneTypesAndCopy) {
    openWindow(1600, 1300);
    open({QStringLiteral("four")});
    m_window->action(Command::tables)->setChecked(true);
    pages::TablePage* page = m_window->tablesPage().capabilities();
    page->filterEdit()->setFocus();
    QTest::keyClicks(page->filterEdit(), QStringLiteral("sys_admin"));
    ASSERT_EQ(page->view()->model()->rowCount(), 1);
    page->view()->selectAll();
    page->copySelection();
    const QString copied = QApplication::clipboard()->text();
    EXPECT_TRUE(copied.contains("CAP_SYS_ADMIN\tnot held")) << copied.toStdString();
}

TEST_F(WindowTest, exportsWhatIsShown) {
    openWindow();
    open({QStringLiteral("four")});
    const QString path = m_folder.filePath(QStringLiteral("diagram.mmd"));
    EXPECT_EQ(m_window->exportMermaid(path), QString());
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll().toStdString(), "%% " + m_window->workspace().diagram().headline);
    EXPECT_EQ(m_window->exportSvg(m_folder.filePath(QStringLiteral("diagram.svg"))), QString());
    const QString nowhere = m_folder.filePath(QStringLiteral("no/such/folder.svg"));
    EXPECT_TRUE(m_window->exportSvg(nowhere).startsWith(nowhere + QStringLiteral(" could not be written: ")));
}

TEST_F(WindowTest, theCommandPaletteRunsWhatIsTyped) {
    openWindow();
    open({QStringLiteral("four")});
    m_window->action(Command::commands)->trigger();
    auto* palette = m_window->findChild<dialogs::CommandPalette*>();
    ASSERT_NE(palette, nullptr);
    QTest::keyClicks(palette->edit(), QStringLiteral("only"));
    QTest::keyClick(palette->edit(), Qt::Key_Return);
    EXPECT_TRUE(m_window->workspace().onlyDifferences());
}

TEST_F(WindowTest, themeAndLayoutAreRemembered) {
    openWindow();
    m_window->action(Command::themeDark)->trigger();
    m_window->action(Command::inspector)->trigger();
    EXPECT_FALSE(m_window->action(Command::inspector)->isChecked());
    EXPECT_LT(QApplication::palette().color(QPalette::Window).lightnessF(), 0.3);
    m_window->close();
    m_window.reset();
    openWindow();
    EXPECT_TRUE(m_window->action(Command::themeDark)->isChecked());
    EXPECT_FALSE(m_window->action(Command::inspector)->isChecked());
    m_window->action(Command::themeLight)->trigger();
    EXPECT_GT(QApplication::palette().color(QPalette::Window).lightnessF(), 0.9);
}

TEST_F(WindowTest, widgetsHaveAccessibleNames) {
    openWindow();
    for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
        const bool entry = qobject_cast<const QComboBox*>(widget) != nullptr ||
                           qobject_cast<const QAbstractItemView*>(widget) != nullptr;
        const bool ours = entry && widget->parentWidget() != nullptr &&
                          QByteArray(widget->metaObject()->className()) != "QComboBoxListView" &&
                          QByteArray(widget->metaObject()->className()) != "QTableCornerButton" &&
                          qobject_cast<const QHeaderView*>(widget) == nullptr;
        if (ours) {
            EXPECT_FALSE(widget->accessibleName().isEmpty()) << widget->metaObject()->className();
        }
    }
}

} // namespace
} // namespace bulkhead::main_window
