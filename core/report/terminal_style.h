#pragma once

#include "core/diagram/diagram.h"

#include <string>
#include <string_view>

namespace bulkhead::report {

/// Colours of a terminal (ECMA-48 SGR, the 256-colour palette); plain text where colour is not wanted. Widths
/// are measured before a text is coloured.
struct TerminalStyle {
    bool colour = false;

    [[nodiscard]] std::string bold(std::string_view text) const;
    [[nodiscard]] std::string muted(std::string_view text) const;
    /// Orange for weaker, green for stronger, blue for what is not ordered; other marks as they are.
    [[nodiscard]] std::string marked(diagram::Mark mark, std::string_view text) const;
};

} // namespace bulkhead::report
