#pragma once

#include "core/claims/boundary.h"
#include "core/claims/node.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bulkhead::claims {

/// PersistentVolumes and claims to them among the objects of a file.
struct StoredVolumes {
    using Key = std::pair<std::string, std::string>; ///< namespace and name
    std::map<std::string, const Node*> volumes;      ///< by name; they have no namespace
    std::map<Key, const Node*> claims;
    std::map<Key, const Node*> bound; ///< volumes, by the claim that they say they are kept for
    /// Folders of the host that are kept for nobody, by storage class, the widest first.
    std::map<std::string, std::vector<const Node*>> free;
    std::string ownClass; ///< the class of claims that name none, where the file has it
};
[[nodiscard]] StoredVolumes storedVolumes(const std::vector<const Node*>& objects);

/// A claim that a Pod's volume stands for.
struct ClaimedVolume {
    std::string space;
    std::string name;
};

/// Claims that a StatefulSet makes of a template, one for each of its Pods.
struct ClaimTemplate {
    std::string space;
    std::string set;
    const Node* made = nullptr; ///< the template, a claim without its name
    std::size_t pods = 1;
};

/// Gives a mount the folder of the host that stands behind a claim, or a gap that names those that may.
void settleClaimed(
    const StoredVolumes& stored, const ClaimedVolume& claimed, AskedMount& mount,
    std::vector<std::string>& asked);

/// The same for the claims of a template, of which the widest folder stands for all; what others have is
/// among what is asked for.
void settleTemplate(
    const StoredVolumes& stored, const ClaimTemplate& claimed, AskedMount& mount,
    std::vector<std::string>& asked);

} // namespace bulkhead::claims
