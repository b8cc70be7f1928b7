#include "ui/main_window/actions.h"

#include <QKeySequence>
#include <array>

namespace bulkhead::main_window {

namespace {

/// One action: `keys` in portable form.
struct CommandRow {
    Command command;
    const char* text;
    const char* toolTip;
    const char* keys;
    bool checkable = false;
};

constexpr std::array kCommands{
    CommandRow{
        Command::open, QT_TR_NOOP("&Open..."),
        QT_TR_NOOP("Opens configurations, snapshot files or the folder of a lab's results"), "Ctrl+O"},
    CommandRow{
        Command::openNamed, QT_TR_NOOP("Open by &name..."),
        QT_TR_NOOP("Opens a running container or process as the command line names it: docker:NAME, pid:N"),
        "Ctrl+N"},
    CommandRow{
        Command::openRecordings, QT_TR_NOOP("Open &recordings"),
        QT_TR_NOOP("Shows the lab's scenarios as they were recorded on another machine"), "Ctrl+Shift+O"},
    CommandRow{
        Command::live, QT_TR_NOOP("&This machine"),
        QT_TR_NOOP("Shows what runs on this machine, one line of authority for each container"), "Ctrl+L",
        true},
    CommandRow{
        Command::lookInside, QT_TR_NOOP("Probe from i&nside"),
        QT_TR_NOOP(
            "Tries from inside what the selected live subject can do; nothing is written or left there"),
        "Ctrl+I"},
    CommandRow{
        Command::exportMermaid, QT_TR_NOOP("Export &Mermaid..."),
        QT_TR_NOOP("Writes what is shown as a Mermaid diagram"), "Ctrl+E"},
    CommandRow{
        Command::exportSvg, QT_TR_NOOP("Export &SVG..."),
        QT_TR_NOOP("Writes what is shown as an SVG picture"), "Ctrl+Shift+E"},
    CommandRow{
        Command::exportTable, QT_TR_NOOP("Export &table..."),
        QT_TR_NOOP("Writes the table in front, as it is filtered, as CSV, TSV or Markdown"), "Ctrl+Alt+E"},
    CommandRow{
        Command::quit, QT_TR_NOOP("&Quit"),
        QT_TR_NOOP("Closes the window; a running lab is stopped and cleaned up"), "Ctrl+Q"},
    CommandRow{
        Command::undo, QT_TR_NOOP("&Undo"), QT_TR_NOOP("Takes back the last change of the columns"),
        "Ctrl+Z"},
    CommandRow{Command::redo, QT_TR_NOOP("&Redo"), QT_TR_NOOP("Does again what was undone"), "Ctrl+Shift+Z"},
    CommandRow{
        Command::paste, QT_TR_NOOP("&Paste"),
        QT_TR_NOOP("Makes columns of the configuration, run line or files on the clipboard"), "Ctrl+V"},
    CommandRow{
        Command::removeColumn, QT_TR_NOOP("Remove &column"),
        QT_TR_NOOP("Takes the selected column off the canvas (Delete on the canvas)"), "Ctrl+Backspace"},
    CommandRow{
        Command::moveLeft, QT_TR_NOOP("Move column &left"),
        QT_TR_NOOP("Moves the selected column one place to the left"), "Ctrl+Shift+Left"},
    CommandRow{
        Command::moveRight, QT_TR_NOOP("Move column &right"),
        QT_TR_NOOP("Moves the selected column one place to the right"), "Ctrl+Shift+Right"},
    CommandRow{
        Command::makeBaseline, QT_TR_NOOP("Make &baseline"),
        QT_TR_NOOP("Compares every other column with the selected one"), "Ctrl+B"},
    CommandRow{
        Command::onlyDifferences, QT_TR_NOOP("Only &differences"),
        QT_TR_NOOP("Leaves out the rows in which nothing differs"), "Ctrl+D", true},
    CommandRow{
        Command::oneSubject, QT_TR_NOOP("&One subject"),
        QT_TR_NOOP("Shows the selected subject alone: declared beside enforced (Enter on its head)"),
        "Ctrl+1", true},
    CommandRow{
        Command::fold, QT_TR_NOOP("&Fold identical columns"),
        QT_TR_NOOP("Draws columns that look the same as one"), "Ctrl+Shift+F", true},
    CommandRow{
        Command::attackPaths, QT_TR_NOOP("&Attack paths"),
        QT_TR_NOOP("Draws how an attacker would get from each container to the host, or what stops it"),
        "Ctrl+P", true},
    CommandRow{
        Command::findings, QT_TR_NOOP("&Findings"),
        QT_TR_NOOP("Lists what an attacker could do with the columns, and what stops it"), "Ctrl+Shift+A"},
    CommandRow{
        Command::decisions, QT_TR_NOOP("&Decisions"),
        QT_TR_NOOP("Holds the columns against a policy, rule by rule"), "Ctrl+Shift+D"},
    CommandRow{
        Command::cut, QT_TR_NOOP("What to c&hange"),
        QT_TR_NOOP("Finds the least that has to be changed to close every way to the host"), "Ctrl+Shift+P"},
    CommandRow{
        Command::showHardened, QT_TR_NOOP("Show &hardened"),
        QT_TR_NOOP("Puts what the checked changes would make of the subject beside it"), "Ctrl+H", true},
    CommandRow{
        Command::copyChanges, QT_TR_NOOP("Copy c&hanges"),
        QT_TR_NOOP("Copies the checked changes in the words of the subject's own format"), "Ctrl+Alt+C"},
    CommandRow{
        Command::saveHardened, QT_TR_NOOP("Save h&ardened..."),
        QT_TR_NOOP("Writes the subject's configuration with the checked changes made in it"), "Ctrl+S"},
    CommandRow{
        Command::zoomIn, QT_TR_NOOP("Zoom &in"), QT_TR_NOOP("Makes the canvas larger (Ctrl and the wheel)"),
        "Ctrl++"},
    CommandRow{
        Command::zoomOut, QT_TR_NOOP("Zoom o&ut"),
        QT_TR_NOOP("Makes the canvas smaller (Ctrl and the wheel)"), "Ctrl+-"},
    CommandRow{
        Command::zoomReset, QT_TR_NOOP("&Actual size"), QT_TR_NOOP("Shows the canvas at 100 %"), "Ctrl+0"},
    CommandRow{
        Command::subjects, QT_TR_NOOP("&Subjects"), QT_TR_NOOP("Shows or hides the list of subjects"), "F2",
        true},
    CommandRow{
        Command::inspector, QT_TR_NOOP("&Inspector"),
        QT_TR_NOOP("Shows or hides what there is to know about the selected cell"), "F3", true},
    CommandRow{
        Command::tables, QT_TR_NOOP("&Tables"),
        QT_TR_NOOP(
            "Shows or hides the tables: capabilities to system calls, findings, the cut and decisions"),
        "F4", true},
    CommandRow{
        Command::labLog, QT_TR_NOOP("Lab &log"), QT_TR_NOOP("Shows or hides what the lab launched"), "F5",
        true},
    CommandRow{
        Command::themeSystem, QT_TR_NOOP("As the &system"), QT_TR_NOOP("Light or dark as the desktop is"),
        "Ctrl+Alt+S", true},
    CommandRow{
        Command::themeLight, QT_TR_NOOP("&Light"), QT_TR_NOOP("Dark ink on a light canvas"), "Ctrl+Alt+L",
        true},
    CommandRow{
        Command::themeDark, QT_TR_NOOP("&Dark"), QT_TR_NOOP("Light ink on a dark canvas"), "Ctrl+Alt+D",
        true},
    CommandRow{
        Command::runLab, QT_TR_NOOP("&Run the lab..."),
        QT_TR_NOOP("Launches one image in several configurations and shows them side by side"), "Ctrl+R"},
    CommandRow{
        Command::cancelLab, QT_TR_NOOP("&Cancel the run"),
        QT_TR_NOOP("Stops the lab and removes everything it launched"), "Ctrl+."},
    CommandRow{Command::commands, QT_TR_NOOP("&Commands..."), QT_TR_NOOP("Every action by name"), "Ctrl+K"},
    CommandRow{
        Command::copyHeadline, QT_TR_NOOP("Copy &headline"),
        QT_TR_NOOP("Copies the sentence above the columns"), "Ctrl+Shift+C"},
    CommandRow{
        Command::focusCanvas, QT_TR_NOOP("&Go to the canvas"),
        QT_TR_NOOP("Puts the keyboard on the canvas: arrows walk the cells, Tab the differences"), "F6"},
};

} // namespace

Actions::Actions(QObject* parent) : QObject(parent) {
    for (const CommandRow& row : kCommands) {
        auto* action = new QAction(tr(row.text), this);
        const QKeySequence keys = QKeySequence::fromString(QString::fromLatin1(row.keys));
        action->setShortcut(keys);
        action->setToolTip(tr("%1 (%2)").arg(tr(row.toolTip), keys.toString(QKeySequence::NativeText)));
        action->setStatusTip(tr(row.toolTip));
        action->setCheckable(row.checkable);
        m_actions.emplace(row.command, action);
    }
}

QList<QAction*> Actions::all() const {
    QList<QAction*> list;
    for (const CommandRow& row : kCommands) {
        list << at(row.command);
    }
    return list;
}

} // namespace bulkhead::main_window
