#include "core/kernel/authority.h"

namespace bulkhead::kernel {

using model::CapabilitySet;

std::optional<CapabilitySet>
worthOver(const Holder& holder, const std::vector<UserNamespace>& owners, bool chainIsWhole) {
    for (std::size_t i = 0; i < owners.size(); ++i) {
        if (owners[i].self != holder.userNamespace) {
            continue;
        }
        const bool created = i > 0 && owners[i - 1].ownerUid == holder.effectiveUid;
        return created ? holder.all : holder.effective;
    }
    // No ancestor of the owner is the task's own: it stands beside or below.
    return chainIsWhole ? std::optional(CapabilitySet()) : std::nullopt;
}

CapabilitySet obtainableBy(
    const ExecveConditions& conditions, CapabilitySet permitted, CapabilitySet bounding,
    CapabilitySet inheritable) {
    if (conditions.noNewPrivileges || (!conditions.isRoot && !conditions.honoursFiles)) {
        return permitted;
    }
    return CapabilitySet(permitted.mask() | bounding.mask() | inheritable.mask());
}

std::string wordsOf(const ExecveConditions& conditions) {
    if (conditions.noNewPrivileges) {
        return "CapPrm with NoNewPrivs 1";
    }
    if (conditions.isRoot) {
        return "CapPrm, CapBnd and CapInh with NoNewPrivs 0: any execve by root of the user namespace";
    }
    return conditions.honoursFiles
               ? "CapPrm, CapBnd and CapInh with NoNewPrivs 0: by a setuid-root program, assumed to exist"
               : "CapPrm: not root, and every mount is nosuid or noexec";
}

} // namespace bulkhead::kernel
