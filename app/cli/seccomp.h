#pragma once

#include "app/cli/arguments.h"
#include "app/cli/verb.h"
#include "core/seccomp/evaluate.h"
#include "core/session/filters_of.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::cli {

/// `seccomp eval`: one call decided, or as many as standard input has.
Exit runSeccompEval(const Verb& verb, std::span<const std::string> arguments);

/// What every subcommand takes: references, an ABI, a format, and for what a profile is resolved.
struct SeccompRequest {
    std::vector<std::string> references;
    std::string arch;
    std::string format = "table";
    std::string bounding;
    std::string kernel;
    std::string runtime = "runc";
    std::string libseccomp;
};

/// Declares what SeccompRequest holds.
void declareRequest(Arguments& options, SeccompRequest& request, int leastReferences);

/// The filters of each reference; an error names what is wrong with an option or with the reference. Says on
/// standard error what a reader must know: that nothing is filtered, which names are unknown here.
[[nodiscard]] base::Result<std::vector<session::NamedFilters>> resolveAll(const SeccompRequest& request);

/// The machine on which filters are judged: this one as its kernel answers, or one that runs `arch`.
[[nodiscard]] seccomp::Machine machineFor(std::string_view arch);

} // namespace bulkhead::cli
