#pragma once

#include "core/diagram/layout.h"

#include <string>
#include <vector>

namespace bulkhead::diagram {

/// The horizontal measures of a picture, all in logical pixels.
struct Grid {
    double scale = 1;
    bool compact = false;
    double margin = 0;
    double gutter = 0;
    double column = 0; ///< width of one column
    double gap = 0;    ///< between columns
    double reason = 0; ///< width of the reason lane between two columns; 0: none
    double row = 0;    ///< row height
    double width = 0;  ///< of the whole picture

    [[nodiscard]] double columnX(std::size_t index) const;
    [[nodiscard]] double left() const { return margin + gutter; }
    [[nodiscard]] double right() const { return width - margin; }
};

[[nodiscard]] Grid buildGrid(const Diagram& diagram, const LayoutOptions& options);

/// Texts, fitted: measures with the font that will draw them.
struct TextFitter {
    const TextMeasure& measure;
    bool compact = false;
    double scale = 1;

    [[nodiscard]] double width(std::string_view text, TextStyle style) const;
    /// The text, or its head and an ellipsis, no wider than `room`.
    [[nodiscard]] std::string fit(std::string_view text, TextStyle style, double room) const;
    /// The text in lines no wider than `room`, broken between words; the last of `most` lines is cut.
    [[nodiscard]] std::vector<std::string>
    wrap(std::string_view text, TextStyle style, double room, std::size_t most) const;
    /// The longest of the candidates (given longest first) that fits; the last one cut if none does.
    [[nodiscard]] std::string
    fitOneOf(const std::vector<std::string>& candidates, TextStyle style, double room) const;
};

/// Adds the items of one row's cells at height `y`.
void layoutCells(
    const Diagram& diagram, std::size_t row, const Grid& grid, const TextFitter& fitter, double y,
    std::vector<Item>& items);

/// Adds the boxes of shared namespaces below height `y`, as many lines as they need; returns where the next
/// thing goes.
[[nodiscard]] double layoutShared(
    const std::vector<SharedSpan>& spans, const Grid& grid, const TextFitter& fitter, double y,
    std::vector<Item>& items);

/// Adds what an attack comes to, below the counts of the heads.
void layoutAttackNotes(
    const std::vector<AttackLane>& lanes, const Grid& grid, const TextFitter& fitter, double y,
    std::vector<Item>& items);

/// Adds the lines of attacks beside the columns that are laid out.
void layoutAttackLines(
    const Diagram& diagram, const std::vector<AttackLane>& lanes, const Grid& grid, std::vector<Item>& items);

} // namespace bulkhead::diagram
