#pragma once

#include "core/diagram/diagram.h"

#include <vector>

namespace bulkhead::samples {

// The four subjects of sample_snapshots.h with what the kernel's exact account adds, written by hand: what
// seccomp(2), namespaces(7) and a probe from inside would say.

/// default: Docker's answers to a few calls, clone by its flags; read-only: filters that could not be read;
/// rootless: as default, and mount allowed; privileged: no filter. x32 is not run by the kernel.
[[nodiscard]] std::vector<diagram::SubjectView> exactFour();

/// The answer of Docker's profile to clone(2) without CAP_SYS_ADMIN: allowed unless a namespace is asked for.
[[nodiscard]] model::SeccompVerdict dockerClone();

/// Four probes from inside: three agree with what the kernel's account predicts, one does not and says why.
[[nodiscard]] model::Snapshot experienced(model::Snapshot enforced);

/// web-1 and sidecar of one pod: net, ipc and uts are the same namespaces, the others their own.
[[nodiscard]] std::vector<diagram::SubjectView> pod();

} // namespace bulkhead::samples
