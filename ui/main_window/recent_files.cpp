#include "ui/main_window/recent_files.h"

#include <QFileInfo>
#include <QMenu>
#include <QSettings>

namespace bulkhead::main_window {

namespace {

constexpr int kMostRecent = 10;
constexpr auto kKey = "recent";

} // namespace

RecentFiles::RecentFiles(QSettings& settings, QMenu& menu, QObject* parent)
    : QObject(parent), m_settings(settings), m_menu(menu) {
    connect(&menu, &QMenu::aboutToShow, this, &RecentFiles::fillMenu);
    fillMenu();
}

QStringList RecentFiles::paths() const {
    return m_settings.value(QLatin1String(kKey)).toStringList();
}

void RecentFiles::add(const QString& path) {
    if (!QFileInfo::exists(path)) {
        return; // "pid:12" and its like are gone tomorrow
    }
    QStringList all = paths();
    const QString absolute = QFileInfo(path).absoluteFilePath();
    all.removeAll(absolute);
    all.prepend(absolute);
    m_settings.setValue(QLatin1String(kKey), all.mid(0, kMostRecent));
    fillMenu();
}

void RecentFiles::fillMenu() {
    m_menu.clear();
    for (const QString& path : paths()) {
        QAction* action = m_menu.addAction(QString(path).replace(QLatin1Char('&'), QLatin1String("&&")));
        connect(action, &QAction::triggered, this, [this, path] { Q_EMIT chosen(path); });
    }
    m_menu.setEnabled(!m_menu.isEmpty());
}

} // namespace bulkhead::main_window
