#pragma once

#include "core/base/error.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::cli {

/// What a command leaves behind for the shell; scripts depend on these.
enum class Exit {
    done = 0,
    gate = 1, ///< a gate said no
    usage = 2,
    input = 3,   ///< an input is invalid or not there
    machine = 4, ///< this machine cannot do it
    canceled = 130,
};

/// One command of the command line. `--help`, completion and the manual page are made from the table of
/// verbs.
struct Verb {
    std::string_view id;
    std::string_view title;
    std::string_view example;
    Exit (*run)(const Verb& verb, std::span<const std::string> arguments);
};

[[nodiscard]] std::span<const Verb> verbs();

Exit runList(const Verb& verb, std::span<const std::string> arguments);
Exit runInspect(const Verb& verb, std::span<const std::string> arguments);
Exit runDiff(const Verb& verb, std::span<const std::string> arguments);
Exit runPaths(const Verb& verb, std::span<const std::string> arguments);
Exit runContradictions(const Verb& verb, std::span<const std::string> arguments);
Exit runCheck(const Verb& verb, std::span<const std::string> arguments);
Exit runPolicy(const Verb& verb, std::span<const std::string> arguments);
Exit runExpect(const Verb& verb, std::span<const std::string> arguments);
Exit runVerify(const Verb& verb, std::span<const std::string> arguments);
Exit runLab(const Verb& verb, std::span<const std::string> arguments);
Exit runSeccomp(const Verb& verb, std::span<const std::string> arguments);
Exit runWatch(const Verb& verb, std::span<const std::string> arguments);
Exit runReport(const Verb& verb, std::span<const std::string> arguments);
Exit runDoctor(const Verb& verb, std::span<const std::string> arguments);
Exit runWorkbench(const Verb& verb, std::span<const std::string> arguments);
Exit runCompletion(const Verb& verb, std::span<const std::string> arguments);

/// Prints an error on standard error and says how to exit for it.
[[nodiscard]] Exit report(const base::Error& error);

} // namespace bulkhead::cli
