#pragma once

#include "core/diagram/palette.h"
#include "ui/models/workspace.h"

#include <QTabWidget>

class QComboBox;

namespace bulkhead::models {
struct ThreatenedSubject;
class CapabilityModel;
class MountModel;
class NamespaceModel;
} // namespace bulkhead::models

namespace bulkhead::pages {

class CutPage;
class DecisionsPage;
class FiltersPage;
class FindingsPage;
class SyscallsPage;
class TablePage;

/// The tables below the canvas: capabilities, namespaces, mounts, system calls, filters, findings, the cut
/// and decisions.
class TablesPage : public QTabWidget {
    Q_OBJECT

public:
    explicit TablesPage(models::Workspace& workspace, QWidget* parent = nullptr);

    void setColours(const diagram::Palette& palette);
    [[nodiscard]] TablePage* capabilities() const { return m_capabilityPage; }
    [[nodiscard]] TablePage* namespaces() const { return m_namespacePage; }
    [[nodiscard]] TablePage* mounts() const { return m_mountPage; }
    [[nodiscard]] SyscallsPage* syscalls() const { return m_syscallPage; }
    [[nodiscard]] FiltersPage* filters() const { return m_filterPage; }
    [[nodiscard]] CutPage* cut() const { return m_cutPage; }
    [[nodiscard]] DecisionsPage* decisions() const { return m_decisionsPage; }
    [[nodiscard]] FindingsPage* findings() const { return m_findingsPage; }
    /// What threatens the columns, or why that is not known.
    void showThreats(const std::vector<models::ThreatenedSubject>& subjects);
    void setThreatsMessage(const QString& why);
    /// The table in front; nullptr where there is none.
    [[nodiscard]] TablePage* current() const;

private:
    void showAll();
    void showCapabilities();
    void showMounts();
    void fillMountChoice();
    void showLegend();
    void connectFilters();

    models::Workspace& m_workspace;
    models::CapabilityModel* m_capabilities;
    models::NamespaceModel* m_namespaces;
    models::MountModel* m_mounts;
    QComboBox* m_setChoice;
    QComboBox* m_mountChoice;
    TablePage* m_capabilityPage;
    TablePage* m_namespacePage;
    TablePage* m_mountPage;
    SyscallsPage* m_syscallPage;
    FiltersPage* m_filterPage;
    FindingsPage* m_findingsPage;
    CutPage* m_cutPage;
    DecisionsPage* m_decisionsPage;
    const diagram::Palette* m_palette;
};

} // namespace bulkhead::pages
