#include "ui/models/pasted_text.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <array>

namespace bulkhead::models {

namespace {

constexpr qsizetype kBeginning = 8192;
constexpr qsizetype kLongestReference = 4096;
constexpr qsizetype kLongestName = 60;
constexpr qsizetype kNear = 1024; ///< from metadata to its name

QString tr(const char* text) {
    return QCoreApplication::translate("pasted", text);
}

/// A document, by what its beginning holds, the most telling first.
struct Sign {
    const char* pattern;
    const char* words;
};

constexpr std::array kSigns{
    Sign{
        R"(^\s*[$%]?\s*(?:sudo\s+)?(?:\S*/)?docker\s+(?:container\s+)?(?:run|create)\b)",
        QT_TRANSLATE_NOOP("pasted", "pasted docker run line")},
    Sign{
        R"(^\s*[$%]?\s*(?:sudo\s+)?(?:\S*/)?podman\s+(?:container\s+)?(?:run|create)\b)",
        QT_TRANSLATE_NOOP("pasted", "pasted podman run line")},
    Sign{R"("ociVersion"\s*:)", QT_TRANSLATE_NOOP("pasted", "pasted config.json")},
    Sign{R"("OCIRuntime"\s*:)", QT_TRANSLATE_NOOP("pasted", "pasted podman inspect")},
    Sign{
        R"("HostConfig"\s*:|"Id"\s*:\s*"[0-9a-f]{64}")",
        QT_TRANSLATE_NOOP("pasted", "pasted docker inspect")},
    Sign{R"((?:^|\n)\s*"?services"?\s*:)", QT_TRANSLATE_NOOP("pasted", "pasted Compose file")},
    Sign{R"("snapshots?"\s*:|"captureId"\s*:)", QT_TRANSLATE_NOOP("pasted", "pasted snapshot")},
};

QString firstMatch(const QString& text, const char* pattern) {
    const QRegularExpressionMatch match = QRegularExpression(QString::fromLatin1(pattern)).match(text);
    return match.hasMatch() ? match.captured(1).left(kLongestName) : QString();
}

} // namespace

QString pastedName(const QString& text) {
    const QString beginning = text.left(kBeginning);
    for (const Sign& sign : kSigns) {
        if (QRegularExpression(QString::fromLatin1(sign.pattern)).match(beginning).hasMatch()) {
            return tr(sign.words);
        }
    }
    const QString kind = firstMatch(beginning, R"((?:^|[\n{,])\s*"?kind"?\s*:\s*["']?([A-Za-z]{1,60})\b)");
    if (kind.isEmpty()) {
        return tr("pasted text");
    }
    const qsizetype metadata = beginning.indexOf(QStringLiteral("metadata"));
    const QString name = metadata < 0 ? QString()
                                      : firstMatch(
                                            beginning.mid(metadata, kNear),
                                            R"((?<![\w/.-])name"?\s*:\s*["']?([A-Za-z0-9.-]{1,60}))");
    return name.isEmpty() ? tr("pasted %1").arg(kind) : tr("pasted %1 %2").arg(kind, name);
}

bool isReference(const QString& text) {
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty() || trimmed.size() > kLongestReference || trimmed.contains(QLatin1Char('\n'))) {
        return false;
    }
    static const QRegularExpression kReference(
        QStringLiteral("^(?:(?:pid|oci|docker|podman|lab|image|compose):\\S+|/\\S.*)$"));
    return kReference.match(trimmed).hasMatch();
}

} // namespace bulkhead::models
