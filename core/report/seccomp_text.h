#pragma once

#include "core/seccomp/program.h"
#include "core/seccomp/verdict_changes.h"
#include "core/seccomp/verdicts.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::report {

/// What changes between two stacks for the calls of one architecture.
struct ArchChanges {
    bool reachable = true; ///< the kernel runs these calls
    std::vector<seccomp::VerdictChange> calls;
};
using VerdictChanges = std::map<std::string, ArchChanges>;

/// The calls of each architecture, the native one first, under their answers, conditions spelled out, in
/// lines of `columns`.
[[nodiscard]] std::string writeVerdicts(const seccomp::Verdicts& verdicts, std::size_t columns);

/// Only in the first, only in the second, conditions widened or narrowed, calls that change alike together,
/// in lines of `columns`.
[[nodiscard]] std::string writeVerdictChanges(const VerdictChanges& changes, std::size_t columns);

/// The same as JSON documents.
[[nodiscard]] std::string
writeVerdictsJson(const std::string& name, const seccomp::Stack& stack, const seccomp::Verdicts& verdicts);
[[nodiscard]] std::string writeVerdictChangesJson(
    const std::string& baseline, const std::string& candidate, const VerdictChanges& changes);
[[nodiscard]] std::string
writeListingJson(const std::string& name, const seccomp::Stack& stack, std::string_view arch);

} // namespace bulkhead::report
