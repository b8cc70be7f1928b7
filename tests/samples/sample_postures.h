#pragma once

#include "core/model/posture.h"

#include <vector>

namespace bulkhead::samples {

// What a sweep would say of a small machine, written by hand: docker's web with a process entered by exec and
// a container nested in it, a pod of two, a privileged build, a service that only its unit tells, and a
// sandbox that ended while it was read.

[[nodiscard]] std::vector<model::Posture> machinePostures();

/// The same as a sweep's list, with one gap.
[[nodiscard]] model::SubjectList machineList();

} // namespace bulkhead::samples
