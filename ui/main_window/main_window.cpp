#include "ui/main_window/main_window.h"

#include "ui/canvas/diagram_view.h"
#include "ui/main_window/cut_control.h"
#include "ui/main_window/decision_control.h"
#include "ui/main_window/inside_control.h"
#include "ui/main_window/lab_control.h"
#include "ui/main_window/live_control.h"
#include "ui/main_window/recent_files.h"
#include "ui/main_window/shared_judge.h"
#include "ui/main_window/subject_loader.h"
#include "ui/main_window/threat_control.h"
#include "ui/main_window/window_place.h"
#include "ui/models/cell_text.h"
#include "ui/pages/canvas_page.h"
#include "ui/pages/column_choice.h"
#include "ui/pages/empty_page.h"
#include "ui/pages/inspector_page.h"
#include "ui/pages/job_bar.h"
#include "ui/pages/live_page.h"
#include "ui/pages/log_page.h"
#include "ui/pages/subjects_page.h"
#include "ui/pages/table_page.h"
#include "ui/pages/tables_page.h"

#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QGuiApplication>
#include <QScreen>
#include <QSettings>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QStatusBar>
#include <QUndoStack>
#include <algorithm>

namespace bulkhead::main_window {

namespace {

constexpr int kLayoutVersion = 1;
constexpr int kTallEnough = 1180;   ///< window height from which the tables fit below the whole picture
constexpr int kLeastSubjects = 130; ///< dock widths below which their words break
constexpr int kLeastInspector = 250;
constexpr int kLeastTables = 230;
constexpr int kMessageMs = 8000;

} // namespace

MainWindow::MainWindow(Services services, QSettings& settings, QWidget* parent)
    : QMainWindow(parent), m_services(std::move(services)), m_settings(settings), m_theme(settings) {
    m_services.openJudge = openedOnce(std::move(m_services.openJudge));
    setObjectName(QStringLiteral("workbench"));
    setWindowTitle(tr("Bulkhead"));
    setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
    buildCanvas();
    buildDocks();
    m_openBar = new pages::JobBar;
    m_loader = new SubjectLoader(m_services, m_workspace, *m_openBar, this);
    m_lab = new LabControl(m_services, m_workspace, *m_log, this);
    m_liveControl = new LiveControl(m_services, m_workspace, *m_live, this);
    m_jobBar = new pages::JobBar;
    statusBar()->addPermanentWidget(m_openBar);
    statusBar()->addPermanentWidget(m_jobBar);
    m_inside = new InsideControl(m_services, m_workspace, *m_inspector, *m_jobBar, this);
    m_threats = new ThreatControl(m_services, m_workspace, *m_canvas, *m_tables, *m_inspector, this);
    m_cut = new CutControl(m_services, m_workspace, *m_tables->cut(), this);
    m_decisions = new DecisionControl(m_services, m_workspace, *m_tables->decisions(), this);
    buildMenus();
    buildToolBar();
    connectCommands();
    connectColumnCommands();
    connectViewCommands();
    connectFlows();
    connectIntake();
    connectLive();
    connectInside();
    connectCut();
    restoreLayout();
    applyTheme();
    updateControls();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildCanvas() {
    auto* empty = new pages::EmptyPage(
        {m_actions.at(Command::live), m_actions.at(Command::runLab), m_actions.at(Command::open),
         m_actions.at(Command::openRecordings)});
    m_canvas = new pages::CanvasPage(m_workspace, empty);
    m_live = new pages::LivePage;
    m_pages = new QStackedWidget;
    m_pages->addWidget(m_canvas);
    m_pages->addWidget(m_live);
    setCentralWidget(m_pages);
}

QDockWidget* MainWindow::addDock(
    const QString& title, const QString& id, QWidget* widget, Qt::DockWidgetArea area, Command toggle) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(id);
    dock->setWidget(widget);
    addDockWidget(area, dock);
    QAction* action = m_actions.at(toggle);
    connect(action, &QAction::triggered, dock, [dock](bool shown) {
        dock->setVisible(shown);
        if (shown) {
            dock->raise();
        }
    });
    connect(dock->toggleViewAction(), &QAction::toggled, action, &QAction::setChecked);
    return dock;
}

void MainWindow::buildDocks() {
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    m_inspector = new pages::InspectorPage(m_workspace);
    m_tables = new pages::TablesPage(m_workspace);
    m_log = new pages::LogPage;
    m_subjects = new pages::SubjectsPage(m_workspace);
    m_subjectsDock = addDock(
        tr("Subjects"), QStringLiteral("subjects"), m_subjects, Qt::LeftDockWidgetArea, Command::subjects);
    m_inspectorDock = addDock(
        tr("Inspector"), QStringLiteral("inspector"), m_inspector, Qt::RightDockWidgetArea,
        Command::inspector);
    m_tablesDock =
        addDock(tr("Tables"), QStringLiteral("tables"), m_tables, Qt::BottomDockWidgetArea, Command::tables);
    m_logDock = addDock(tr("Lab"), QStringLiteral("lab"), m_log, Qt::BottomDockWidgetArea, Command::labLog);
    tabifyDockWidget(m_tablesDock, m_logDock);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
}

void MainWindow::connectFlows() {
    connect(m_canvas, &pages::CanvasPage::menuRequested, this, &MainWindow::showColumnMenu);
    connect(m_canvas, &pages::CanvasPage::inspectRequested, this, [this] {
        m_inspectorDock->show();
        m_inspectorDock->raise();
    });
    connect(m_log, &pages::LogPage::recordingsRequested, this, &MainWindow::openRecordings);
    connect(m_lab, &LabControl::runningChanged, this, &MainWindow::updateControls);
    connect(&m_theme, &WindowTheme::changed, this, &MainWindow::applyTheme);
    connect(&m_workspace, &models::Workspace::diagramChanged, this, &MainWindow::updateControls);
    connect(&m_workspace, &models::Workspace::selectionChanged, this, &MainWindow::updateControls);
    connect(&m_workspace, &models::Workspace::refused, this, [this](const QString& why) {
        statusBar()->showMessage(why, kMessageMs);
    });
    connect(m_tablesDock, &QDockWidget::visibilityChanged, this, &MainWindow::sizeTables);
    connect(m_recent, &RecentFiles::chosen, this, [this](const QString& path) { open({path}); });
}

/// What runs here is a page beside the canvas; whatever changes the columns brings the canvas back.
void MainWindow::connectLive() {
    connect(m_actions.at(Command::live), &QAction::triggered, this, &MainWindow::showLive);
    connect(m_subjects, &pages::SubjectsPage::liveRequested, this, [this] {
        if (m_services.sweep) {
            showLive(true);
        }
    });
    connect(m_workspace.undoStack(), &QUndoStack::indexChanged, this, [this] { showLive(false); });
    connect(m_liveControl, &LiveControl::delivered, this, [this](const QString& words) {
        showLive(false);
        m_canvas->view()->setFocus();
        statusBar()->showMessage(words, kMessageMs);
    });
}

/// Both what was seen and why it was not stands in the inspector of the subject.
void MainWindow::connectInside() {
    connect(m_actions.at(Command::lookInside), &QAction::triggered, this, [this] {
        m_inside->look(selectedSubject());
    });
    connect(m_inside, &InsideControl::runningChanged, this, &MainWindow::updateControls);
    connect(m_inside, &InsideControl::ended, this, [this](const QString& words) {
        statusBar()->showMessage(words, kMessageMs);
        m_inspectorDock->show();
        m_inspectorDock->raise();
        updateControls();
    });
}

void MainWindow::showLive(bool live) {
    m_pages->setCurrentWidget(live ? static_cast<QWidget*>(m_live) : m_canvas);
    m_actions.at(Command::live)->setChecked(live);
    if (live) {
        m_live->table()->view()->setFocus();
        m_liveControl->refreshOnce();
    }
}

bool MainWindow::showsLive() const {
    return m_pages->currentWidget() == m_live;
}

void MainWindow::restoreLayout() {
    m_live->columnChoice()->hide(m_settings.value(QStringLiteral("live/hidden")).toStringList());
    QList<QRect> screens;
    for (const QScreen* screen : QGuiApplication::screens()) {
        screens << screen->availableGeometry();
    }
    if (restoreGeometry(m_settings.value(QStringLiteral("geometry")).toByteArray())) {
        setGeometry(placeOnScreens(geometry(), screens));
    } else {
        resize(firstSize(screens.value(0)));
    }
    if (restoreState(m_settings.value(QStringLiteral("layout")).toByteArray(), kLayoutVersion)) {
        m_tablesSized = true;
        return;
    }
    const double share = std::min(1.0, static_cast<double>(width()) / kWantedSize.width());
    resizeDocks(
        {m_subjectsDock, m_inspectorDock},
        {std::max(kLeastSubjects, qRound(200 * share)), std::max(kLeastInspector, qRound(320 * share))},
        Qt::Horizontal);
    m_logDock->hide();
    m_tablesDock->setVisible(height() >= kTallEnough);
}

/// The first time the tables are shown they take a share of the height that the window has by then.
void MainWindow::sizeTables(bool shown) {
    if (shown && !m_tablesSized) {
        m_tablesSized = true;
        resizeDocks({m_tablesDock}, {std::max(kLeastTables, height() / 3)}, Qt::Vertical);
    }
}

/// The docks keep their share of the width, so that a narrow window is not all docks.
void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    if (event->oldSize().width() <= 0 || event->oldSize().width() == event->size().width()) {
        return;
    }
    const double share = static_cast<double>(event->size().width()) / event->oldSize().width();
    for (QDockWidget* dock : {m_subjectsDock, m_inspectorDock}) {
        const int least = dock == m_subjectsDock ? kLeastSubjects : kLeastInspector;
        if (dock->isVisible() && !dock->isFloating()) {
            resizeDocks({dock}, {std::max(least, qRound(dock->width() * share))}, Qt::Horizontal);
        }
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    m_settings.setValue(QStringLiteral("geometry"), saveGeometry());
    m_settings.setValue(QStringLiteral("layout"), saveState(kLayoutVersion));
    m_settings.setValue(QStringLiteral("live/hidden"), m_live->columnChoice()->hidden());
    QMainWindow::closeEvent(event);
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::ThemeChange) {
        m_theme.systemChanged();
    }
}

