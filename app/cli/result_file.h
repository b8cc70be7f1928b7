#pragma once

#include "app/cli/verb.h"

#include <string>
#include <string_view>

namespace bulkhead::cli {

/// "-" names standard output.
[[nodiscard]] bool isStandardOutput(std::string_view out);

/// Writes a result to where --out or --apply names: a file, "-" for standard output. Says what went wrong.
[[nodiscard]] Exit writeResult(const std::string& out, std::string_view text);

} // namespace bulkhead::cli
