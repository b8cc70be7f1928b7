#include "ui/main_window/main_window.h"

#include "ui/canvas/diagram_view.h"
#include "ui/main_window/lab_control.h"
#include "ui/main_window/recent_files.h"
#include "ui/main_window/subject_loader.h"
#include "ui/main_window/window_place.h"
#include "ui/models/cell_text.h"
#include "ui/pages/canvas_page.h"
#include "ui/pages/empty_page.h"
#include "ui/pages/inspector_page.h"
#include "ui/pages/log_page.h"
#include "ui/pages/subjects_page.h"
#include "ui/pages/tables_page.h"

#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QGuiApplication>
#include <QScreen>
#include <QSettings>
#include <QSignalBlocker>
#include <QStatusBar>
#include <QUndoStack>
#include <algorithm>

namespace bulkhead::main_window {

namespace {

constexpr int kLayoutVersion = 1;
constexpr int kTallEnough = 1180;   ///< window height from which the tables fit below the whole picture
constexpr int kLeastSubjects = 130; ///< dock widths below which their words break
constexpr int kLeastInspector = 250;
constexpr int kMessageMs = 8000;

} // namespace

MainWindow::MainWindow(Services services, QSettings& settings, QWidget* parent)
    : QMainWindow(parent), m_services(std::move(services)), m_settings(settings), m_theme(settings) {
    setObjectName(QStringLiteral("workbench"));
    setWindowTitle(tr("Bulkhead"));
    setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
    buildCanvas();
    buildDocks();
    m_loader = new SubjectLoader(m_services, m_workspace, this);
    m_lab = new LabControl(m_services, m_workspace, *m_log, this);
    buildMenus();
    buildToolBar();
    connectCommands();
    connectColumnCommands();
    connectViewCommands();
    connectFlows();
    restoreLayout();
    applyTheme();
    updateControls();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildCanvas() {
    auto* empty = new pages::EmptyPage(
        {m_actions.at(Command::runLab), m_actions.at(Command::open), m_actions.at(Command::openRecordings)});
    m_canvas = new pages::CanvasPage(m_workspace, empty);
    setCentralWidget(m_canvas);
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
    m_subjectsDock = addDock(
        tr("Subjects"), QStringLiteral("subjects"), new pages::SubjectsPage(m_workspace),
        Qt::LeftDockWidgetArea, Command::subjects);
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
    connect(m_canvas, &pages::CanvasPage::filesDropped, this, &MainWindow::open);
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
    connect(m_loader, &SubjectLoader::opening, this, [this](const QString& reference) {
        statusBar()->showMessage(tr("Opening %1...").arg(reference));
    });
    connect(
        m_loader, &SubjectLoader::opened, this, [this](const QString& reference, models::SubjectGroup group) {
            statusBar()->clearMessage();
            if (group == models::SubjectGroup::file) {
                m_recent->add(reference);
            }
        });
    connect(
        m_loader, &SubjectLoader::failed, this, [this](const QString& /*reference*/, const QString& error) {
            statusBar()->showMessage(error, kMessageMs);
        });
    connect(m_recent, &RecentFiles::chosen, this, [this](const QString& path) { open({path}); });
}

void MainWindow::restoreLayout() {
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
        return;
    }
    const double share = std::min(1.0, static_cast<double>(width()) / kWantedSize.width());
    resizeDocks(
        {m_subjectsDock, m_inspectorDock},
        {std::max(kLeastSubjects, qRound(200 * share)), std::max(kLeastInspector, qRound(320 * share))},
        Qt::Horizontal);
    resizeDocks({m_tablesDock}, {230}, Qt::Vertical);
    m_logDock->hide();
    m_tablesDock->setVisible(height() >= kTallEnough);
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
    m_actions.at(Command::themeSystem)->setChecked(m_theme.choice() == paint::ThemeChoice::system);
    m_actions.at(Command::themeLight)->setChecked(m_theme.choice() == paint::ThemeChoice::light);
    m_actions.at(Command::themeDark)->setChecked(m_theme.choice() == paint::ThemeChoice::dark);
}

bool MainWindow::busy() const {
    return m_loader->busy() || m_lab->running();
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
    m_actions.at(Command::copyHeadline)->setEnabled(shown);
    m_actions.at(Command::exportSvg)->setEnabled(shown && m_services.writeSvg);
    m_actions.at(Command::exportTable)->setEnabled(shown);
    m_actions.at(Command::exportMermaid)->setEnabled(shown && m_services.writeMermaid);
    m_actions.at(Command::openRecordings)->setEnabled(!m_services.recordings.empty());
    m_actions.at(Command::runLab)->setEnabled(m_services.runLab && !running);
    m_actions.at(Command::cancelLab)->setEnabled(running);
    fillBaselines();
    const QSignalBlocker quiet(m_vantage);
    m_vantage->setCurrentIndex(m_vantage->findData(static_cast<int>(m_workspace.vantage())));
    m_vantage->setEnabled(shown && !one);
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
