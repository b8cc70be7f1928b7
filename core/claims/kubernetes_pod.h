#pragma once

#include "core/claims/claim.h"

#include <string>
#include <vector>

namespace bulkhead::claims {

/// The containers of a Pod (or the template of one), named PREFIX/CONTAINER.
void readPod(
    const Node& pod, Reading& reading, const std::string& path, const std::string& prefix,
    std::vector<Claim>& out);

/// What a Pod says for all of its containers: the claim each starts from, and its volumes.
struct PodClaim {
    Claim common;
    std::vector<std::pair<std::string, AskedMount>> volumes; ///< by name; the target is the container's
    std::map<std::string, std::pair<std::string, model::Evidence>> apparmor; ///< annotations, by container
    model::Fact<bool> token; ///< a service account token is mounted
    bool hostNetwork = false;
};

/// One container; pod-level facts hold where it says nothing itself.
[[nodiscard]] Claim readPodContainer(Fields& container, const PodClaim& pod);

/// securityContext as far as Pods and containers share it.
void readSharedContext(Fields& context, Claim& claim);

/// "500m", "64Mi", "1.5G", "2e3": in thousandths.
[[nodiscard]] std::optional<double> quantityOf(std::string_view text);

} // namespace bulkhead::claims
