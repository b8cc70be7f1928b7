#pragma once

#include "core/base/error.h"
#include "core/model/capability.h"
#include "core/seccomp/evaluate.h"
#include "core/seccomp/profile.h"
#include "core/seccomp/program.h"

#include <optional>
#include <string>
#include <vector>

namespace bulkhead::session {

/// What a profile is compiled for, where the reference names one.
struct ProfileOptions {
    std::optional<model::CapabilitySet> bounding; ///< absent: those an engine gives by default
    std::string architecture;                     ///< empty: this machine's
    std::optional<seccomp::KernelVersion> kernel; ///< absent: this machine's
    seccomp::ProfileRuntime runtime = seccomp::ProfileRuntime::runc;
    std::string libseccomp; ///< that the runtime is linked with, "2.5.4"; empty: not known
};

/// The filters that a reference names.
struct NamedFilters {
    std::string name;
    seccomp::Stack stack;          ///< oldest first; empty: nothing is filtered
    bool live = false;             ///< as the kernel holds them, else as they would be
    seccomp::UnknownCalls unknown; ///< of a profile: what depends on the runtime's libseccomp
};

/// `bpf:FILE,FILE`, a profile file (of Docker, Podman, an OCI configuration, ours), a live process and
/// whatever else resolveReference takes, a snapshot with its filters. Denied with what is missing where the
/// filters of a subject were not read.
[[nodiscard]] base::Result<NamedFilters>
resolveFilters(const std::string& reference, const ProfileOptions& options);

/// What the filters make of every call; of a profile, what cannot be told is undetermined.
[[nodiscard]] seccomp::Verdicts verdictsOf(const NamedFilters& filters, const seccomp::Machine& machine);

/// CAP_CHOWN and the 13 others of Docker's default list (moby oci/caps/defaults.go).
[[nodiscard]] model::CapabilitySet defaultBounding();

} // namespace bulkhead::session
