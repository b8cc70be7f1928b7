#pragma once

#include "core/base/error.h"
#include "core/seccomp/evaluate.h"
#include "core/seccomp/profile.h"
#include "core/seccomp/verdicts.h"

#include <string>
#include <vector>

namespace bulkhead::seccomp {

/// What a profile will make of every call once a runtime has installed it.
struct Prediction {
    Verdicts verdicts;
    std::string defaultAction;         ///< of the native ABI, "errno(38)"
    std::vector<std::string> archGaps; ///< ABIs that let pass what the native one refuses
    UnknownCalls unknown;              ///< what the verdicts leave undetermined, and why
};

/// Compiles a resolved profile as the runtime does and evaluates it. `libseccomp` is the version that the
/// runtime is linked with, empty where that is not known: with the same as ours, names that ours does not
/// know are left out by both, so that nothing is unknown.
[[nodiscard]] base::Result<Prediction> predictProfile(
    const Profile& resolved, ProfileRuntime runtime, const std::string& libseccomp, const Machine& machine);

/// What of a compiled profile depends on the runtime's libseccomp: nothing where it is the same as ours.
[[nodiscard]] UnknownCalls
unknownTo(const CompiledProfile& compiled, ProfileRuntime runtime, const std::string& libseccomp);

} // namespace bulkhead::seccomp
