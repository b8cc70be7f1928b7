#pragma once

#include <QAction>
#include <QList>
#include <QObject>
#include <map>

namespace bulkhead::main_window {

/// Everything the user can tell the window to do.
enum class Command {
    open,
    openNamed,
    openRecordings,
    live,
    lookInside,
    exportMermaid,
    exportSvg,
    exportTable,
    quit,
    undo,
    redo,
    paste,
    removeColumn,
    moveLeft,
    moveRight,
    makeBaseline,
    onlyDifferences,
    oneSubject,
    fold,
    attackPaths,
    cut,
    showHardened,
    copyChanges,
    saveHardened,
    zoomIn,
    zoomOut,
    zoomReset,
    subjects,
    inspector,
    tables,
    labLog,
    themeSystem,
    themeLight,
    themeDark,
    runLab,
    cancelLab,
    commands,
    copyHeadline,
    focusCanvas,
    findings,
    decisions,
};

/// The window's actions, made from one table: text, tooltip and shortcut of each.
class Actions : public QObject {
    Q_OBJECT

public:
    explicit Actions(QObject* parent = nullptr);

    [[nodiscard]] QAction* at(Command command) const { return m_actions.at(command); }
    [[nodiscard]] QList<QAction*> all() const;

private:
    std::map<Command, QAction*> m_actions;
};

} // namespace bulkhead::main_window
