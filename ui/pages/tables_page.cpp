#include "ui/pages/tables_page.h"

#include "ui/models/capability_model.h"
#include "ui/models/cell_text.h"
#include "ui/models/mount_model.h"
#include "ui/models/namespace_model.h"
#include "ui/pages/cut_page.h"
#include "ui/pages/decisions_page.h"
#include "ui/pages/filters_page.h"
#include "ui/pages/findings_page.h"
#include "ui/pages/syscalls_page.h"
#include "ui/pages/table_page.h"
#include "ui/paint/theme.h"

#include <QComboBox>
#include <QSignalBlocker>
#include <QTabBar>

namespace bulkhead::pages {

TablesPage::TablesPage(models::Workspace& workspace, QWidget* parent)
    : QTabWidget(parent), m_workspace(workspace), m_capabilities(new models::CapabilityModel(this)),
      m_namespaces(new models::NamespaceModel(this)), m_mounts(new models::MountModel(this)),
      m_setChoice(new QComboBox), m_mountChoice(new QComboBox),
      m_capabilityPage(new TablePage(*m_capabilities, TablePage::Kind::table, tr("Capabilities"))),
      m_namespacePage(new TablePage(*m_namespaces, TablePage::Kind::table, tr("Namespaces"))),
      m_mountPage(new TablePage(*m_mounts, TablePage::Kind::tree, tr("Mounts"))),
      m_syscallPage(new SyscallsPage(workspace)), m_filterPage(new FiltersPage(workspace)),
      m_findingsPage(new FindingsPage(workspace)), m_cutPage(new CutPage), m_decisionsPage(new DecisionsPage),
      m_palette(&diagram::lightPalette()) {
    setDocumentMode(true);
    m_setChoice->addItem(tr("all sets"), -1);
    for (int i = 0; i < static_cast<int>(models::capabilitySets().size()); ++i) {
        m_setChoice->addItem(
            models::CapabilityModel::tr(models::capabilitySets()[static_cast<std::size_t>(i)].title), i);
    }
    m_setChoice->setCurrentIndex(1);
    m_setChoice->setAccessibleName(tr("Capability set"));
    m_mountChoice->setAccessibleName(tr("Subject whose mounts are shown"));
    m_capabilityPage->addControl(tr("Set"), m_setChoice);
    m_capabilityPage->addDifferences();
    m_namespacePage->addDifferences();
    m_mountPage->addControl(tr("Of"), m_mountChoice);
    addTab(m_capabilityPage, tr("Capabilities"));
    addTab(m_namespacePage, tr("Namespaces"));
    addTab(m_mountPage, tr("Mounts"));
    addTab(m_syscallPage, tr("System calls"));
    addTab(m_filterPage, tr("Filters"));
    addTab(m_findingsPage, tr("Findings"));
    addTab(m_cutPage, tr("Cut"));
    addTab(m_decisionsPage, tr("Decisions"));
    connectFilters();
    connect(m_setChoice, &QComboBox::currentIndexChanged, this, &TablesPage::showCapabilities);
    connect(m_mountChoice, &QComboBox::currentIndexChanged, this, &TablesPage::showMounts);
    connect(&workspace, &models::Workspace::diagramChanged, this, &TablesPage::showAll);
    connect(&workspace, &models::Workspace::selectionChanged, this, [this] {
        const int id = m_workspace.idOfColumn(m_workspace.selection().column);
        if (const int row = m_mountChoice->findData(id); row >= 0) {
            m_mountChoice->setCurrentIndex(row);
        }
    });
    showAll();
}

/// The call that is selected is followed through the filters of the column it is selected in.
void TablesPage::connectFilters() {
    connect(m_syscallPage, &TablePage::currentChanged, this, [this] {
        const auto [abi, call] = m_syscallPage->currentCall();
        if (!abi.empty()) {
            m_filterPage->follow(m_syscallPage->currentSubject(), abi, call);
        }
    });
    connect(m_syscallPage, &SyscallsPage::instructionsRequested, this, [this] {
        setCurrentWidget(m_filterPage);
        m_filterPage->view()->setFocus();
    });
}

void TablesPage::showThreats(const std::vector<models::ThreatenedSubject>& subjects) {
    m_findingsPage->show(subjects);
}

void TablesPage::setThreatsMessage(const QString& why) {
    m_findingsPage->showFailure(why);
}

TablePage* TablesPage::current() const {
    return qobject_cast<TablePage*>(currentWidget());
}

void TablesPage::setColours(const diagram::Palette& palette) {
    m_palette = &palette;
    for (TablePage* page : findChildren<TablePage*>()) {
        page->setColours(palette);
    }
    showLegend();
}

/// The letters of the namespaces in their colours.
void TablesPage::showLegend() {
    QStringList entries;
    for (const models::NamespaceModel::LegendEntry& entry : m_namespaces->legend()) {
        entries << QStringLiteral(
                       "<span style='background-color:%1;color:%2'><b>&nbsp;%3&nbsp;</b></span>&nbsp; %4")
                       .arg(
                           paint::identityBlock(*m_palette, entry.tint).name(),
                           models::toQString(m_palette->canvas.hex()), entry.letter.toHtmlEscaped(),
                           entry.text.toHtmlEscaped());
    }
    m_namespacePage->setLegend(entries.join(QStringLiteral(" &nbsp; &nbsp; ")));
}

void TablesPage::showAll() {
    showCapabilities();
    m_namespaces->show(m_workspace.shown(), m_workspace.vantage());
    showLegend();
    m_syscallPage->showSubjects();
    m_filterPage->showSubjects();
    fillMountChoice();
    showMounts();
}

void TablesPage::showCapabilities() {
    const int set = m_setChoice->currentData().toInt();
    m_capabilities->show(
        m_workspace.shown(), m_workspace.vantage(), set < 0 ? std::nullopt : std::optional<int>(set));
}

void TablesPage::fillMountChoice() {
    const QSignalBlocker quiet(m_mountChoice);
    const int chosen = m_mountChoice->currentData().toInt();
    m_mountChoice->clear();
    for (const int id : m_workspace.state().columns) {
        m_mountChoice->addItem(models::toQString(m_workspace.entry(id)->view.name), id);
    }
    m_mountChoice->setCurrentIndex(std::max(0, m_mountChoice->findData(chosen)));
}

void TablesPage::showMounts() {
    const models::LibraryEntry* entry = m_workspace.entry(m_mountChoice->currentData().toInt());
    m_mounts->show(entry == nullptr ? nullptr : entry->view.at(m_workspace.vantage()));
    m_mountPage->setMessage(m_mounts->gap());
}

} // namespace bulkhead::pages
