#include "ui/main_window/window_theme.h"

#include "ui/paint/fonts.h"

#include <QApplication>
#include <QSettings>
#include <QStyleFactory>

namespace bulkhead::main_window {

namespace {

constexpr auto kKey = "theme";

} // namespace

WindowTheme::WindowTheme(QSettings& settings, QObject* parent)
    : QObject(parent), m_settings(settings),
      m_choice(paint::themeFromSetting(settings.value(QLatin1String(kKey)).toString())),
      m_palette(&diagram::lightPalette()) {
    paint::loadFonts();
    QApplication::setFont(paint::interfaceFont());
    // One style everywhere: the palette below is measured against it.
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    apply();
}

void WindowTheme::choose(paint::ThemeChoice choice) {
    m_choice = choice;
    m_settings.setValue(QLatin1String(kKey), paint::toSetting(choice));
    apply();
}

void WindowTheme::systemChanged() {
    if (m_choice == paint::ThemeChoice::system) {
        apply();
    }
}

void WindowTheme::apply() {
    // The platform's own palette comes back once ours is taken off; its lightness says what the system wants.
    QApplication::setPalette(QPalette());
    m_palette = &paint::paletteFor(m_choice, QApplication::palette());
    QApplication::setPalette(paint::widgetPalette(*m_palette));
    qApp->setStyleSheet(paint::widgetStyleSheet(*m_palette));
    Q_EMIT changed();
}

} // namespace bulkhead::main_window
