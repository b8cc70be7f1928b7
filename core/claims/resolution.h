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

/// Podman's unmask option names the path.
[[nodiscard]] bool isUnmasked(const Resolution& in, const std::string& path);

/// /sys is the host's, as it is over the host's network in a user namespace of Podman's.
[[nodiscard]] bool showsSysfsOfHost(const Resolution& in, const Boundary& out);

/// The mounts of every container, the engine's files among them, and those that are asked for over them.
void resolveMounts(const Resolution& in, Boundary& out);
/// Who the process is where the image is at hand, by its configuration and its files; false where it is not,
/// or does not say.
[[nodiscard]] bool resolveUserByImage(const Resolution& in, Boundary& out);
/// What a known image brings along, and what its name says.
void resolveImage(const Resolution& in, Boundary& out);

/// The filter, the AppArmor profile and the devices of the boundary.
void resolveFilter(const Resolution& in, Boundary& out);
void resolveLabels(const Resolution& in, Boundary& out);
void resolveDevices(const Resolution& in, Boundary& out);

/// The defaults in it that a setting outside the document may have changed, by path.
[[nodiscard]] std::map<std::string, model::Fact<bool>> assumptionsOf(const Resolution& in);

} // namespace bulkhead::claims
