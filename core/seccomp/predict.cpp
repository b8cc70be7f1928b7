#include "core/seccomp/predict.h"

#include "core/seccomp/arch_gaps.h"

namespace bulkhead::seccomp {

UnknownCalls
unknownTo(const CompiledProfile& compiled, ProfileRuntime runtime, const std::string& libseccomp) {
    const bool same = runtime == ProfileRuntime::libseccomp || libseccomp == libraryVersion();
    return same ? UnknownCalls{} : compiled.unknown;
}

base::Result<Prediction> predictProfile(
    const Profile& resolved, ProfileRuntime runtime, const std::string& libseccomp, const Machine& machine) {
    const auto compiled = compileProfile(resolved, runtime);
    if (!compiled) {
        return std::unexpected(compiled.error());
    }
    Prediction prediction;
    prediction.unknown = unknownTo(*compiled, runtime, libseccomp);
    prediction.verdicts = evaluateStack({compiled->program}, machine);
    markUnknown(prediction.verdicts, prediction.unknown);
    prediction.defaultAction = defaultActionOf(prediction.verdicts, machine.arch);
    prediction.archGaps = archGapsOf(prediction.verdicts, machine.arch);
    return prediction;
}

} // namespace bulkhead::seccomp
