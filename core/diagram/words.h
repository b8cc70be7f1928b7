#pragma once

#include "core/diagram/diagram.h"

#include <string>
#include <string_view>

namespace bulkhead::diagram {

/// How a change of this direction is marked.
[[nodiscard]] Mark markOf(compare::Direction direction);

/// "▼", "▲", "◆", "◇"; empty where a mark has no glyph.
[[nodiscard]] std::string_view glyphOf(Mark mark);
/// "weaker", "stronger", ...; empty where a mark has no word.
[[nodiscard]] std::string_view wordOf(Mark mark);

/// "got more than asked", "got less than asked", "got other than asked", "cannot be compared".
[[nodiscard]] std::string_view contradictionWord(compare::Direction direction);

/// A visible file, directory or socket of the host; what a runtime binds for every container (the standard
/// devices) and file systems of the kernel are none.
[[nodiscard]] bool isBroughtFromHost(const model::Mount& mount);

/// The name at the end of a path: SYS_ADMIN, /dev/vda.
[[nodiscard]] std::string leafOf(std::string_view path);

} // namespace bulkhead::diagram
