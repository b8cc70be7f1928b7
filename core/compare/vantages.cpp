#include "core/compare/compare.h"

namespace bulkhead::compare {

namespace {

/// What a declaration leaves to the kernel and the runtime: readings that exist on one side only.
bool canContradict(const Change& change) {
    return change.direction != Direction::unknown;
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
        if (!canContradict(change)) {
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
