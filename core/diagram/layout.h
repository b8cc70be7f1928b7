#pragma once

#include "core/diagram/diagram.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::diagram {

/// A rectangle in logical pixels, origin top left, y down.
struct Rect {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;

    [[nodiscard]] double right() const { return x + width; }
    [[nodiscard]] double bottom() const { return y + height; }
    bool operator==(const Rect&) const = default;
};

/// The text styles of the picture: size in logical pixels and weight.
enum class TextStyle { headline, columnHead, columnCount, stageTitle, rowLabel, cellValue, chip, note };

struct Font {
    double pixels = 13;
    int weight = 400;
};

[[nodiscard]] Font fontOf(TextStyle style, bool compact, double scale);

/// Advance width of a text in logical pixels. Given by whoever draws, so that layout needs no font engine.
using TextMeasure = std::function<double(std::string_view text, const Font& font)>;

/// Widths of the bundled sans (advance-width table), for the formats that core writes itself.
[[nodiscard]] double builtInTextWidth(std::string_view text, const Font& font);

/// What an item of the picture is; decides how it is drawn.
enum class ItemKind {
    headline,      ///< text
    columnHead,    ///< text: the name; selectable
    columnCount,   ///< text: "▼ 7 weaker", coloured by its mark
    stageTitle,    ///< text
    stageEnforcer, ///< text, muted, right-aligned: "enforced by: kernel"
    rowLabel,      ///< text, muted
    value,         ///< text: plain cell
    dash,          ///< "—": equal to the baseline
    chip,          ///< box with a glyph tab and a text, coloured by its mark
    gapCell,       ///< hatched box, question mark, text
    gapStrip,      ///< the same across all columns
    boundary,      ///< thin dashed line across a column
    handoff,       ///< dashed line of the handoff with its text and a count of contradictions
    wallTitle,     ///< text: "THE WALL"
    wall,          ///< one column's wall
    contradiction, ///< ink ring with two facing arrows at a cell's right edge
    columnError,   ///< what happened and what to do, in place of the cells
    columnNote,    ///< text, muted, below the count: "recorded: runc 1.1.5, 2026-11-24"
    reason,        ///< text between two columns: direction and why
    sharedBox,     ///< outlined box over neighbouring columns with its text: namespaces they share
    attackNote,    ///< text below the count: what an attack reaches, or what stops it
    attackLine,    ///< thick line left of a column, from where the attack enters to its end
};

/// One drawn thing. `text` is already shortened to fit `textRect`; `fullText` is what a tooltip says.
struct Item {
    ItemKind kind = ItemKind::value;
    Rect rect;
    Rect textRect;
    std::string text;
    std::string fullText;
    TextStyle style = TextStyle::cellValue;
    Mark mark = Mark::value;
    int column = -1; ///< index into Diagram::columns; -1: none
    int row = -1;    ///< index into Diagram::rows; -1: none
    Wall wall;
    bool gotMore = false;  ///< a contradiction in which more was got than asked
    bool blocked = false;  ///< an attack that ends in a bar at the wall
    bool possible = false; ///< an attack that rests on facts that are not known: drawn dashed
};

/// The picture, laid out: deterministic for one diagram, width and measure.
struct Layout {
    double width = 0;
    double height = 0;
    double scale = 1;
    bool compact = false;
    double headBottom = 0; ///< below headline and column heads, for a pinned header
    std::vector<Item> items;
};

/// The way of an attack through a column: from the runtime config, where the false story enters, to what it
/// reaches, or to the wall, where something stops it.
struct AttackLane {
    std::size_t column = 0;
    std::string end; ///< id of the slot it reaches
    bool blocked = false;
    bool possible = false;
    std::vector<std::string> texts; ///< longest first: "host root, 5 ways", "host root"
    std::string fullText;

    bool operator==(const AttackLane&) const = default;
};

/// What is to be known of a column before it is believed, below its count: "preview: predicted, not run".
struct ColumnNote {
    std::size_t column = 0;
    std::vector<std::string> texts; ///< longest first

    bool operator==(const ColumnNote&) const = default;
};

/// How a diagram is laid out, and what is drawn over it.
struct LayoutOptions {
    double width = 1000;           ///< available width in logical pixels
    double scale = 1;              ///< 40/26 for presenting
    double minColumn = 92;         ///< below it the picture grows wider than `width` and the view scrolls
    std::vector<AttackLane> lanes; ///< at most one of a column
    std::vector<ColumnNote> notes;
};

[[nodiscard]] Layout
layoutDiagram(const Diagram& diagram, const TextMeasure& measure, const LayoutOptions& options);

/// The item under a point that stands for a cell or a column head, topmost first; -1 where there is none.
[[nodiscard]] int itemAt(const Layout& layout, double x, double y);

} // namespace bulkhead::diagram
