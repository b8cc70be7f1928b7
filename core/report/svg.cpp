#include "core/report/svg.h"

#include "core/base/escaped.h"
#include "core/report/svg_shapes.h"

#include <fmt/format.h>

namespace bulkhead::report {

namespace {

using diagram::Item;
using diagram::ItemKind;

std::string itemText(const Item& item, const SvgStyle& style) {
    switch (item.kind) {
    case ItemKind::headline:
    case ItemKind::columnHead:
    case ItemKind::stageTitle:
    case ItemKind::value:
    case ItemKind::columnError:
        return svgText(item, style, style.palette.ink);
    case ItemKind::wallTitle:
        return svgText(item, style, style.palette.boundary);
    case ItemKind::columnCount:
    case ItemKind::attackNote:
    case ItemKind::reason:
        return svgText(item, style, countColour(item, style.palette));
    case ItemKind::rowLabel:
    case ItemKind::dash:
    case ItemKind::columnNote:
        return svgText(item, style, style.palette.muted);
    case ItemKind::stageEnforcer:
        return svgTextRight(item, style, style.palette.muted);
    case ItemKind::chip:
        return svgChip(item, style);
    case ItemKind::gapCell:
    case ItemKind::gapStrip:
        return svgGap(item, style);
    case ItemKind::boundary:
        return svgBoundary(item, style);
    case ItemKind::handoff:
        return svgHandoff(item, style);
    case ItemKind::wall:
        return svgWall(item, style);
    case ItemKind::contradiction:
        return svgContradiction(item, style);
    case ItemKind::sharedBox:
        return svgSharedBox(item, style);
    case ItemKind::attackLine:
        return svgAttackLine(item, style);
    }
    return {};
}

std::string titleOf(const diagram::Layout& layout) {
    for (const Item& item : layout.items) {
        if (item.kind == ItemKind::headline) {
            return item.fullText;
        }
    }
    return "Trust boundaries side by side";
}

/// The column heads with their counts, for those who hear the picture.
std::string descriptionOf(const diagram::Layout& layout) {
    std::string text = "Rows are questions by stage from the image to the host, columns are subjects.";
    for (const Item& item : layout.items) {
        if (item.kind == ItemKind::columnHead) {
            text += fmt::format(" {}:", item.fullText);
        } else if (item.kind == ItemKind::columnCount) {
            text += fmt::format(" {}.", item.fullText);
        }
    }
    return text;
}

} // namespace

std::string graphHash(const diagram::Layout& layout) {
    constexpr std::uint64_t kOffset = 0xcbf29ce484222325U;
    constexpr std::uint64_t kPrime = 0x100000001b3U;
    std::uint64_t hash = kOffset;
    const auto feed = [&](std::string_view bytes) {
        for (const char c : bytes) {
            hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
        }
        hash = (hash ^ 0xFFU) * kPrime;
    };
    for (const Item& item : layout.items) {
        if (item.kind == ItemKind::headline && item.fullText.empty()) {
            continue; // a further line of the headline: how it breaks is no part of the graph
        }
        feed(fmt::format(
            "{} {} {} {} {} {} {}", static_cast<int>(item.kind), static_cast<int>(item.mark), item.row,
            item.column, static_cast<int>(item.wall.kind), item.wall.notches, item.gotMore));
        feed(item.fullText);
    }
    return fmt::format("{:016x}", hash);
}

std::string writeSvg(const diagram::Layout& layout, const diagram::Palette& palette) {
    const SvgStyle style{palette, layout.compact, layout.scale};
    std::string svg = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" )"
        R"(width="{0:g}" height="{1:g}" viewBox="0 0 {0:g} {1:g}" font-family="'Noto Sans', sans-serif">)"
        "\n<title id=\"title\">{2}</title>\n<desc id=\"desc\">{3}</desc>\n"
        "<metadata>bulkhead-graph {4}</metadata>\n",
        layout.width, layout.height, base::htmlText(titleOf(layout)).str(),
        base::htmlText(descriptionOf(layout)).str(), graphHash(layout));
    svg += svgPatterns(style);
    svg += fmt::format(
        "<rect width=\"{:g}\" height=\"{:g}\" fill=\"{}\"/>\n", layout.width, layout.height,
        palette.canvas.hex());
    for (const Item& item : layout.items) {
        svg += itemText(item, style);
    }
    return svg + "</svg>\n";
}

} // namespace bulkhead::report
