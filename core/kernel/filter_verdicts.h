#pragma once

#include "core/kernel/loaded_filter.h"
#include "core/kernel/reading.h"
#include "core/model/seccomp.h"
#include "core/seccomp/evaluate.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bulkhead::kernel {

/// What a stack of filters makes of every call, and what follows from it.
struct FilterVerdicts {
    std::map<std::string, model::ArchVerdicts> verdicts;
    std::string defaultAction; ///< of the native architecture, "errno(38)"
    std::vector<std::string>
        archGaps; ///< ABIs that let a call pass which the native one refuses by the same name
};

/// Evaluates a stack; one that was evaluated before (same programs, same machine) is remembered, so that a
/// sweep over a thousand containers with one profile evaluates it once. A gap for a program that the kernel
/// would not have installed.
[[nodiscard]] Reading<std::shared_ptr<const FilterVerdicts>>
evaluateFilters(const std::vector<LoadedFilter>& filters, const seccomp::Machine& machine);

} // namespace bulkhead::kernel
