#include "core/seccomp/base64.h"
#include "core/seccomp/program.h"
#include "tests/samples/exact_snapshots.h"
#include "tests/ui/main_window/window_fixture.h"
#include "ui/models/program_model.h"
#include "ui/pages/filters_page.h"
#include "ui/pages/syscalls_page.h"
#include "ui/pages/tables_page.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>

namespace bulkhead::main_window {
namespace {

/// clone(2) without namespace flags is allowed, other calls fail with EPERM, foreign ABIs are killed.
seccomp::Program cloneOnly() {
    return {
        {0x20, 0, 0, 4},          // 0: ld [4]
        {0x15, 1, 0, 0xc000003e}, // 1: jeq x86_64, 3, 2
        {0x06, 0, 0, 0x80000000}, // 2: ret kill_process
        {0x20, 0, 0, 0},          // 3: ld [0]
        {0x15, 0, 3, 56},         // 4: jeq clone, 5, 8
        {0x20, 0, 0, 16},         // 5: ld [16]
        {0x45, 1, 0, 0x7e020000}, // 6: jset, 8, 7
        {0x06, 0, 0, 0x7fff0000}, // 7: ret allow
        {0x06, 0, 0, 0x00050001}, // 8: ret errno(1)
    };
}

model::SeccompFilter filterOf(const seccomp::Program& program) {
    model::SeccompFilter filter;
    filter.instructions = static_cast<std::int64_t>(program.size());
    filter.program = seccomp::base64Of(seccomp::bytesOf(program));
    return filter;
}

/// The four of exactFour: default has two filters, read-only's were refused, rootless is a recording without
/// its programs, privileged has no filter.
class FiltersTest : public WindowTest {
protected:
    static base::Result<std::vector<diagram::SubjectView>> openFiltered(const std::string& /*reference*/) {
        auto subjects = samples::exactFour();
        const auto facts = [&](std::size_t at) -> model::Seccomp& { return subjects[at].enforced->seccomp; };
        using Filters = model::Fact<std::vector<model::SeccompFilter>>;
        facts(0).filters = Filters({filterOf({{0x06, 0, 0, 0x7fff0000}}), filterOf(cloneOnly())}, {});
        facts(1).filters = model::Unreadable{"the filter programs were not read", "CAP_SYS_ADMIN"};
        model::SeccompFilter bare;
        bare.instructions = 1016;
        bare.sha256 = "ab12";
        facts(2).filters = Filters({bare}, {});
        facts(3).mode = model::Fact<model::SeccompMode>(model::SeccompMode::disabled, {});
        return subjects;
    }

    void SetUp() override {
        WindowTest::SetUp();
        m_services.open = &FiltersTest::openFiltered;
        openWindow(1600, 1200);
        open({QStringLiteral("filtered")});
        m_window->action(Command::tables)->setChecked(false);
        m_window->action(Command::tables)->trigger();
        m_window->tablesPage().setCurrentWidget(&calls());
    }

    [[nodiscard]] pages::SyscallsPage& calls() const { return *m_window->tablesPage().syscalls(); }
    [[nodiscard]] pages::FiltersPage& filters() const { return *m_window->tablesPage().filters(); }

    [[nodiscard]] static QModelIndex cell(const pages::TablePage& page, const char* text, int column) {
        const QAbstractItemModel* model = page.view()->model();
        const QModelIndexList found =
            model->match(model->index(0, 0), Qt::DisplayRole, QString::fromLatin1(text), 1, Qt::MatchExactly);
        return found.isEmpty() ? QModelIndex() : found.front().siblingAtColumn(column);
    }

    static void click(const pages::TablePage& page, const QModelIndex& index) {
        ASSERT_TRUE(index.isValid());
        page.view()->scrollTo(index);
        QTest::mouseClick(
            page.view()->viewport(), Qt::LeftButton, Qt::NoModifier, page.view()->visualRect(index).center());
    }

