#pragma once

#include "core/claims/claim.h"

#include <string>

namespace bulkhead::claims {

/// What a resolution goes by.
struct Resolution {
    const Claim& claim;
    const EngineDefaults& engine;
    const EngineChoice& choice;
    const Ground& ground;
    bool privileged = false;

    [[nodiscard]] model::Evidence byDefault(const std::string& what) const {
        const std::string version = choice.version.empty() ? std::string(engine.stand) : choice.version;
        return {model::EvidenceKind::defaulted, choice.name + " (" + version + "): " + what, "", 0};
    }
    [[nodiscard]] model::Evidence byPrivileged() const {
        model::Evidence from = claim.privileged.evidence();
        from.kind = model::EvidenceKind::inferred;
        return from;
    }
};

/// The filter, the AppArmor profile and the devices of the boundary.
void resolveFilter(const Resolution& in, Boundary& out);
void resolveLabels(const Resolution& in, Boundary& out);
void resolveDevices(const Resolution& in, Boundary& out);

} // namespace bulkhead::claims
