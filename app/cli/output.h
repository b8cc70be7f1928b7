#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bulkhead::cli {

/// Writes a result to standard output; false where it could not be written whole (a closed pipe, a full
/// disk).
bool print(std::string_view text);

/// Writes a line for a person to standard error.
void say(std::string_view line);

/// The width of the terminal on standard output; $COLUMNS or 80 where there is none.
[[nodiscard]] std::size_t terminalColumns();

/// Whether standard output is a terminal.
[[nodiscard]] bool writesToTerminal();

/// Colour is for terminals, unless NO_COLOR is set (no-color.org).
[[nodiscard]] bool wantsColour();

/// Progress is for a terminal on standard error.
[[nodiscard]] bool wantsProgress();

} // namespace bulkhead::cli
