#pragma once

#include "core/kernel/known_container.h"
#include "core/kernel/sweep.h"
#include "core/model/subject_summary.h"

#include <span>
#include <vector>

namespace bulkhead::kernel {

/// The processes of one subject, as indices in Sweep::processes; the first is its main process.
struct SubjectMembers {
    std::vector<std::size_t> processes;
};

/// Subjects and, in the same order, who belongs to them.
struct SweptSubjects {
    model::SubjectList list;
    std::vector<SubjectMembers> members;
};

/// Makes subjects of confined processes: those of one container id, of one pid namespace, and failing both of
/// one mount, user or network namespace or one control group. Subjects with a pod in common, or with network,
/// pid, ipc or uts namespaces in common, are a group; a subject whose pid namespace or control group lies in
/// another's is nested in it. State files name subjects where pid and start time agree.
[[nodiscard]] SweptSubjects
buildSubjects(const Sweep& sweep, const HostReference& host, std::span<const KnownContainer> known);

} // namespace bulkhead::kernel
