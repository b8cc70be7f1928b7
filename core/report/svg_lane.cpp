#include "core/report/svg_shapes.h"

#include <fmt/format.h>

namespace bulkhead::report {

std::string svgSharedBox(const diagram::Item& item, const SvgStyle& style) {
    return fmt::format(
               "<rect x=\"{:g}\" y=\"{:g}\" width=\"{:g}\" height=\"{:g}\" rx=\"2\" fill=\"{}\" "
               "stroke=\"{}\" "
               "stroke-width=\"1.5\"/>\n",
               item.rect.x, item.rect.y, item.rect.width, item.rect.height, style.palette.panel.hex(),
               style.palette.line.hex()) +
           svgText(item, style, style.palette.ink);
}

std::string svgAttackLine(const diagram::Item& item, const SvgStyle& style) {
    const diagram::Rect& rect = item.rect;
    const std::string colour = style.palette.of(item.mark).mark.hex();
    const double x = rect.x + rect.width / 2;
    const double half = rect.width / 2;
    std::string svg = fmt::format(
        "<line x1=\"{0:g}\" y1=\"{1:g}\" x2=\"{0:g}\" y2=\"{2:g}\" stroke=\"{3}\" "
        "stroke-width=\"{4:g}\"{5}/>\n"
        "<circle cx=\"{0:g}\" cy=\"{1:g}\" r=\"{6:g}\" fill=\"{3}\"/>\n",
        x, rect.y, rect.bottom() - half, colour, half, item.possible ? " stroke-dasharray=\"8 5\"" : "",
        half * 0.9);
    if (item.blocked) {
        return svg + fmt::format(
                         "<rect x=\"{:g}\" y=\"{:g}\" width=\"{:g}\" height=\"{:g}\" fill=\"{}\"/>\n",
                         x - half * 1.6, rect.bottom() - half, half * 3.2, half, colour);
    }
    return svg + fmt::format(
                     "<path d=\"M{:g} {:g}L{:g} {:g}L{:g} {:g}Z\" fill=\"{}\"/>\n", x - half,
                     rect.bottom() - half * 1.4, x + half * 1.4, rect.bottom(), x - half,
                     rect.bottom() + half * 1.4, colour);
}

} // namespace bulkhead::report
