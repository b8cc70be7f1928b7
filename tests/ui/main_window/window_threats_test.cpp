#include "core/catalog/weakness.h"
#include "tests/ui/main_window/window_fixture.h"
#include "ui/models/finding_model.h"
#include "ui/pages/findings_page.h"
#include "ui/pages/inspector_page.h"
#include "ui/pages/tables_page.h"

#include <QAction>
#include <QDir>
#include <QThread>

namespace bulkhead::main_window {
namespace {

using diagram::Item;
using diagram::ItemKind;

constexpr auto kCatalogue = R"(weaknesses:
  - id: module
    title: A module is loaded
    kind: path
    stage: namespaces-caps
    when:
      - capability(CAP_SYS_MODULE)
    needs: [code-in-container]
    gives: [kernel-code]
    authority: Runs in the kernel.
    severity: critical
    severity-reason: It is.
    stale-assumption: Nobody loads modules.
    on-call-signal: None.
    controls:
      - {by: capabilities, measure: drop CAP_SYS_MODULE}
    references:
      - {in: mitre-attack, id: T1611, title: Escape to Host}
)";

class ThreatTest : public WindowTest {
protected:
    void SetUp() override {
        WindowTest::SetUp();
        m_services.openJudge = [this]() -> base::Result<std::shared_ptr<const threat::Judge>> {
            m_openedOn = QThread::currentThread();
            ++m_opened;
            auto weaknesses = catalog::parseWeaknesses(kCatalogue, "test.yaml");
            auto judge = threat::Judge::of({std::move(*weaknesses), {}});
            return std::make_shared<const threat::Judge>(std::move(*judge));
        };
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

    /// For people to look at, as the pictures of the window are.
    void take(const QString& name) {
        const QString folder = qEnvironmentVariable("BULKHEAD_PICTURES");
        if (!folder.isEmpty()) {
            EXPECT_TRUE(m_window->grab().save(QDir(folder).filePath(name)));
        }
    }

    void wait() {
        ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    }

    QThread* m_openedOn = nullptr;
    int m_opened = 0;
};

TEST_F(ThreatTest, theOverlayDrawsWaysAndWhatStopsThem) {
    openWindow();
    open({QStringLiteral("four")});
    EXPECT_TRUE(items(ItemKind::attackLine).empty()) << "only where it is asked for";
    QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier);
    EXPECT_TRUE(m_window->action(Command::attackPaths)->isChecked());
    const auto lines = items(ItemKind::attackLine);
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_TRUE(lines[0].blocked);
    EXPECT_FALSE(lines[3].blocked);
    const auto notes = items(ItemKind::attackNote);
    EXPECT_EQ(notes[0].text, "▮ stopped by capabilities");
    EXPECT_EQ(notes[3].fullText, "way to code in the host's kernel: A module is loaded");
    EXPECT_NE(m_openedOn, QThread::currentThread());
    take(QStringLiteral("attacks-light.png"));
    m_window->action(Command::themeDark)->trigger();
    take(QStringLiteral("attacks-dark.png"));
    m_window->workspace().removeColumn(m_window->workspace().state().columns[0]);
    wait();
    ASSERT_EQ(items(ItemKind::attackLine).size(), 3U);
    EXPECT_FALSE(items(ItemKind::attackLine)[2].blocked) << "the line goes with its column";
    EXPECT_EQ(m_opened, 1) << "the catalogue is read once";
    m_window->action(Command::attackPaths)->trigger();
    EXPECT_TRUE(items(ItemKind::attackLine).empty());
}

TEST_F(ThreatTest, aFindingSelectsItsCellAndTheInspectorNamesIt) {
    openWindow(1600, 1300);
    open({QStringLiteral("four")});
    m_window->action(Command::tables)->setChecked(false);
    m_window->action(Command::tables)->trigger();
    pages::FindingsPage* findings = m_window->tablesPage().findings();
    m_window->tablesPage().setCurrentWidget(findings);
    ASSERT_EQ(findings->view()->model()->rowCount(), 4);
    findings->view()->setCurrentIndex(findings->view()->model()->index(0, models::FindingModel::wayColumn));
    EXPECT_EQ(m_window->workspace().selection(), (models::Selection{"capabilities", 3}));
    const QString words = m_window->findChild<pages::InspectorPage*>()->toPlainText();
    EXPECT_TRUE(words.contains(QStringLiteral("A module is loaded: holds"))) << words.toStdString();
    EXPECT_TRUE(words.contains(QStringLiteral("drop CAP_SYS_MODULE")));
    take(QStringLiteral("findings.png"));
}

TEST_F(ThreatTest, aCatalogueThatCannotBeReadSaysWhy) {
    m_services.openJudge = []() -> base::Result<std::shared_ptr<const threat::Judge>> {
        return base::fail(base::ErrorKind::malformed, "weaknesses/x.yaml:3: when: no such fact");
    };
    openWindow();
    open({QStringLiteral("four")});
    EXPECT_EQ(m_window->tablesPage().findings()->message(), "weaknesses/x.yaml:3: when: no such fact");
}

} // namespace
} // namespace bulkhead::main_window
