#pragma once

#include "core/diagram/diagram.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::report::sample {

/// The grid of the lab, filled by hand: the first `columns` of default, read-only, rootless, privileged,
/// host-directory, hardened, web-1, web-2 against default, 21 slots each.
[[nodiscard]] diagram::Diagram labDiagram(std::size_t columns);

/// labDiagram(columns) without all but the columns named.
[[nodiscard]] diagram::Diagram labDiagramOf(const std::vector<std::string_view>& names);

/// Names and values that act in Mermaid, Markdown, HTML or a terminal when they are not escaped.
[[nodiscard]] const std::vector<std::string>& hostileTexts();

/// Two columns, named by a hostile text, with the hostile texts as values, a change, a gap and a
/// contradiction.
[[nodiscard]] diagram::Diagram hostileDiagram(std::size_t columns);

[[nodiscard]] diagram::SlotText says(std::string normal);

} // namespace bulkhead::report::sample
