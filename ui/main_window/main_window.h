#pragma once

#include "ui/main_window/actions.h"
#include "ui/main_window/services.h"
#include "ui/main_window/window_theme.h"
#include "ui/models/workspace.h"

#include <QMainWindow>
#include <QStringList>

class QComboBox;
class QDockWidget;
class QMenu;
class QSettings;
class QStackedWidget;

namespace bulkhead::pages {
class CanvasPage;
class InspectorPage;
class JobBar;
class LivePage;
class LogPage;
class SubjectsPage;
class TablePage;
class TablesPage;
} // namespace bulkhead::pages

namespace bulkhead::main_window {

class CutControl;
class DecisionControl;
class InsideControl;
class LabControl;
class LiveControl;
class RecentFiles;
class SubjectLoader;
class ThreatControl;

/// The workbench: the canvas in the middle, subjects, inspector, tables and the lab's log around it.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// `settings` outlives the window; theme, layout and recent files are kept in it.
    MainWindow(Services services, QSettings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Opens references and puts them on the canvas; returns at once.
    void open(const QStringList& references);
    void openRecordings();
    void runLab(const std::vector<std::string>& names);
    /// Writes what is shown; empty on success, else what happened.
    QString exportSvg(const QString& path) const;
    QString exportMermaid(const QString& path) const;
    QString exportTable(const QString& path) const;

    [[nodiscard]] models::Workspace& workspace() { return m_workspace; }
    [[nodiscard]] pages::CanvasPage& canvasPage() { return *m_canvas; }
    [[nodiscard]] pages::TablesPage& tablesPage() { return *m_tables; }
    [[nodiscard]] pages::LivePage& livePage() { return *m_live; }
    [[nodiscard]] pages::JobBar& jobBar() { return *m_jobBar; }
    [[nodiscard]] pages::InspectorPage& inspectorPage() { return *m_inspector; }
    [[nodiscard]] pages::LogPage& logPage() { return *m_log; }
    [[nodiscard]] QAction* action(Command command) const { return m_actions.at(command); }
    [[nodiscard]] QComboBox* baselineChoice() const { return m_baseline; }
    [[nodiscard]] QComboBox* vantageChoice() const { return m_vantage; }
    /// True while something is opened or launched.
    [[nodiscard]] bool busy() const;
    /// Whether what runs on this machine is in front, and not the canvas.
    [[nodiscard]] bool showsLive() const;

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildCanvas();
    void buildDocks();
    void buildMenus();
    void buildToolBar();
    void connectCommands();
    void connectColumnCommands();
    void connectViewCommands();
    void connectFlows();
    void connectLive();
    void connectInside();
    void connectCut();
    void restoreLayout();
    QDockWidget* addDock(
        const QString& title, const QString& id, QWidget* widget, Qt::DockWidgetArea area, Command toggle);

    void showTable(pages::TablePage& page);
    void chooseHardenedFile();
    void saveHardened(const QString& path);
    void chooseFiles();
    void chooseName();
    void chooseSubjects(const QString& document);
    void connectIntake();
    void chooseScenarios();
    void
    exportAs(const QString& name, const QString& filter, QString (MainWindow::*write)(const QString&) const);
    void showColumnMenu(int subject, const QPoint& position);
    void showCommands();
    void showLive(bool live);
    void moveSelected(int by);
    [[nodiscard]] int selectedSubject() const;
    void applyTheme();
    void updateControls();
    void fillBaselines();
    void updateVantages();
    void sizeTables(bool shown);

    Services m_services;
    QSettings& m_settings;
    WindowTheme m_theme;
    Actions m_actions;
    models::Workspace m_workspace;
    QStackedWidget* m_pages = nullptr;
    pages::CanvasPage* m_canvas = nullptr;
    pages::LivePage* m_live = nullptr;
    pages::InspectorPage* m_inspector = nullptr;
    pages::TablesPage* m_tables = nullptr;
    pages::LogPage* m_log = nullptr;
    QDockWidget* m_inspectorDock = nullptr;
    QDockWidget* m_logDock = nullptr;
    QDockWidget* m_tablesDock = nullptr;
    bool m_tablesSized = false; ///< their height is the user's, or was set once
    QDockWidget* m_subjectsDock = nullptr;
    pages::SubjectsPage* m_subjects = nullptr;
    QComboBox* m_baseline = nullptr;
    QComboBox* m_vantage = nullptr;
    QMenu* m_recentMenu = nullptr;
    SubjectLoader* m_loader = nullptr;
    LabControl* m_lab = nullptr;
    LiveControl* m_liveControl = nullptr;
    pages::JobBar* m_openBar = nullptr;
    pages::JobBar* m_jobBar = nullptr;
    InsideControl* m_inside = nullptr;
    ThreatControl* m_threats = nullptr;
    CutControl* m_cut = nullptr;
    DecisionControl* m_decisions = nullptr;
    RecentFiles* m_recent = nullptr;
};

} // namespace bulkhead::main_window
