#pragma once

#include "core/diagram/diagram.h"
#include "core/report/terminal_style.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bulkhead::report {

/// The facts of one slot whose vantages disagree.
struct SlotContradictions {
    const diagram::Slot* slot = nullptr;
    std::vector<compare::Contradiction> facts;
};

/// Of a diagram with one subject: the slots that have contradictions, in document order; each fact once, at
/// the first slot that shows it.
[[nodiscard]] std::vector<SlotContradictions> contradictionsBySlot(const diagram::Diagram& diagram);

/// For a terminal of `width` cells: by slot what was asked and what was got, each fact with its direction and
/// values, and the likely cause. What comes from the subject is escaped.
[[nodiscard]] std::string
writeContradictions(const diagram::Diagram& diagram, std::size_t width, const TerminalStyle& style);

/// The same as Markdown.
[[nodiscard]] std::string writeContradictionsMarkdown(const diagram::Diagram& diagram);

} // namespace bulkhead::report