    [[nodiscard]] static bool says(const pages::TablePage& page, const QString& words) {
        const auto labels = page.findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) {
            return label->text().contains(words) && label->isVisibleTo(&page);
        });
    }
};

TEST_F(FiltersTest, aSelectedCallIsFollowedToTheInstructionsThatDecide) {
    QTest::keyClicks(calls().filterEdit(), QStringLiteral("clone"));
    click(calls(), cell(calls(), "clone", 2));
    filters().filterChoice()->setCurrentIndex(1);
    EXPECT_EQ(filters().program()->answers(), (std::vector{7, 8}));
    EXPECT_TRUE(says(
        filters(), "clone of x86_64: allow if arg0 & 0x7e020000 == 0; else errno(1). This filter answers at "
                   "line 7, 8."));
    calls().view()->setFocus();
    QTest::keyClick(calls().view(), Qt::Key_Return);
    EXPECT_EQ(m_window->tablesPage().currentWidget(), &filters());
    EXPECT_TRUE(filters().view()->hasFocus());
    EXPECT_EQ(filters().currentSource().row(), 4) << "the keyboard is on the test that names the call";
    const QAbstractItemModel* rows = filters().view()->model();
    EXPECT_EQ(rows->index(4, 1).data().toString(), "jeq #0x38, 5, 8");
    EXPECT_EQ(rows->index(4, 2).data().toString(), "clone");
    EXPECT_EQ(rows->index(4, 3).data().toString(), "is named");
    EXPECT_EQ(rows->index(6, 3).data().toString(), "arguments decide");
    EXPECT_EQ(rows->index(8, 3).data().toString(), "answered");
    EXPECT_EQ(rows->index(2, 3).data().toString(), "");
    EXPECT_EQ(rows->headerData(3, Qt::Horizontal).toString(), "clone");
}

TEST_F(FiltersTest, theColumnOfTheCellDecidesWhoseFilterIsShown) {
    click(calls(), cell(calls(), "mount", 5));
    EXPECT_EQ(filters().subjectChoice()->currentText(), "privileged");
    EXPECT_TRUE(says(filters(), QStringLiteral("privileged: No filter: every system call can be made.")));
    click(calls(), cell(calls(), "mount", 2));
    EXPECT_EQ(filters().subjectChoice()->currentText(), "default");
    EXPECT_EQ(filters().filterChoice()->count(), 2);
    EXPECT_EQ(filters().program()->rowCount(), 1) << "the oldest first";
    QTest::keyClick(filters().filterChoice(), Qt::Key_Down);
    EXPECT_EQ(filters().program()->rowCount(), 9);
    EXPECT_EQ(filters().program()->answers(), std::vector{8});
}

TEST_F(FiltersTest, arrowsInTheTableFollowToo) {
    filters().filterChoice()->setCurrentIndex(1);
    click(calls(), cell(calls(), "clone", 0));
    EXPECT_EQ(filters().program()->answers(), (std::vector{7, 8}));
    QTest::keyClick(calls().view(), Qt::Key_Down);
    EXPECT_EQ(calls().currentCall().second, "clone3");
    EXPECT_EQ(filters().program()->answers(), std::vector{8});
    click(calls(), cell(calls(), "all others", 0));
    EXPECT_EQ(calls().currentCall(), (std::pair<std::string, std::string>("x86_64", "")));
    EXPECT_TRUE(says(filters(), QStringLiteral("followed as number")));
}

TEST_F(FiltersTest, programsThatAreNotThereAreSaid) {
    m_window->tablesPage().setCurrentWidget(&filters());
    filters().subjectChoice()->setFocus();
    QTest::keyClick(filters().subjectChoice(), Qt::Key_Down);
    EXPECT_TRUE(says(
        filters(),
        QStringLiteral("read-only: The programs are not readable: the filter programs were not read, needs "
                       "CAP_SYS_ADMIN.")));
    QTest::keyClick(filters().subjectChoice(), Qt::Key_Down);
    EXPECT_TRUE(says(
        filters(),
        QStringLiteral("rootless: The program was not recorded: 1016 instructions, sha256 ab12.")));
    EXPECT_EQ(filters().program()->rowCount(), 0);
    EXPECT_FALSE(filters().filterChoice()->isEnabled());
}

