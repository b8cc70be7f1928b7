#pragma once

#include "core/diagram/palette.h"

#include <QPalette>
#include <QString>

namespace bulkhead::paint {

/// Which theme the user asked for.
enum class ThemeChoice { system, light, dark };

[[nodiscard]] QString toSetting(ThemeChoice choice);
[[nodiscard]] ThemeChoice themeFromSetting(const QString& text);

/// True where a widget palette is a dark one; Qt 6.4 cannot be asked for the colour scheme itself.
[[nodiscard]] bool isDark(const QPalette& palette);

/// The palette of the picture for a choice; `system` follows the palette the platform gave.
[[nodiscard]] const diagram::Palette& paletteFor(ThemeChoice choice, const QPalette& platform);

/// The picture's colours as roles of the widgets around it.
[[nodiscard]] QPalette widgetPalette(const diagram::Palette& palette);

/// How many groups have colours of their own before they come round again; the letter tells them apart then.
inline constexpr int kIdentityTints = 7;

/// The ground of cells that share an identity, and the block behind their letter. Number 0 is the host's.
/// Quiet hues, none of them the orange and green of authority.
[[nodiscard]] QColor identityTint(const diagram::Palette& palette, int number);
[[nodiscard]] QColor identityBlock(const diagram::Palette& palette, int number);

/// What a palette cannot say: flat headers, thin separators, a focus that can be seen.
[[nodiscard]] QString widgetStyleSheet(const diagram::Palette& palette);

} // namespace bulkhead::paint
