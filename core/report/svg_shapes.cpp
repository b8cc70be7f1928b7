#include "core/report/svg_shapes.h"

#include "core/base/escaped.h"
#include "core/diagram/words.h"

#include <algorithm>
#include <fmt/format.h>

namespace bulkhead::report {

namespace {

using diagram::Colour;
using diagram::Font;
using diagram::Item;
using diagram::Rect;

/// From the middle of a line of text down to its baseline, in ems: half the height of capitals.
constexpr double kBaseline = 0.36;

std::string textAt(
    double x, double y, std::string_view anchor, const Font& font, const Colour& colour,
    std::string_view text, std::string_view tip = {}) {
    const std::string title =
        tip.empty() || tip == text ? "" : fmt::format("<title>{}</title>", base::htmlText(tip).str());
    return fmt::format(
        "<text x=\"{:g}\" y=\"{:g}\" font-size=\"{:g}\" font-weight=\"{}\" text-anchor=\"{}\" fill=\"{}\">"
        "{}{}</text>\n",
        x, y + font.pixels * kBaseline, font.pixels, font.weight, anchor, colour.hex(), title,
        base::htmlText(text).str());
}

std::string box(const Rect& rect, std::string_view attributes) {
    return fmt::format(
        "<rect x=\"{:g}\" y=\"{:g}\" width=\"{:g}\" height=\"{:g}\" {}/>\n", rect.x, rect.y, rect.width,
        rect.height, attributes);
}

double middle(const Rect& rect) {
    return rect.y + rect.height / 2;
}

Rect inset(const Rect& rect, double by) {
    return {rect.x + by, rect.y + by, rect.width - 2 * by, rect.height - 2 * by};
}

std::string dashed(double x1, double x2, double y, const Colour& colour, double width) {
    return fmt::format(
        "<line x1=\"{:g}\" y1=\"{:g}\" x2=\"{:g}\" y2=\"{:g}\" stroke=\"{}\" stroke-width=\"{:g}\" "
        "stroke-dasharray=\"6 4\"/>\n",
        x1, y, x2, y, colour.hex(), width);
}

Font fontOf(const Item& item, const SvgStyle& style) {
    return diagram::fontOf(item.style, style.compact, style.scale);
}

/// A line across a wall's gap with a solid arrow pointing down through it.
std::string notch(double x, const Rect& wall, const SvgStyle& style) {
    const double half = 7 * style.scale;
    const double top = wall.y - 5 * style.scale;
    const double bottom = wall.bottom() + 5 * style.scale;
    const double neck = bottom - 8 * style.scale;
    std::string out =
        box({x - 1.4 * half, wall.y - 1, 2.8 * half, wall.height + 2},
            fmt::format("fill=\"{}\"", style.palette.canvas.hex()));
    return out + fmt::format(
                     "<path d=\"M{:g} {:g}H{:g}V{:g}H{:g}L{:g} {:g}L{:g} {:g}H{:g}Z\" fill=\"{}\"/>\n",
                     x - half / 2, top, x + half / 2, neck, x + half, x, bottom, x - half, neck, x - half / 2,
                     style.palette.weaker.mark.hex());
}

} // namespace

std::string svgPatterns(const SvgStyle& style) {
    return fmt::format(
        "<defs><pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><rect width=\"7\" height=\"7\" fill=\"{}\"/>"
        "<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"7\" stroke=\"{}\" stroke-opacity=\"0.45\"/>"
        "</pattern></defs>\n",
        style.palette.panel.hex(), style.palette.line.hex());
}

std::string svgText(const Item& item, const SvgStyle& style, const Colour& colour) {
    return textAt(
        item.textRect.x, middle(item.textRect), "start", fontOf(item, style), colour, item.text,
        item.fullText);
}

std::string svgTextRight(const Item& item, const SvgStyle& style, const Colour& colour) {
    return textAt(
        item.textRect.right(), middle(item.textRect), "end", fontOf(item, style), colour, item.text,
        item.fullText);
}

Colour countColour(const Item& item, const diagram::Palette& palette) {
    return diagram::glyphOf(item.mark).empty() ? palette.muted : palette.of(item.mark).text;
}

std::string svgChip(const Item& item, const SvgStyle& style) {
    const diagram::MarkColours& colours = style.palette.of(item.mark);
    const double tab = std::min((style.compact ? 20.0 : 24.0) * style.scale, item.textRect.x - item.rect.x);
    const Font font = fontOf(item, style);
    std::string out =
        "<g>\n" + box(inset(item.rect, 0.75), fmt::format(
                                                  "rx=\"2\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"",
                                                  colours.tint.hex(), colours.mark.hex()));
    out +=
        box({item.rect.x, item.rect.y, tab, item.rect.height},
            fmt::format("rx=\"2\" fill=\"{}\"", colours.mark.hex()));
    out += textAt(
        item.rect.x + tab / 2, middle(item.rect), "middle", {font.pixels * 0.9, 400}, colours.glyph,
        diagram::glyphOf(item.mark));
    return out + svgText(item, style, style.palette.ink) + "</g>\n";
}

std::string svgGap(const Item& item, const SvgStyle& style) {
    const Font font = fontOf(item, style);
    std::string out =
        "<g>\n" +
        box(inset(item.rect, 0.5), fmt::format(
                                       "rx=\"2\" fill=\"url(#hatch)\" stroke=\"{}\" stroke-dasharray=\"3 3\"",
                                       style.palette.muted.hex()));
    out += textAt(
        item.rect.x + 12 * style.scale, middle(item.rect), "middle", {font.pixels, 700}, style.palette.muted,
        "?");
    return out + svgText(item, style, style.palette.muted) + "</g>\n";
}

std::string svgBoundary(const Item& item, const SvgStyle& style) {
    return dashed(item.rect.x, item.rect.right(), middle(item.rect), style.palette.line, 1);
}

std::string svgHandoff(const Item& item, const SvgStyle& style) {
    if (item.column < 0) {
        return svgText(item, style, style.palette.muted);
    }
    const double width = diagram::builtInTextWidth(item.text, fontOf(item, style));
    const double end = item.text.empty() ? item.rect.right() : item.rect.right() - width - 8 * style.scale;
    std::string out = dashed(item.rect.x, end, middle(item.rect), style.palette.boundary, 1.5);
    return item.text.empty() ? out : out + svgTextRight(item, style, style.palette.ink);
}

std::string svgWall(const Item& item, const SvgStyle& style) {
    const double height = 10 * style.scale;
    const Rect wall{item.rect.x, middle(item.rect) - height / 2, item.rect.width, height};
    const std::string ink = style.palette.boundary.hex();
    std::string_view fill = "none";
    if (item.wall.kind == diagram::WallKind::solid) {
        fill = ink;
    } else if (item.wall.kind == diagram::WallKind::hatched) {
        fill = "url(#hatch)";
    }
    std::string out = fmt::format("<g><title>{}</title>\n", base::htmlText(item.fullText).str());
    out += box(inset(wall, 0.75), fmt::format("fill=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"", fill, ink));
    for (int i = 0; i < item.wall.notches; ++i) {
        out += notch(wall.x + wall.width * (i + 1) / (item.wall.notches + 1), wall, style);
    }
    return out + "</g>\n";
}

std::string svgContradiction(const Item& item, const SvgStyle& style) {
    const Colour colour = item.gotMore ? style.palette.weaker.mark : style.palette.ink;
    const double x = item.rect.x + item.rect.width / 2;
    const double y = middle(item.rect);
    const double r = std::min(item.rect.width, item.rect.height) / 2 - 0.75;
    std::string out = fmt::format(
        "<g><title>{}</title>\n<circle cx=\"{:g}\" cy=\"{:g}\" r=\"{:g}\" fill=\"{}\" "
        "stroke=\"{}\" stroke-width=\"1.5\"/>\n",
        base::htmlText(item.fullText).str(), x, y, r, style.palette.canvas.hex(), colour.hex());
    for (const double side : {-1.0, 1.0}) {
        const double tip = x + side * r * 0.1;
        const double back = x + side * r * 0.65;
        out += fmt::format(
            "<path d=\"M{:g} {:g}L{:g} {:g}V{:g}Z\" fill=\"{}\"/>\n", tip, y, back, y - r * 0.4, y + r * 0.4,
            colour.hex());
    }
    return out + "</g>\n";
}

} // namespace bulkhead::report
