#include "ui/canvas/diagram_view.h"
#include "ui/dialogs/command_palette.h"
#include "ui/dialogs/lab_dialog.h"
#include "ui/main_window/export.h"
#include "ui/main_window/lab_control.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/recent_files.h"
#include "ui/main_window/threat_control.h"
#include "ui/pages/canvas_page.h"
#include "ui/pages/table_page.h"
#include "ui/pages/tables_page.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QStatusBar>
#include <QToolBar>
#include <QToolButton>
#include <QUndoStack>
#include <algorithm>

namespace bulkhead::main_window {

namespace {

constexpr double kZoomStep = 1.15;
constexpr int kMessageMs = 8000;

QLabel* toolBarLabel(const QString& text, QWidget* buddy) {
    auto* label = new QLabel(text);
    label->setBuddy(buddy);
    label->setContentsMargins(6, 0, 2, 0);
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

} // namespace

void MainWindow::buildMenus() {
    const auto add = [this](QMenu* menu, std::initializer_list<Command> commands) {
        for (const Command command : commands) {
            menu->addAction(m_actions.at(command));
        }
    };
    QMenu* file = menuBar()->addMenu(tr("&File"));
    add(file, {Command::open, Command::openNamed});
    m_recentMenu = file->addMenu(tr("Open r&ecent"));
    add(file, {Command::openRecordings, Command::live});
    file->addSeparator();
    add(file, {Command::exportMermaid, Command::exportSvg, Command::exportTable});
    file->addSeparator();
    add(file, {Command::quit});
    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    add(edit, {Command::undo, Command::redo, Command::paste});
    edit->addSeparator();
    add(edit, {Command::makeBaseline, Command::moveLeft, Command::moveRight, Command::removeColumn});
    edit->addSeparator();
    add(edit, {Command::lookInside});
    edit->addSeparator();
    add(edit, {Command::cut, Command::showHardened, Command::copyChanges, Command::saveHardened});
    edit->addSeparator();
    add(edit, {Command::copyHeadline, Command::commands});
    QMenu* view = menuBar()->addMenu(tr("&View"));
    add(view, {Command::onlyDifferences, Command::oneSubject, Command::fold, Command::attackPaths});
    view->addSeparator();
    add(view, {Command::zoomIn, Command::zoomOut, Command::zoomReset});
    view->addSeparator();
    add(view, {Command::focusCanvas, Command::findings, Command::decisions, Command::subjects,
               Command::inspector, Command::tables, Command::labLog});
    QMenu* theme = view->addMenu(tr("T&heme"));
    add(theme, {Command::themeSystem, Command::themeLight, Command::themeDark});
    QMenu* lab = menuBar()->addMenu(tr("&Lab"));
    add(lab, {Command::runLab, Command::cancelLab});
    m_recent = new RecentFiles(m_settings, *m_recentMenu, this);
    for (QMenu* menu : {file, edit, view, theme, lab}) {
        menu->setToolTipsVisible(true);
    }
}

void MainWindow::buildToolBar() {
    QToolBar* bar = addToolBar(tr("Tools"));
    bar->setObjectName(QStringLiteral("tools"));
    bar->setMovable(false);
    bar->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_baseline = new QComboBox;
    m_baseline->setAccessibleName(tr("Baseline"));
    m_baseline->setToolTip(tr("The subject that every other one is compared with"));
    m_baseline->setMinimumWidth(90);
    m_baseline->setMaximumWidth(190);
    m_baseline->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_vantage = new QComboBox;
    m_vantage->setAccessibleName(tr("Vantage"));
    m_vantage->setToolTip(tr("Who describes the containers: their configuration, the kernel, or a process "
                             "that tries from inside"));
    m_vantage->addItem(tr("enforced"), static_cast<int>(model::Vantage::enforced));
    m_vantage->addItem(tr("declared"), static_cast<int>(model::Vantage::declared));
    m_vantage->addItem(tr("experienced"), static_cast<int>(model::Vantage::experienced));
    m_vantage->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    bar->addAction(m_actions.at(Command::open));
    m_actions.at(Command::live)->setIconText(tr("Live")); // as the list of subjects calls it
    m_actions.at(Command::runLab)->setIconText(tr("Lab"));
    bar->addAction(m_actions.at(Command::live));
    bar->addAction(m_actions.at(Command::runLab));
    bar->addSeparator();
    bar->addWidget(toolBarLabel(tr("&Baseline"), m_baseline));
    bar->addWidget(m_baseline);
    bar->addWidget(toolBarLabel(tr("Va&ntage"), m_vantage));
    bar->addWidget(m_vantage);
    bar->addSeparator();
    bar->addAction(m_actions.at(Command::onlyDifferences));
    bar->addAction(m_actions.at(Command::oneSubject));
    bar->addAction(m_actions.at(Command::attackPaths));
    auto* spring = new QWidget;
    spring->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(spring);
    bar->addAction(m_actions.at(Command::tables));
    bar->addAction(m_actions.at(Command::inspector));
    auto* exports = new QToolButton;
    exports->setText(tr("Export"));
    exports->setToolTip(tr("Writes what is shown to a file"));
    exports->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(exports);
    menu->addAction(m_actions.at(Command::exportMermaid));
    menu->addAction(m_actions.at(Command::exportSvg));
    menu->addAction(m_actions.at(Command::exportTable));
    exports->setMenu(menu);
    bar->addWidget(exports);
}

void MainWindow::connectCommands() {
    const auto on = [this](Command command, auto slot) {
        connect(m_actions.at(command), &QAction::triggered, this, slot);
    };
    addActions(m_actions.all());
    on(Command::open, [this] { chooseFiles(); });
    on(Command::openNamed, [this] { chooseName(); });
    on(Command::openRecordings, [this] { openRecordings(); });
    on(Command::paste, [this] { m_canvas->take(*QApplication::clipboard()->mimeData()); });
    on(Command::exportMermaid, [this] {
        exportAs(QStringLiteral("diagram.mmd"), tr("Mermaid (*.mmd)"), &MainWindow::exportMermaid);
    });
    on(Command::exportSvg,
       [this] { exportAs(QStringLiteral("diagram.svg"), tr("SVG (*.svg)"), &MainWindow::exportSvg); });
    on(Command::exportTable, [this] {
        exportAs(QStringLiteral("table.csv"), tr("Tables (*.csv *.tsv *.md)"), &MainWindow::exportTable);
    });
    on(Command::quit, [this] { close(); });
    on(Command::runLab, [this] { chooseScenarios(); });
    on(Command::cancelLab, [this] { m_lab->cancel(); });
    on(Command::commands, [this] { showCommands(); });
    on(Command::copyHeadline, [this] {
        QApplication::clipboard()->setText(QString::fromStdString(m_workspace.diagram().headline));
    });
    on(Command::themeSystem, [this] { m_theme.choose(paint::ThemeChoice::system); });
    on(Command::themeLight, [this] { m_theme.choose(paint::ThemeChoice::light); });
    on(Command::themeDark, [this] { m_theme.choose(paint::ThemeChoice::dark); });
}

void MainWindow::connectColumnCommands() {
    QUndoStack* undo = m_workspace.undoStack();
    const auto on = [this](Command command, auto slot) {
        connect(m_actions.at(command), &QAction::triggered, this, slot);
    };
    on(Command::undo, [undo] { undo->undo(); });
    on(Command::redo, [undo] { undo->redo(); });
    connect(undo, &QUndoStack::canUndoChanged, m_actions.at(Command::undo), &QAction::setEnabled);
    connect(undo, &QUndoStack::canRedoChanged, m_actions.at(Command::redo), &QAction::setEnabled);
    m_actions.at(Command::undo)->setEnabled(undo->canUndo());
    m_actions.at(Command::redo)->setEnabled(undo->canRedo());
    on(Command::removeColumn, [this] { m_workspace.removeColumn(selectedSubject()); });
    on(Command::makeBaseline, [this] { m_workspace.setBaseline(selectedSubject()); });
    on(Command::moveLeft, [this] { moveSelected(-1); });
    on(Command::moveRight, [this] { moveSelected(1); });
    connect(m_baseline, &QComboBox::activated, this, [this](int row) {
        m_workspace.setBaseline(m_baseline->itemData(row).toInt());
    });
}

void MainWindow::connectViewCommands() {
    const auto on = [this](Command command, auto slot) {
        connect(m_actions.at(command), &QAction::triggered, this, slot);
    };
    canvas::DiagramView* view = m_canvas->view();
    on(Command::onlyDifferences, [this](bool only) { m_workspace.setOnlyDifferences(only); });
    on(Command::fold, [this](bool fold) { m_workspace.setFold(fold); });
    on(Command::attackPaths, [this](bool shown) { m_threats->setShown(shown); });
    on(Command::oneSubject, [this](bool one) { m_workspace.showOneSubject(one ? selectedSubject() : -1); });
    on(Command::zoomIn, [view] { view->setZoom(view->zoom() * kZoomStep); });
    on(Command::zoomOut, [view] { view->setZoom(view->zoom() / kZoomStep); });
    on(Command::zoomReset, [view] { view->setZoom(1); });
    on(Command::focusCanvas, [this, view] {
        showLive(false);
        view->setFocus(Qt::ShortcutFocusReason);
    });
    connect(m_vantage, &QComboBox::activated, this, [this](int row) {
        m_workspace.setVantage(static_cast<model::Vantage>(m_vantage->itemData(row).toInt()));
    });
}

/// With a list of scenarios the user chooses among them; without one the lab runs whatever it has.
void MainWindow::chooseScenarios() {
    if (m_services.scenarios.empty()) {
        runLab({});
        return;
    }
    auto* dialog = new dialogs::LabDialog(m_services.scenarios, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { runLab(dialog->chosen()); });
    dialog->open();
}

QString MainWindow::exportSvg(const QString& path) const {
    return writeTextFile(path, m_services.writeSvg(m_canvas->view()->picture(), m_theme.palette()));
}

QString MainWindow::exportMermaid(const QString& path) const {
    return writeTextFile(path, m_services.writeMermaid(m_workspace.diagram()));
}

QString MainWindow::exportTable(const QString& path) const {
    const pages::TablePage* table = m_tables->current();
    return table == nullptr ? tr("There is no table in front.")
                            : writeTextFile(path, table->text(models::tableFormatOf(path)));
}

void MainWindow::exportAs(
    const QString& name, const QString& filter, QString (MainWindow::*write)(const QString&) const) {
    const QString path = QFileDialog::getSaveFileName(this, tr("Export"), name, filter);
    if (path.isEmpty()) {
        return;
    }
    const QString error = (this->*write)(path);
    statusBar()->showMessage(error.isEmpty() ? tr("Written: %1").arg(path) : error, kMessageMs);
}

void MainWindow::showColumnMenu(int /*subject*/, const QPoint& position) {
    QMenu menu(this);
    for (const Command command :
         {Command::makeBaseline, Command::oneSubject, Command::lookInside, Command::moveLeft,
          Command::moveRight, Command::cut, Command::removeColumn}) {
        menu.addAction(m_actions.at(command));
    }
    menu.exec(position);
}

void MainWindow::showCommands() {
    auto* palette = new dialogs::CommandPalette(m_actions.all(), this);
    palette->setAttribute(Qt::WA_DeleteOnClose);
    palette->move(mapToGlobal(QPoint((width() - palette->width()) / 2, 60)));
    palette->show();
}

void MainWindow::moveSelected(int by) {
    const auto& columns = m_workspace.state().columns;
    const auto at = std::find(columns.begin(), columns.end(), selectedSubject());
    const auto to = (at - columns.begin()) + by;
    if (at != columns.end() && to >= 0) {
        m_workspace.moveColumn(static_cast<std::size_t>(at - columns.begin()), static_cast<std::size_t>(to));
    }
}

} // namespace bulkhead::main_window
