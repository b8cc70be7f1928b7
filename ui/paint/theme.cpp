#include "ui/paint/theme.h"

#include "ui/paint/fonts.h"
#include "ui/paint/paint_text.h"

#include <QFile>
#include <array>

namespace bulkhead::paint {

namespace {

QColor mixed(const QColor& from, const QColor& to, double share) {
    const auto part = [share](int a, int b) { return qRound(a + (b - a) * share); };
    return {part(from.red(), to.red()), part(from.green(), to.green()), part(from.blue(), to.blue())};
}

/// Hair lines between panes: quieter than the control line, whose contrast is for controls.
QColor hairline(const diagram::Palette& palette) {
    return mixed(toColor(palette.panel), toColor(palette.line), 0.38);
}

QColor pressed(const diagram::Palette& palette) {
    return mixed(toColor(palette.panel), toColor(palette.ink), 0.10);
}

} // namespace

QString toSetting(ThemeChoice choice) {
    switch (choice) {
    case ThemeChoice::light:
        return QStringLiteral("light");
    case ThemeChoice::dark:
        return QStringLiteral("dark");
    case ThemeChoice::system:
        break;
    }
    return QStringLiteral("system");
}

ThemeChoice themeFromSetting(const QString& text) {
    if (text == QLatin1String("light")) {
        return ThemeChoice::light;
    }
    return text == QLatin1String("dark") ? ThemeChoice::dark : ThemeChoice::system;
}

bool isDark(const QPalette& palette) {
    return palette.color(QPalette::Window).lightnessF() < palette.color(QPalette::WindowText).lightnessF();
}

const diagram::Palette& paletteFor(ThemeChoice choice, const QPalette& platform) {
    const bool dark = choice == ThemeChoice::dark || (choice == ThemeChoice::system && isDark(platform));
    return dark ? diagram::darkPalette() : diagram::lightPalette();
}

QPalette widgetPalette(const diagram::Palette& palette) {
    const QColor ink = toColor(palette.ink);
    const QColor muted = toColor(palette.muted);
    const QColor panel = toColor(palette.panel);
    const QColor canvas = toColor(palette.canvas);
    QPalette out(ink, panel);
    out.setColor(QPalette::Window, panel);
    out.setColor(QPalette::WindowText, ink);
    out.setColor(QPalette::Base, canvas);
    out.setColor(QPalette::AlternateBase, panel);
    out.setColor(QPalette::Text, ink);
    out.setColor(QPalette::Button, panel);
    out.setColor(QPalette::ButtonText, ink);
    out.setColor(QPalette::PlaceholderText, muted);
    out.setColor(QPalette::ToolTipBase, canvas);
    out.setColor(QPalette::ToolTipText, ink);
    out.setColor(QPalette::Highlight, mixed(canvas, ink, 0.14));
    out.setColor(QPalette::HighlightedText, ink);
    out.setColor(QPalette::Link, toColor(palette.neutral.text));
    out.setColor(QPalette::Mid, toColor(palette.line));
    out.setColor(QPalette::Midlight, hairline(palette));
    out.setColor(QPalette::Dark, toColor(palette.line));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        out.setColor(QPalette::Disabled, role, mixed(panel, muted, 0.65));
    }
    return out;
}

namespace {

/// Hues at one lightness each for light and dark grounds: ink for the host, then slate, plum, steel, ochre,
/// rose, moss.
QColor identityHue(const diagram::Palette& palette, int number) {
    static constexpr std::array kLight{0x3d4653, 0x4a5a8a, 0x7b4a80, 0x1f6a85, 0x6f5b1d, 0x8a4560, 0x56653a};
    static constexpr std::array kDark{0xc9d1d6, 0xa9b7ee, 0xd6a9dc, 0x8cc6dd, 0xd9c489, 0xe3a9bd, 0xbccb98};
    const auto at = static_cast<std::size_t>(number <= 0 ? 0 : 1 + (number - 1) % (kIdentityTints - 1));
    return QColor::fromRgb(static_cast<QRgb>((&palette == &diagram::darkPalette() ? kDark : kLight).at(at)));
}

} // namespace

QColor identityTint(const diagram::Palette& palette, int number) {
    return mixed(toColor(palette.canvas), identityHue(palette, number), 0.15);
}

QColor identityBlock(const diagram::Palette& palette, int number) {
    return identityHue(palette, number);
}

QString widgetStyleSheet(const diagram::Palette& palette) {
    loadFonts(); // the resources of this room
    QFile file(QStringLiteral(":/bulkhead/style/workbench.qss"));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const QColor panel = toColor(palette.panel);
    const QColor canvas = toColor(palette.canvas);
    const QColor ink = toColor(palette.ink);
    QString out = QString::fromUtf8(file.readAll());
    out.replace(
        QLatin1String("@theme"), QLatin1String(&palette == &diagram::darkPalette() ? "dark" : "light"));
    const std::pair<const char*, QColor> values[] = {
        {"@hair", hairline(palette)},
        {"@line", toColor(palette.line)},
        {"@panel", panel},
        {"@canvas", canvas},
        {"@ink", ink},
        {"@muted", toColor(palette.muted)},
        {"@press", pressed(palette)},
        {"@faint", mixed(panel, toColor(palette.muted), 0.65)},
        {"@select", mixed(canvas, ink, 0.12)},
        {"@grid", mixed(canvas, toColor(palette.line), 0.22)},
        {"@chunk", mixed(canvas, ink, 0.25)},
        {"@thumb", mixed(panel, toColor(palette.line), 0.55)}};
    for (const auto& [name, colour] : values) {
        out.replace(QLatin1String(name), colour.name());
    }
    return out;
}

} // namespace bulkhead::paint