void MainWindow::applyTheme() {
    const diagram::Palette& palette = m_theme.palette();
    m_canvas->view()->setColours(palette);
    m_inspector->setColours(palette);
    m_tables->setColours(palette);
    m_live->setColours(palette);
    m_actions.at(Command::themeSystem)->setChecked(m_theme.choice() == paint::ThemeChoice::system);
    m_actions.at(Command::themeLight)->setChecked(m_theme.choice() == paint::ThemeChoice::light);
    m_actions.at(Command::themeDark)->setChecked(m_theme.choice() == paint::ThemeChoice::dark);
}

bool MainWindow::busy() const {
    return m_loader->busy() || m_lab->running() || m_liveControl->running() || m_inside->running() ||
           m_threats->running() || m_cut->running() || m_decisions->running();
}

void MainWindow::open(const QStringList& references) {
    m_loader->open(references);
}

void MainWindow::openRecordings() {
    m_loader->open({QString::fromStdString(m_services.recordings.string())}, models::SubjectGroup::recorded);
}

void MainWindow::runLab(const std::vector<std::string>& names) {
    m_logDock->show();
    m_logDock->raise();
    m_lab->run(names);
}

int MainWindow::selectedSubject() const {
    return m_workspace.idOfColumn(m_workspace.selection().column);
}

