#include "ui/models/cell_text.h"

#include <QCoreApplication>

namespace bulkhead::models {

QString toQString(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString joined(const std::vector<std::string>& parts) {
    QStringList list;
    for (const std::string& part : parts) {
        list << toQString(part);
    }
    return list.join(QStringLiteral(", "));
}

QString gapText(const model::Unreadable& why) {
    const QString reason = QCoreApplication::translate("gap", "not readable: %1").arg(toQString(why.reason));
    return why.needs.empty()
               ? reason
               : QCoreApplication::translate("gap", "%1, needs %2").arg(reason, toQString(why.needs));
}

} // namespace bulkhead::models
