#include "ui/paint/fonts.h"

#include "ui/paint/paint_text.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QString>
#include <algorithm>
#include <array>
#include <map>
#include <memory>

// Q_INIT_RESOURCE must stand outside of any namespace; a static library loses its resources without it.
static void initFontResources() {
    Q_INIT_RESOURCE(bulkhead);
}

namespace bulkhead::paint {

namespace {

constexpr int kInterfacePixels = 13;

bool registerFaces() {
    initFontResources();
    constexpr std::array faces{
        "NotoSans-Regular", "NotoSans-SemiBold", "NotoSans-Bold", "NotoSansMono-Regular"};
    return std::ranges::all_of(faces, [](const char* face) {
        return QFontDatabase::addApplicationFont(
                   QStringLiteral(":/bulkhead/fonts/%1.ttf").arg(QLatin1String(face))) != -1;
    });
}

QFont face(const QString& family, double pixels, int weight) {
    // The sans has no arrows and marks; the mono has. Both are ours, so the picture needs no font of the
    // machine.
    QFont font(QStringList{family, QStringLiteral("Noto Sans Mono")});
    // Fractional sizes keep the picture's proportions at every scale; hinting would move glyphs off them.
    font.setPixelSize(std::max(1, static_cast<int>(pixels + 0.5)));
    font.setWeight(static_cast<QFont::Weight>(weight));
    font.setHintingPreference(QFont::PreferNoHinting);
    font.setKerning(true);
    return font;
}

} // namespace

bool loadFonts() {
    static const bool loaded = registerFaces();
    return loaded;
}

QFont fontFor(const diagram::Font& font) {
    return face(QStringLiteral("Noto Sans"), font.pixels, font.weight);
}

QFont interfaceFont(int weight) {
    return face(QStringLiteral("Noto Sans"), kInterfacePixels, weight);
}

QFont monoFont() {
    return face(QStringLiteral("Noto Sans Mono"), kInterfacePixels - 1, QFont::Normal);
}

diagram::TextMeasure qtTextMeasure() {
    using Key = std::pair<double, int>;
    auto made = std::make_shared<std::map<Key, QFontMetricsF>>();
    return [made](std::string_view text, const diagram::Font& font) {
        const Key key{font.pixels, font.weight};
        auto known = made->find(key);
        if (known == made->end()) {
            known = made->emplace(key, QFontMetricsF(fontFor(font))).first;
        }
        return textWidth(text, font, known->second);
    };
}

} // namespace bulkhead::paint
