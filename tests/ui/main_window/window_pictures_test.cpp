#include "core/session/resolve.h"
#include "tests/samples/exact_snapshots.h"
#include "tests/samples/sample_postures.h"
#include "tests/ui/main_window/window_fixture.h"
#include "ui/pages/filters_page.h"
#include "ui/pages/syscalls_page.h"
#include "ui/pages/tables_page.h"

#include <QAction>
#include <QDir>
#include <QPixmap>

namespace bulkhead::main_window {
namespace {

/// Pictures of the window for people to look at: written where BULKHEAD_PICTURES names a folder.
class WindowPictures : public WindowTest {
protected:
    void take(const QString& name) {
        QTest::qWait(30);
        const QPixmap picture = m_window->grab();
        EXPECT_EQ(picture.deviceIndependentSize().toSize(), m_window->size());
        const QString folder = qEnvironmentVariable("BULKHEAD_PICTURES");
        if (!folder.isEmpty()) {
            EXPECT_TRUE(picture.save(QDir(folder).filePath(name + QStringLiteral(".png"))));
        }
    }

    void takeBoth(const QString& name) {
        m_window->action(Command::themeLight)->trigger();
        take(name + QStringLiteral("-light"));
        m_window->action(Command::themeDark)->trigger();
        take(name + QStringLiteral("-dark"));
    }
};

TEST_F(WindowPictures, empty) {
    openWindow();
    takeBoth(QStringLiteral("empty"));
}

TEST_F(WindowPictures, four) {
    openWindow(1600, 1060);
    open({QStringLiteral("four")});
    m_window->workspace().select({"capabilities", 3});
    takeBoth(QStringLiteral("four-1600"));
    m_window->resize(1000, 800);
    takeBoth(QStringLiteral("four-1000"));
}

TEST_F(WindowPictures, fourWithTables) {
    openWindow(1600, 1300);
    open({QStringLiteral("four")});
    m_window->action(Command::tables)->trigger();
    m_window->workspace().select({"", 3});
    takeBoth(QStringLiteral("tables"));
    m_window->tablesPage().setCurrentIndex(1);
    take(QStringLiteral("tables-namespaces"));
    m_window->tablesPage().setCurrentIndex(2);
    take(QStringLiteral("tables-mounts"));
}

TEST_F(WindowPictures, eight) {
    openWindow(1600, 1060);
    open({QStringLiteral("eight")});
    takeBoth(QStringLiteral("eight-differences"));
    m_window->action(Command::onlyDifferences)->trigger();
    takeBoth(QStringLiteral("eight-all"));
}

TEST_F(WindowPictures, oneSubject) {
    openWindow(1600, 1060);
    open({QStringLiteral("four"), QStringLiteral("broken.json")});
    takeBoth(QStringLiteral("five-with-error"));
    m_window->workspace().select({"", 3});
    m_window->action(Command::oneSubject)->trigger();
    takeBoth(QStringLiteral("one-subject"));
}

TEST_F(WindowPictures, two) {
    openWindow(1600, 1060);
    open({QStringLiteral("default.json"), QStringLiteral("privileged.json")});
    takeBoth(QStringLiteral("two"));
}

TEST_F(WindowPictures, live) {
    m_services.sweep = [](const jobs::ReportProgress&,
                          const std::stop_token&) -> base::Result<models::MachinePostures> {
        return models::MachinePostures{samples::machineList(), samples::machinePostures()};
    };
    openWindow(1600, 900);
    m_window->action(Command::live)->trigger();
    ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    takeBoth(QStringLiteral("live-1600"));
    m_window->resize(1000, 800);
    takeBoth(QStringLiteral("live-1000"));
}

/// The calls and the filters of the recordings that ship, one call followed.
TEST_F(WindowPictures, callsAndFilters) {
    m_services.open = [](const std::string& reference) { return session::resolveReference(reference); };
    openWindow(1600, 1300);
    open({QStringLiteral("resources/recordings")});
    m_window->action(Command::tables)->setChecked(false);
    m_window->action(Command::tables)->trigger();
    pages::TablesPage& tables = m_window->tablesPage();
    tables.setCurrentWidget(tables.syscalls());
    takeBoth(QStringLiteral("calls-1600"));
    const QAbstractItemModel* calls = tables.syscalls()->view()->model();
    const QModelIndexList clone =
        calls->match(calls->index(0, 0), Qt::DisplayRole, QStringLiteral("clone"), 1, Qt::MatchExactly);
    ASSERT_FALSE(clone.isEmpty());
    tables.syscalls()->view()->setCurrentIndex(clone.front().siblingAtColumn(2));
    tables.setCurrentWidget(tables.filters());
    takeBoth(QStringLiteral("filters-1600"));
    m_window->resize(1000, 1000);
    takeBoth(QStringLiteral("filters-1000"));
}

TEST_F(WindowPictures, inside) {
    m_services.open = [](const std::string&) -> base::Result<std::vector<diagram::SubjectView>> {
        return samples::exactFour();
    };
    openWindow(1600, 1060);
    open({QStringLiteral("exact")});
    m_window->workspace().select({"", 0});
    takeBoth(QStringLiteral("inside-head"));
    m_window->workspace().select({"systemCalls", 1});
    takeBoth(QStringLiteral("inside-gap"));
    m_window->workspace().setVantage(model::Vantage::experienced);
    takeBoth(QStringLiteral("inside-vantage"));
}

} // namespace
} // namespace bulkhead::main_window
