#pragma once

#include "core/diagram/diagram.h"

#include <cstdint>
#include <string>

namespace bulkhead::diagram {

/// An opaque colour.
struct Colour {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;

    [[nodiscard]] std::string hex() const; ///< "#d8512a"
    bool operator==(const Colour&) const = default;
};

/// How a marked cell is coloured: its border and tab, its fill, its text and the glyph on the tab.
struct MarkColours {
    Colour mark;
    Colour tint;
    Colour text;
    Colour glyph;
};

/// The colours of a theme. Saturation belongs to changes and walls alone; contrasts are those of the design.
struct Palette {
    Colour canvas;
    Colour panel;
    Colour ink;
    Colour muted;
    Colour line;
    Colour boundary;
    MarkColours weaker;
    MarkColours stronger;
    MarkColours neutral;

    [[nodiscard]] const MarkColours& of(Mark mark) const;
};

[[nodiscard]] const Palette& lightPalette();
[[nodiscard]] const Palette& darkPalette();

} // namespace bulkhead::diagram
