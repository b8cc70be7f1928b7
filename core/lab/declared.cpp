#include "core/lab/declared.h"

#include "core/claims/boundary.h"
#include "core/claims/oci_parts.h"
#include "core/session/capture.h"

namespace bulkhead::lab {

using model::Evidence;
using model::EvidenceKind;

namespace {

/// What the scenario says in words, and a configuration for a runtime does not.
void addScenario(const catalog::Scenario& scenario, model::Snapshot& out) {
    const Evidence said{EvidenceKind::declared, "scenario.yaml", "", 0};
    const Evidence image{EvidenceKind::declared, "image", "", 0};
    out.config.privileged = {scenario.privileged, said};
    out.config.asks = {catalog::asksOf(scenario), said};
    out.image.user = {std::string("root"), image};
    out.image.digest = {out.subject.image.digest, image};
    if (!scenario.seccomp.empty()) {
        out.seccomp.profile = {scenario.seccomp, said};
    }
}

} // namespace

base::Result<model::Snapshot> declareSnapshot(const Declaration& d, const model::Subject& subject) {
    claims::Builder builder;
    builder.runtime = {d.runtime.name, d.runtime.version, d.runtime.libseccomp};
    auto out = claims::declareOci(
        engines::writeConfig(d.asked), (d.bundle / "config.json").string(), builder, d.machine.ground);
    if (!out) {
        return out;
    }
    out->subject = subject;
    session::signSnapshot(*out);
    addScenario(d.scenario, *out);
    return out;
}

} // namespace bulkhead::lab