void MainWindow::updateControls() {
    const bool shown = !m_workspace.state().columns.empty();
    const bool one = m_workspace.oneSubject() >= 0;
    const bool column = selectedSubject() >= 0 && !one;
    const bool running = m_lab->running();
    for (const Command command :
         {Command::removeColumn, Command::moveLeft, Command::moveRight, Command::makeBaseline}) {
        m_actions.at(command)->setEnabled(column);
    }
    m_actions.at(Command::oneSubject)->setEnabled(one || selectedSubject() >= 0);
    m_actions.at(Command::oneSubject)->setChecked(one);
    m_actions.at(Command::onlyDifferences)->setChecked(m_workspace.onlyDifferences());
    m_actions.at(Command::fold)->setChecked(m_workspace.fold());
    m_actions.at(Command::attackPaths)->setEnabled(static_cast<bool>(m_services.openJudge));
    m_actions.at(Command::copyHeadline)->setEnabled(shown);
    m_actions.at(Command::exportSvg)->setEnabled(shown && m_services.writeSvg);
    m_actions.at(Command::exportTable)->setEnabled(shown);
    m_actions.at(Command::exportMermaid)->setEnabled(shown && m_services.writeMermaid);
    m_actions.at(Command::openRecordings)->setEnabled(!m_services.recordings.empty());
    m_actions.at(Command::runLab)->setEnabled(m_services.runLab && !running);
    m_actions.at(Command::cancelLab)->setEnabled(running);
    m_actions.at(Command::live)->setEnabled(static_cast<bool>(m_services.sweep));
    m_actions.at(Command::cut)->setEnabled(shown && m_services.planCut);
    m_actions.at(Command::showHardened)->setEnabled(m_cut->canShow());
    m_actions.at(Command::showHardened)->setChecked(m_cut->isShown());
    m_actions.at(Command::copyChanges)->setEnabled(m_cut->canShow());
    m_actions.at(Command::saveHardened)->setEnabled(m_cut->canSave());
    m_actions.at(Command::lookInside)->setEnabled(m_inside->canLook(selectedSubject()));
    fillBaselines();
    updateVantages();
    m_vantage->setEnabled(shown && !one);
}

/// A vantage that no column has can be seen in the list, and not be chosen.
void MainWindow::updateVantages() {
    const QSignalBlocker quiet(m_vantage);
    m_vantage->setCurrentIndex(m_vantage->findData(static_cast<int>(m_workspace.vantage())));
    auto* items = qobject_cast<QStandardItemModel*>(m_vantage->model());
    for (int row = 0; items != nullptr && row < items->rowCount(); ++row) {
        const auto vantage = static_cast<model::Vantage>(m_vantage->itemData(row).toInt());
        const bool there = std::ranges::any_of(m_workspace.shown(), [&](const diagram::SubjectView& subject) {
            return subject.at(vantage) != nullptr;
        });
        items->item(row)->setEnabled(there || vantage == m_workspace.vantage());
    }
}

void MainWindow::fillBaselines() {
    const QSignalBlocker quiet(m_baseline);
    m_baseline->clear();
    for (const int id : m_workspace.state().columns) {
        m_baseline->addItem(models::toQString(m_workspace.entry(id)->view.name), id);
    }
    m_baseline->setCurrentIndex(m_baseline->findData(m_workspace.state().baseline));
    m_baseline->setEnabled(m_baseline->count() > 1 && m_workspace.oneSubject() < 0);
}

} // namespace bulkhead::main_window
