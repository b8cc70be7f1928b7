#include "ui/main_window/export.h"

#include <QCoreApplication>
#include <QSaveFile>

namespace bulkhead::main_window {

QString writeTextFile(const QString& path, const std::string& text) {
    QSaveFile file(path);
    const auto size = static_cast<qint64>(text.size());
    if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), size) != size || !file.commit()) {
        return QCoreApplication::translate("export", "%1 could not be written: %2")
            .arg(path, file.errorString());
    }
    return {};
}

} // namespace bulkhead::main_window
