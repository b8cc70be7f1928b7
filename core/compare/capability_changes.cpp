#include "core/compare/comparer.h"

namespace bulkhead::compare {

using model::Capability;
using model::CapabilitySet;
using model::Snapshot;

namespace {

/// What holding a capability is worth (capabilities(7), user_namespaces(7)): nothing, something over the
/// container's own namespaces, or something over the host's.
enum class Worth { none, ownNamespace, host };

Worth worthOf(const CapabilitySet& set, Capability capability, bool overHost) {
    if (!set.has(capability)) {
        return Worth::none;
    }
    return overHost ? Worth::host : Worth::ownNamespace;
}

Value textOf(Worth worth) {
    switch (worth) {
    case Worth::none:
        return Absent{};
    case Worth::ownNamespace:
        return std::string("in its own user namespace");
    default:
        return std::string("over the host");
    }
}

struct Step {
    Direction direction;
    std::string reason;
};

/// From one worth to another. `ownerMoved`: candidate's set counts over the host and the baseline's did not,
/// so that what was lost by the way was worth less than anything that came.
Step stepOf(Worth before, Worth after, bool movedToHost) {
    if (after == Worth::none) {
        if (movedToHost) {
            return {Direction::neutral, "dropped, but it never counted on the host, where others count now"};
        }
        return {Direction::stronger, "the capability is dropped"};
    }
    if (before == Worth::none) {
        return after == Worth::host
                   ? Step{Direction::weaker, "a capability over the host is added"}
                   : Step{Direction::weaker, "a capability over its own user namespace is added"};
    }
    return after == Worth::host
               ? Step{Direction::weaker, "it counts against the host, no user namespace stands between"}
               : Step{Direction::stronger, "it counts in a child user namespace only, not against the host"};
}

const model::Fact<bool>& ownerFact(const Snapshot& snapshot) {
    return snapshot.identity.userNamespaceIsHost;
}

} // namespace

void compareValue(const Comparison& to, const std::string& path, const Sides<const CapabilitySet&>& sets) {
    const auto& before = ownerFact(to.snapshots.baseline);
    const auto& after = ownerFact(to.snapshots.candidate);
    const bool ownersKnown = before.known() && after.known();
    if (!ownersKnown && sets.baseline == sets.candidate) {
        return; // the unknown owner is a change of its own
    }
    const bool beforeHost = before.valueOr(true);
    const bool afterHost = after.valueOr(true);
    // Added to a set that counts nowhere new: a child namespace never outweighs the host's.
    const bool movedToChild = beforeHost && !afterHost && !sets.baseline.empty();
    const bool movedToHost = !beforeHost && afterHost && !sets.candidate.empty();
    for (const Capability capability :
         CapabilitySet(sets.baseline.mask() | sets.candidate.mask()).members()) {
        const Worth from = worthOf(sets.baseline, capability, beforeHost);
        const Worth into = worthOf(sets.candidate, capability, afterHost);
        if (from == into) {
            continue;
        }
        Step step = stepOf(from, into, movedToHost);
        if (from == Worth::none && movedToChild) {
            step = {
                Direction::neutral, "added in a child user namespace, where none counts against the host"};
        }
        if (!ownersKnown) {
            const Value held = std::string("held, its worth not known");
            to.add(
                path + "." + model::capabilityName(capability), from == Worth::none ? Value(Absent{}) : held,
                into == Worth::none ? Value(Absent{}) : held, Direction::unknown,
                "the user namespace that decides its worth could not be read");
            continue;
        }
        to.add(
            path + "." + model::capabilityName(capability), textOf(from), textOf(into), step.direction,
            std::move(step.reason));
    }
}

} // namespace bulkhead::compare
