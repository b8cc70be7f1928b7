#pragma once

#include "app/cli/verb.h"
#include "core/seccomp/evaluate.h"

#include <string>

namespace bulkhead::cli {

/// `seccomp eval`: one call decided, or as many as standard input has.
Exit runSeccompEval(const Verb& verb, std::span<const std::string> arguments);

/// The machine on which filters are judged: this one.
[[nodiscard]] seccomp::Machine thisMachine();

} // namespace bulkhead::cli
