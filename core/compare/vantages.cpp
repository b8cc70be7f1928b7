#include "core/compare/compare.h"
#include "core/model/walk.h"

#include <algorithm>

namespace bulkhead::compare {

namespace {

/// A path that this kernel lacks cannot be protected, nor need be.
bool isAbsentHere(const Change& change, const model::Snapshot& enforced) {
    return std::ranges::any_of(enforced.paths.states, [&](const auto& entry) {
        const model::PathState* state = entry.second.get();
        return state != nullptr && state->state == model::Exposure::absent &&
               change.path == model::pathToKey("paths", entry.first);
    });
}

/// A reading that exists on one side only says nothing about what was asked.
bool canContradict(const Change& change, const model::Snapshot& enforced) {
    return change.direction != Direction::unknown && !isAbsentHere(change, enforced);
}

std::string causeOf(const Change& change, const model::Snapshot& enforced) {
    if (change.path.starts_with("capabilities.") && change.direction == Direction::stronger) {
        return "the launcher does not hold the capability itself, so it could not give it";
    }
    if (change.path.starts_with("cgroup.") && change.direction == Direction::weaker &&
        enforced.subject.engine.rootless) {
        return "an unprivileged launch may not set cgroup rules";
    }
    return "";
}

} // namespace

std::vector<Contradiction> compareVantages(const model::Snapshot& declared, const model::Snapshot& enforced) {
    std::vector<Contradiction> out;
    for (Change& change : compareSnapshots({declared, enforced})) {
        if (!canContradict(change, enforced)) {
            continue;
        }
        std::string cause = causeOf(change, enforced);
        out.push_back(
            {std::move(change.path), std::move(change.before), std::move(change.after), Absent{},
             change.direction, std::move(cause)});
    }
    return out;
}

} // namespace bulkhead::compare
