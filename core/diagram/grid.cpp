#include "core/diagram/grid.h"

#include "core/base/bytes.h"

#include <algorithm>

namespace bulkhead::diagram {

namespace {

constexpr double kWidestColumn = 300;
constexpr double kNarrowestNormal = 132; ///< below it the short forms serve
constexpr double kReasonShare = 0.34;

/// Two subjects are read before and after, with the reason between them.
bool hasReasonLane(const Diagram& diagram, double room) {
    return diagram.columns.size() == 2 && !diagram.oneSubject && room >= 640;
}

} // namespace

double Grid::columnX(std::size_t index) const {
    const auto n = static_cast<double>(index);
    return left() + n * (column + gap) + (index > 0 ? reason : 0);
}

Grid buildGrid(const Diagram& diagram, const LayoutOptions& options) {
    Grid grid;
    grid.scale = options.scale;
    grid.margin = 12 * options.scale;
    grid.gutter = 150 * options.scale;
    grid.gap = 8 * options.scale;
    const auto count = static_cast<double>(std::max<std::size_t>(diagram.columns.size(), 1));
    double room = options.width - 2 * grid.margin - grid.gutter;
    if (hasReasonLane(diagram, room / options.scale)) {
        grid.reason = room * kReasonShare;
        room -= grid.reason;
    }
    const double share = (room - (count - 1) * grid.gap) / count;
    const double widest = std::max(kWidestColumn * options.scale, grid.reason > 0 ? share : 0);
    grid.column = std::clamp(share, options.minColumn * options.scale, widest);
    grid.compact = grid.column < kNarrowestNormal * options.scale;
    grid.row = (grid.compact ? 24 : 26) * options.scale;
    grid.width = grid.left() + count * grid.column + (count - 1) * grid.gap + grid.reason + grid.margin;
    return grid;
}

Font fontOf(TextStyle style, bool compact, double scale) {
    const double text = compact ? 12 : 13;
    switch (style) {
    case TextStyle::headline:
        return {17 * scale, 700};
    case TextStyle::columnHead:
        return {(compact ? 13 : 15) * scale, 600};
    case TextStyle::columnCount:
    case TextStyle::chip:
        return {text * scale, 600};
    case TextStyle::stageTitle:
        return {13 * scale, 700};
    case TextStyle::note:
        return {12 * scale, 400};
    default:
        return {text * scale, 400};
    }
}

double TextFitter::width(std::string_view text, TextStyle style) const {
    return measure(text, fontOf(style, compact, scale));
}

std::string TextFitter::fit(std::string_view text, TextStyle style, double room) const {
    if (width(text, style) <= room) {
        return std::string(text);
    }
    std::size_t kept = 0;
    std::string fitting;
    while (kept < text.size()) {
        kept += base::decodeUtf8(text, kept).length;
        std::string shorter = std::string(text.substr(0, kept)) + "…";
        if (width(shorter, style) > room) {
            break;
        }
        fitting = std::move(shorter);
    }
    return fitting;
}

std::vector<std::string>
TextFitter::wrap(std::string_view text, TextStyle style, double room, std::size_t most) const {
    std::vector<std::string> lines;
    while (lines.size() + 1 < most && width(text, style) > room) {
        std::size_t kept = 0; // up to the last blank that leaves the line within the room
        for (std::size_t blank = text.find(' '); blank != std::string_view::npos;
             blank = text.find(' ', blank + 1)) {
            if (width(text.substr(0, blank), style) > room) {
                break;
            }
            kept = blank;
        }
        if (kept == 0) {
            break; // one word too long for a line
        }
        lines.emplace_back(text.substr(0, kept));
        text.remove_prefix(kept + 1);
    }
    lines.push_back(fit(text, style, room));
    return lines;
}

std::string
TextFitter::fitOneOf(const std::vector<std::string>& candidates, TextStyle style, double room) const {
    for (const std::string& candidate : candidates) {
        if (width(candidate, style) <= room) {
            return candidate;
        }
    }
    return candidates.empty() ? "" : fit(candidates.back(), style, room);
}

} // namespace bulkhead::diagram
