#include "ui/paint/theme.h"

#include "ui/paint/paint_text.h"

namespace bulkhead::paint {

namespace {

QColor mixed(const QColor& from, const QColor& to, double share) {
    const auto part = [share](int a, int b) { return static_cast<int>(a + (b - a) * share + 0.5); };
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

QString widgetStyleSheet(const diagram::Palette& palette) {
    const QString sheet = QStringLiteral(R"(
QMainWindow::separator { background: @hair; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: @line; }
QToolBar { border: none; border-bottom: 1px solid @hair; background: @panel; spacing: 4px; padding: 5px 8px; }
QToolBar::separator { background: @hair; width: 1px; margin: 4px 6px; }
QToolButton { border: 1px solid transparent; border-radius: 3px; padding: 4px 8px; color: @ink; }
QToolButton:hover { background: @press; }
QToolButton:pressed, QToolButton:checked { background: @press; border-color: @line; }
QToolButton:focus { border-color: @ink; }
QToolButton:disabled { color: @faint; }
QToolButton[popupMode="2"] { padding-right: 18px; }
QToolButton::menu-indicator { subcontrol-position: right center; right: 5px; }
QDockWidget { font-weight: 600; }
QDockWidget::close-button, QDockWidget::float-button { border: none; background: transparent; padding: 0; }
QDockWidget::title { background: @panel; padding: 7px 10px; text-align: left; border-bottom: 1px solid @hair; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; border: none; border-bottom: 2px solid transparent; padding: 6px 12px; color: @muted; }
QTabBar::tab:selected { color: @ink; border-bottom-color: @ink; }
QTabBar::tab:hover { color: @ink; }
QTabBar::tab:focus { background: @press; }
QTabWidget::pane { border: none; border-top: 1px solid @hair; }
QHeaderView::section { background: @panel; color: @muted; border: none; border-bottom: 1px solid @hair; border-right: 1px solid @hair; padding: 4px 8px; }
QHeaderView { background: @panel; }
QTableView, QTreeView, QListView, QTextBrowser, QPlainTextEdit { border: none; background: @canvas; selection-background-color: @select; selection-color: @ink; outline: none; }
QTableView { gridline-color: @grid; }
QTreeView::item, QListView::item { padding: 3px 2px; }
QTreeView::item:selected, QListView::item:selected { background: @select; color: @ink; }
QTreeView::item:focus, QTableView::item:focus, QListView::item:focus { border: 1px solid @ink; }
QLineEdit, QComboBox, QPushButton { background: @canvas; border: 1px solid @line; border-radius: 3px; padding: 3px 8px; min-height: 18px; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(:/bulkhead/icons/chevron-@theme.svg); width: 10px; height: 10px; }
QComboBox:disabled { color: @faint; border-color: @hair; }
QTreeView::indicator, QListView::indicator { width: 13px; height: 13px; border: 1px solid @line; border-radius: 2px; background: @canvas; }
QTreeView::indicator:checked, QListView::indicator:checked { background: @ink; border-color: @ink; image: url(:/bulkhead/icons/check-@theme.svg); }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 11px; }
QScrollBar:horizontal { height: 11px; }
QScrollBar::handle { background: @thumb; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @line; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QLineEdit:focus, QComboBox:focus, QPushButton:focus { border: 1px solid @ink; }
QPushButton { padding: 5px 14px; }
QPushButton:hover, QComboBox:hover { background: @press; }
QPushButton:default { background: @ink; color: @canvas; border-color: @ink; font-weight: 600; }
QPushButton:disabled { color: @faint; background: @panel; }
QMenu { background: @canvas; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 22px; border-radius: 2px; }
QMenu::item:selected { background: @select; color: @ink; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @hair; margin: 4px 8px; }
QMenuBar { background: @panel; }
QMenuBar::item { padding: 5px 9px; background: transparent; }
QMenuBar::item:selected { background: @press; }
QStatusBar { background: @panel; color: @muted; border-top: 1px solid @hair; }
QStatusBar::item { border: none; }
QProgressBar { border: 1px solid @line; border-radius: 3px; background: @canvas; text-align: center; height: 16px; }
QProgressBar::chunk { background: @chunk; }
QToolTip { background: @canvas; color: @ink; border: 1px solid @line; padding: 4px 6px; }
)");
    const QColor panel = toColor(palette.panel);
    const QColor canvas = toColor(palette.canvas);
    const QColor ink = toColor(palette.ink);
    QString out = sheet;
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
