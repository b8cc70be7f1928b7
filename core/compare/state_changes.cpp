#include "core/compare/comparer.h"

namespace bulkhead::compare {

using model::Exposure;
using model::LsmLabel;
using model::PathState;
using model::SeccompMode;

namespace {

/// Authority at a sensitive path: none (masked, absent), to read, to read and write.
int reachOf(const PathState& state) {
    if (state.state == Exposure::masked || state.state == Exposure::absent) {
        return 0;
    }
    return state.writable ? 2 : 1;
}

std::string describe(const PathState& state) {
    std::string text(model::nameOf(state.state));
    if (state.state == Exposure::exposed) {
        text += state.writable ? ", writable" : ", not writable";
    }
    return text;
}

std::string describe(const LsmLabel& label) {
    if (label.label.empty()) {
        return "none";
    }
    return label.mode.empty() ? label.label : label.label + " (" + label.mode + ")";
}

/// The policy of a label. Of an SELinux context (user:role:type:level) the level is left out: engines give
/// each container categories of its own.
std::string policyOf(const std::string& path, const LsmLabel& label) {
    if (!path.ends_with("selinux")) {
        return label.label;
    }
    std::size_t end = 0;
    for (int field = 0; field < 3 && end != std::string::npos; ++field) {
        end = label.label.find(':', end + (field == 0 ? 0 : 1));
    }
    return label.label.substr(0, end);
}

int strictnessOf(SeccompMode mode) {
    switch (mode) {
    case SeccompMode::disabled:
        return 0;
    case SeccompMode::filter:
        return 1;
    default:
        return 2;
    }
}

} // namespace

void compareValue(const Comparison& to, const std::string& path, const Sides<const PathState&>& states) {
    const int before = reachOf(states.baseline);
    const int after = reachOf(states.candidate);
    if (before == after) {
        return;
    }
    std::string reason = after > before ? "the kernel's own file is in reach" : "it is out of reach";
    if (after == 2) {
        reason = "its mount lets writes pass";
    } else if (before == 2 && after == 1) {
        reason = "its mount refuses writes";
    }
    to.add(
        path, describe(states.baseline), describe(states.candidate),
        after > before ? Direction::weaker : Direction::stronger, std::move(reason));
}

void compareValue(const Comparison& to, const std::string& path, const Sides<const LsmLabel&>& labels) {
    const LsmLabel& before = labels.baseline;
    const LsmLabel& after = labels.candidate;
    if (before.enforcing == after.enforcing && policyOf(path, before) == policyOf(path, after)) {
        return;
    }
    Direction direction = Direction::neutral;
    std::string reason = "neither is enforced";
    if (before.enforcing != after.enforcing) {
        direction = after.enforcing ? Direction::stronger : Direction::weaker;
        reason = after.enforcing ? "a policy is enforced" : "no policy is enforced any more";
    } else if (before.enforcing) {
        direction = Direction::incomparable;
        reason = "two different policies, each enforced";
    }
    to.add(path, describe(before), describe(after), direction, std::move(reason));
}

void compareValue(const Comparison& to, const std::string& path, const Sides<const SeccompMode&>& modes) {
    const int before = strictnessOf(modes.baseline);
    const int after = strictnessOf(modes.candidate);
    if (before == after) {
        return;
    }
    const bool looser = after < before;
    to.add(
        path, std::string(model::nameOf(modes.baseline)), std::string(model::nameOf(modes.candidate)),
        looser ? Direction::weaker : Direction::stronger,
        after == 0 ? "no system call is filtered"
        : looser   ? "more calls are left"
                   : "system calls are filtered");
}

} // namespace bulkhead::compare
