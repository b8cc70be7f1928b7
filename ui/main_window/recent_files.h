#pragma once

#include <QObject>
#include <QStringList>

class QMenu;
class QSettings;

namespace bulkhead::main_window {

/// The files and folders opened last, newest first, as a menu.
class RecentFiles : public QObject {
    Q_OBJECT

public:
    RecentFiles(QSettings& settings, QMenu& menu, QObject* parent = nullptr);

    void add(const QString& path);
    [[nodiscard]] QStringList paths() const;

Q_SIGNALS:
    void chosen(const QString& path);

private:
    void fillMenu();

    QSettings& m_settings;
    QMenu& m_menu;
};

} // namespace bulkhead::main_window
