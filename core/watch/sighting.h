#pragma once

#include "core/kernel/host_reference.h"
#include "core/kernel/subjects.h"
#include "core/model/subject_summary.h"
#include "core/os/proc_root.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bulkhead::watch {

/// A subject as one pass over /proc saw it: who it is, and a number that is another one when something that
/// decides its authority changed.
struct Sighting {
    model::SubjectSummary summary;
    std::vector<std::int64_t> pids; ///< its processes; the first is the main one
    std::size_t signature = 0;
    bool starting = false; ///< a runtime is still setting it up
};

/// The signature is of the main process (number, start, program) and of the set of different traits that its
/// processes have: namespaces, credentials, capability sets, filters, control groups and mount tables; and of
/// the limits of its control group. A worker that is like its siblings changes nothing.
[[nodiscard]] std::vector<Sighting> sightingsOf(
    const os::ProcRoot& root, const kernel::HostReference& host, const kernel::SweptSubjects& subjects,
    const kernel::Sweep& sweep);

} // namespace bulkhead::watch
