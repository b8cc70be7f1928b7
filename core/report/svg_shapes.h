#pragma once

#include "core/diagram/layout.h"
#include "core/diagram/palette.h"

#include <string>

namespace bulkhead::report {

/// What every shape of an SVG picture is drawn with.
struct SvgStyle {
    const diagram::Palette& palette;
    bool compact;
    double scale;
};

/// The patterns the shapes refer to.
[[nodiscard]] std::string svgPatterns(const SvgStyle& style);

/// The item's text in its textRect, vertically centred; its full text as a tooltip where it was shortened.
[[nodiscard]] std::string
svgText(const diagram::Item& item, const SvgStyle& style, const diagram::Colour& colour);
[[nodiscard]] std::string
svgTextRight(const diagram::Item& item, const SvgStyle& style, const diagram::Colour& colour);

/// Orange, green or slate text for what its mark says, ink for the baseline.
[[nodiscard]] diagram::Colour countColour(const diagram::Item& item, const diagram::Palette& palette);

/// A box of radius 2 with a solid tab that carries the glyph of its direction.
[[nodiscard]] std::string svgChip(const diagram::Item& item, const SvgStyle& style);

/// A hatched, dashed box with a question mark.
[[nodiscard]] std::string svgGap(const diagram::Item& item, const SvgStyle& style);

[[nodiscard]] std::string svgBoundary(const diagram::Item& item, const SvgStyle& style);
[[nodiscard]] std::string svgHandoff(const diagram::Item& item, const SvgStyle& style);

/// Hollow, solid, broken by a notch with an arrow per weaker slot, or hatched.
[[nodiscard]] std::string svgWall(const diagram::Item& item, const SvgStyle& style);

/// An ink ring with two facing arrows; orange where more was got than asked.
[[nodiscard]] std::string svgContradiction(const diagram::Item& item, const SvgStyle& style);

/// An outlined box with its words over the columns that share namespaces (svg_lane.cpp, as the next).
[[nodiscard]] std::string svgSharedBox(const diagram::Item& item, const SvgStyle& style);

/// The way of an attack: a thick line with a solid end on what it reaches, or a bar where it is stopped.
[[nodiscard]] std::string svgAttackLine(const diagram::Item& item, const SvgStyle& style);

} // namespace bulkhead::report
