#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::report {

/// Whether a line of text is short enough for where it will stand.
using Fits = std::function<bool(std::string_view line)>;

/// Fits of a terminal: at most `cells` cells.
[[nodiscard]] Fits fitsCells(std::size_t cells);

/// Text as lines broken at spaces. A word longer than a line is shortened in the middle, never broken, so
/// that a path keeps its start and its end. At most `maxLines` lines; what is left over is marked with "…".
[[nodiscard]] std::vector<std::string>
wrapText(std::string_view text, const Fits& fits, std::size_t maxLines = 100);

/// `text` followed by spaces up to `cells` cells; longer text is shortened in the middle.
[[nodiscard]] std::string padded(std::string_view text, std::size_t cells);

} // namespace bulkhead::report
