#include "core/claims/boundary.h"
#include "core/seccomp/predict.h"

#include <map>
#include <memory>
#include <mutex>

namespace bulkhead::claims {

namespace {

using model::Evidence;
using model::Unreadable;
using Predicted = base::Result<seccomp::Prediction>;

seccomp::ProfileRuntime runtimeOf(const std::string& name) {
    return name == "crun" ? seccomp::ProfileRuntime::crun : seccomp::ProfileRuntime::runc;
}

Predicted predict(
    const AskedFilter& asked, const model::CapabilitySet& bounding, const Builder& builder,
    const Ground& ground) {
    const seccomp::ProfileTarget target{
        bounding, ground.architecture,
        seccomp::parseKernelVersion(ground.kernelRelease).value_or(seccomp::KernelVersion{})};
    return seccomp::predictProfile(
        seccomp::resolveProfile(*asked.profile, target), runtimeOf(builder.runtime.name),
        builder.runtime.libseccomp, *ground.calls);
}

/// An engine's own profile is asked for by a thousand Pods, and compiled once for each bounding set.
std::shared_ptr<const Predicted> remembered(
    const AskedFilter& asked, const model::CapabilitySet& bounding, const Builder& builder,
    const Ground& ground) {
    constexpr std::size_t kMost = 64;
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<const Predicted>> known;
    const std::string key = asked.name + "/" + std::to_string(bounding.mask()) + "/" + builder.runtime.name +
                            "/" + builder.runtime.libseccomp + "/" + ground.kernelRelease + "/" +
                            ground.calls->arch + (ground.calls->compat ? "+32" : "") +
                            (ground.calls->x32 ? "+x32" : "");
    const bool keep = asked.ofEngine;
    const std::scoped_lock lock(mutex);
    if (const auto found = known.find(key); keep && found != known.end()) {
        return found->second;
    }
    auto made = std::make_shared<const Predicted>(predict(asked, bounding, builder, ground));
    if (keep) {
        if (known.size() >= kMost) {
            known.clear();
        }
        known.emplace(key, made);
    }
    return made;
}

void leaveOpen(const Unreadable& why, model::Seccomp& out) {
    out.verdicts = why;
    out.defaultAction = why;
    out.archGaps = why;
}

/// Why the verdicts of a filter that is asked for cannot be told.
std::optional<Unreadable> obstacle(const AskedFilter& asked, const Boundary& boundary, const Ground& ground) {
    if (asked.notKnown || !asked.profile) {
        return asked.notKnown.value_or(Unreadable{"the profile is not at hand", ""});
    }
    if (!ground.calls) {
        return Unreadable{"which system call ABIs the kernel runs is not known", ""};
    }
    if (!boundary.bounding.known()) {
        return Unreadable{"the profile depends on the bounding set, which is not known", ""};
    }
    return std::nullopt;
}

} // namespace

void declareFilter(
    const Boundary& boundary, const Builder& builder, const Ground& ground, model::Seccomp& out) {
    if (boundary.filter.unreadable()) {
        out.mode = boundary.filter.gap();
        out.filterCount = boundary.filter.gap();
        leaveOpen(boundary.filter.gap(), out);
    }
    if (!boundary.filter.known()) {
        return;
    }
    const AskedFilter& asked = boundary.filter.value();
    const Evidence& from = boundary.filter.evidence();
    out.mode = {asked.filtered ? model::SeccompMode::filter : model::SeccompMode::disabled, from};
    out.filterCount = {asked.filtered ? 1 : 0, from};
    out.profile = {asked.name, from};
    Evidence inferred = from;
    inferred.kind = model::EvidenceKind::inferred;
    if (!asked.filtered) {
        if (!ground.architecture.empty()) {
            out.verdicts = {{{ground.architecture, model::ArchVerdicts{}}}, inferred};
        }
        return;
    }
    if (const auto why = obstacle(asked, boundary, ground)) {
        leaveOpen(*why, out);
        return;
    }
    const auto prediction = remembered(asked, boundary.bounding.value(), builder, ground);
    if (!*prediction) {
        leaveOpen({"the profile cannot be compiled: " + prediction->error().message, ""}, out);
        return;
    }
    out.verdicts = {(*prediction)->verdicts, inferred};
    out.defaultAction = {(*prediction)->defaultAction, inferred};
    out.archGaps = {(*prediction)->archGaps, inferred};
}

} // namespace bulkhead::claims
