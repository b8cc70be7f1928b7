#include "ui/models/inspector_html.h"

#include "core/base/escaped.h"
#include "ui/models/cell_text.h"

#include <QCoreApplication>

namespace bulkhead::models {

QString inspectorTr(const char* text) {
    return QCoreApplication::translate("inspector", text);
}

QString escaped(std::string_view raw) {
    return toQString(base::htmlText(raw).str());
}

QString hex(const diagram::Colour& colour) {
    return toQString(colour.hex());
}

QString heading(const QString& text) {
    return QStringLiteral("<p class=head>%1</p>").arg(text.toHtmlEscaped());
}

QString mutedHtml(const QString& escapedText) {
    return QStringLiteral("<span class=muted>%1</span>").arg(escapedText);
}

QString hatchedCell() {
    return QStringLiteral(
               "<td width=18 align=center style='padding:2px 5px;background-image:url(%1)'><b>?</b></td>")
        .arg(QLatin1String(kHatchImage));
}

QString pathHtml(std::string_view path) {
    return QStringLiteral("<span class=path>%1</span>").arg(escaped(path));
}

QString moreHtml(std::size_t count) {
    return count <= kMostLines ? QString()
                               : QStringLiteral("<p class=muted>%1</p>")
                                     .arg(inspectorTr("and %1 more").arg(count - kMostLines));
}

} // namespace bulkhead::models
