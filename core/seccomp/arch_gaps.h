#pragma once

#include "core/seccomp/verdicts.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::seccomp {

/// ABIs beside the native one that let a call pass which the native one refuses by the same name, by name.
[[nodiscard]] std::vector<std::string> archGapsOf(const Verdicts& verdicts, std::string_view native);

/// The native ABI's answer to a number that nobody names, as in "errno(38)"; empty where it is not covered.
[[nodiscard]] std::string defaultActionOf(const Verdicts& verdicts, std::string_view native);

} // namespace bulkhead::seccomp