/// A program that answers at every other line: the message stays a line.
TEST_F(FiltersTest, answersAreToldUpToABound) {
    seccomp::Program program{{0x20, 0, 0, 16}};
    for (std::uint32_t i = 0; i < 100; ++i) {
        program.push_back({0x15, 0, 1, i}); // jeq args[0], next, next but one
        program.push_back({0x06, 0, 0, 0x7fff0000});
    }
    program.push_back({0x06, 0, 0, 0});
    diagram::SubjectView view = samples::exactFour()[0];
    view.enforced->seccomp.filters = model::Fact<std::vector<model::SeccompFilter>>({filterOf(program)}, {});
    m_window->workspace().putSubject(models::SubjectGroup::file, QStringLiteral("filtered"), view);
    click(calls(), cell(calls(), "read", 2));
    EXPECT_EQ(filters().program()->answers().size(), 101U);
    EXPECT_TRUE(says(filters(), QStringLiteral("22, 24, and 89 more.")));
}

TEST_F(FiltersTest, isSearchedNarrowedAndCopied) {
    filters().filterChoice()->setCurrentIndex(1);
    click(calls(), cell(calls(), "read", 2));
    m_window->tablesPage().setCurrentWidget(&filters());
    EXPECT_EQ(filters().view()->model()->rowCount(), 9);
    auto* way = filters().findChild<QCheckBox*>();
    QTest::mouseClick(way, Qt::LeftButton, Qt::NoModifier, QPoint(10, way->height() / 2));
    EXPECT_EQ(filters().view()->model()->rowCount(), 5); // lines 0, 1, 3, 4 and 8
    QTest::mouseClick(way, Qt::LeftButton, Qt::NoModifier, QPoint(10, way->height() / 2));
    QTest::mouseClick(filters().filterEdit(), Qt::LeftButton);
    QTest::keyClicks(filters().filterEdit(), QStringLiteral("clone"));
    ASSERT_EQ(filters().view()->model()->rowCount(), 1);
    click(filters(), filters().view()->model()->index(0, 1));
    QTest::keyClick(filters().view(), Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QApplication::clipboard()->text(), "Instruction\njeq #0x38, 5, 8\n");
}

TEST_F(FiltersTest, callsAreSearchedAndNarrowedByHand) {
    auto* only = calls().findChild<QCheckBox*>();
    const int all = calls().view()->model()->rowCount();
    QTest::mouseClick(only, Qt::LeftButton, Qt::NoModifier, QPoint(10, only->height() / 2));
    ASSERT_TRUE(only->isChecked());
    EXPECT_LT(calls().view()->model()->rowCount(), all);
    EXPECT_FALSE(cell(calls(), "read", 0).isValid()) << "read is allowed to all";
    EXPECT_TRUE(cell(calls(), "mount", 0).isValid());
    QTest::mouseClick(calls().filterEdit(), Qt::LeftButton);
    QTest::keyClicks(calls().filterEdit(), QStringLiteral("0x7e020000"));
    EXPECT_EQ(calls().view()->model()->rowCount(), 1) << "conditions are searched too";
    QTest::keyClick(calls().filterEdit(), Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(calls().filterEdit(), Qt::Key_Delete);
    QTest::mouseClick(only, Qt::LeftButton, Qt::NoModifier, QPoint(10, only->height() / 2));
    EXPECT_EQ(calls().view()->model()->rowCount(), all);
    click(calls(), cell(calls(), "mount", 0));
    QTest::keyClick(calls().view(), Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(calls().view(), Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QApplication::clipboard()->text(), "System call\tABI\nmount\tx86_64\n");
}

} // namespace
} // namespace bulkhead::main_window
