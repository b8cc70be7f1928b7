#pragma once

#include "core/model/seccomp.h"
#include "core/seccomp/arch.h"
#include "core/seccomp/verdicts.h"

#include <string>
#include <vector>

namespace bulkhead::seccomp {

/// How what a call can do after relates to what it could do before: as sets of arguments that are allowed
/// (allow, log), left to somebody else (trace, user_notif), or denied.
enum class Relation {
    same,
    otherDenial, ///< denied either way, with another errno or a kill
    visibility,  ///< allowed either way, and logged on one side
    wider,       ///< every call allowed before still is, and some are allowed that were not
    narrower,
    incomparable, ///< each side allows what the other denies
    unknown,      ///< a side is undetermined
};

/// Decided exactly. Of an ABI whose arguments have 32 bits only those are compared.
[[nodiscard]] Relation
relationOf(const model::SeccompVerdict& before, const model::SeccompVerdict& after, bool wide = true);

/// What becomes of the call: allowed where the kernel asks no filter about it, else what the filters say.
[[nodiscard]] const model::SeccompVerdict& effective(const model::SeccompVerdict& verdict);

/// Whether any arguments get the call through: allow or log.
[[nodiscard]] bool allowsSome(const model::SeccompVerdict& verdict);

/// One call, or the numbers without a name, whose verdicts differ.
struct VerdictChange {
    std::string call; ///< as verdicts name it; "others" for the numbers that neither side lists
    model::SeccompVerdict before;
    model::SeccompVerdict after;
    Relation relation = Relation::same;
};

/// Everything in which the two differ, by number; unnamed numbers last. A call that the kernel runs without
/// asking any filter is allowed on both sides, so it differs in nothing.
[[nodiscard]] std::vector<VerdictChange>
changesOf(const model::ArchVerdicts& before, const model::ArchVerdicts& after, const Arch& arch);

/// How many of the ABI's named calls get through with some arguments at least; what the kernel runs without
/// asking any filter does, whatever the filters say.
struct CallCount {
    std::size_t allowed = 0;
    std::size_t conditional = 0; ///< of the allowed: only with some arguments
    std::size_t undetermined = 0;
    std::size_t all = 0;
};
[[nodiscard]] CallCount countCalls(const model::ArchVerdicts& verdicts, const Arch& arch);

} // namespace bulkhead::seccomp
