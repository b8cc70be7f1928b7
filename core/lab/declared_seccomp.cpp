#include "core/lab/declared.h"
#include "core/seccomp/predict.h"

namespace bulkhead::lab {

using model::Evidence;
using model::EvidenceKind;
using model::SeccompMode;
using seccomp::ProfileRuntime;

namespace {

ProfileRuntime runtimeOf(const engines::OciRuntime& runtime) {
    return runtime.name == "runc" ? ProfileRuntime::runc : ProfileRuntime::crun;
}

/// Fills what follows from the profile once the runtime has compiled it, taken from the very document that
/// the runtime gets.
void predictVerdicts(const Declaration& d, model::Seccomp& out) {
    const Evidence evidence{
        EvidenceKind::inferred,
        "config.json linux.seccomp, compiled with libseccomp " + seccomp::libraryVersion() + " as " +
            d.runtime.name + " does",
        "", 0};
    if (!d.machine.abis) {
        const model::Unreadable why{"the kernel did not say which system call ABIs it runs", ""};
        out.verdicts = why;
        out.archGaps = why;
        out.defaultAction = why;
        return;
    }
    const auto profile = seccomp::parseProfile(engines::writeConfig(d.asked), "config.json");
    const auto predicted =
        profile
            ? seccomp::predictProfile(*profile, runtimeOf(d.runtime), d.runtime.libseccomp, *d.machine.abis)
            : std::unexpected(profile.error());
    if (!predicted) {
        const model::Unreadable why{"the profile cannot be compiled: " + predicted.error().message, ""};
        out.verdicts = why;
        out.archGaps = why;
        out.defaultAction = why;
        return;
    }
    out.verdicts = {predicted->verdicts, evidence};
    out.archGaps = {predicted->archGaps, evidence};
    out.defaultAction = {predicted->defaultAction, evidence};
}

} // namespace

model::Seccomp declareSeccomp(const Declaration& d) {
    const Evidence declared{EvidenceKind::declared, "config.json linux.seccomp", "", 0};
    const bool filtered = d.asked.seccomp.has_value();
    model::Seccomp out;
    out.mode = {filtered ? SeccompMode::filter : SeccompMode::disabled, declared};
    out.filterCount = {std::int64_t{filtered ? 1 : 0}, declared};
    out.profile = {filtered ? d.scenario.seccomp : std::string("unconfined"), declared};
    if (filtered) {
        predictVerdicts(d, out);
    } else {
        out.verdicts = {{{d.machine.architecture, model::ArchVerdicts{}}}, declared};
    }
    return out;
}

} // namespace bulkhead::lab
