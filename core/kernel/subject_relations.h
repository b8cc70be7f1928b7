#pragma once

#include "core/kernel/subject_assign.h"
#include "core/model/subject_summary.h"

#include <cstddef>
#include <vector>

namespace bulkhead::kernel {

/// Fills parent, group, groupKind and sharedInGroup of subjects that stand in the order of their assemblies.
void relateSubjects(
    const Sweep& sweep, const Spaces& spaces, const std::vector<Assembly>& assemblies,
    std::vector<model::SubjectSummary>& subjects);

/// The order to show them in: by kind, groups together, children after their parents, older first.
[[nodiscard]] std::vector<std::size_t> orderOf(
    const Sweep& sweep, const std::vector<Assembly>& assemblies,
    const std::vector<model::SubjectSummary>& subjects);

} // namespace bulkhead::kernel
