#pragma once

#include "core/diagram/layout.h"

#include <QFont>
#include <string_view>

namespace bulkhead::paint {

/// Registers the bundled faces with the application, once; false where one of them cannot be loaded.
bool loadFonts();

/// The bundled sans for a style of the picture, in logical pixels.
[[nodiscard]] QFont fontFor(const diagram::Font& font);

/// The bundled sans and mono for the widgets around the picture.
[[nodiscard]] QFont interfaceFont(int weight = 400);
[[nodiscard]] QFont monoFont();

/// What layoutDiagram asks for the width of a text as this painter draws it.
[[nodiscard]] diagram::TextMeasure qtTextMeasure();

} // namespace bulkhead::paint
