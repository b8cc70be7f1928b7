#pragma once

#include "core/claims/claim.h"
#include "core/claims/kubernetes_objects.h"
#include "core/claims/kubernetes_volumes.h"

#include <string>
#include <vector>

namespace bulkhead::claims {

/// What stands around a Pod in its file.
struct PodNeighbours {
    const StoredVolumes& stored;
    std::string space;         ///< its namespace
    const Node* set = nullptr; ///< the StatefulSet that it is of
};

/// The containers of a Pod (or the template of one), named as its place is, with /CONTAINER behind.
void readPod(
    const PodPlace& place, Reading& reading, const PodNeighbours& neighbours, std::vector<Claim>& out);

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

/// The environment, as far as its names look like secrets; what envFrom brings is not looked at.
void readPodEnvironment(Fields& container, Claim& claim);

/// Asks for the hosts that its probes and handlers name: the kubelet asks them from the node.
void readProbes(Fields& container, Claim& claim);

/// Asks for the volumes that the restricted Pod Security Standard refuses, by type.
void readVolumeTypes(const Node& spec, Claim& claim);

/// The Pod Security levels that Namespaces among the objects enforce, by name; empty for none.
[[nodiscard]] std::map<std::string, std::string> enforcedLevels(const std::vector<const Node*>& objects);

/// What an object asks for whose namespace is among them and enforces nothing; nullopt for another.
[[nodiscard]] std::optional<std::string>
looseNamespace(const Node& object, const std::map<std::string, std::string>& levels);

/// securityContext as far as Pods and containers share it.
void readSharedContext(Fields& context, Claim& claim);

/// "500m", "64Mi", "1.5G", "2e3": in thousandths.
[[nodiscard]] std::optional<double> quantityOf(std::string_view text);

} // namespace bulkhead::claims
