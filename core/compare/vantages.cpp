#include "core/compare/brought_along.h"
#include "core/compare/causes.h"
#include "core/compare/compare.h"
#include "core/model/walk.h"

#include <algorithm>
#include <map>

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

bool isGap(const Value& value) {
    return std::holds_alternative<model::Unreadable>(value);
}

/// A reading that exists on one side only says nothing about what was asked, however it is ordered in a diff.
bool canContradict(const Change& change, const model::Snapshot& enforced) {
    const bool bothSay = !isGap(change.before) && !isGap(change.after);
    return bothSay && change.direction != Direction::unknown && !isAbsentHere(change, enforced);
}

using ByPath = std::map<std::string, Change>;

ByPath changesByPath(const model::Snapshot& from, const model::Snapshot& to) {
    ByPath out;
    for (Change& change : compareSnapshots({from, to})) {
        std::string path = change.path;
        out.emplace(std::move(path), std::move(change));
    }
    return out;
}

/// What was experienced at a path where declared and enforced differ: it differs from one of them, or says
/// nothing.
Value experiencedAt(const std::string& path, const ByPath& fromDeclared, const ByPath& fromEnforced) {
    for (const ByPath* changes : {&fromEnforced, &fromDeclared}) {
        if (const auto found = changes->find(path); found != changes->end()) {
            return found->second.after;
        }
    }
    return Absent{};
}

/// Where a look from inside found otherwise than the kernel says, and the declaration had nothing against
/// either.
void addExperienced(
    std::vector<Contradiction>& out, const ByPath& fromDeclared, const ByPath& fromEnforced,
    const model::Snapshot& enforced) {
    for (const auto& [path, change] : fromEnforced) {
        if (!canContradict(change, enforced) ||
            std::ranges::find(out, path, &Contradiction::path) != out.end()) {
            continue;
        }
        const auto asked = fromDeclared.find(path);
        out.push_back(
            {path, asked == fromDeclared.end() ? Value{Absent{}} : asked->second.before, change.before,
             change.after, change.direction, "a look from inside found otherwise than the kernel says"});
    }
}

} // namespace

std::vector<Contradiction> compareVantages(
    const model::Snapshot& declared, const model::Snapshot& enforced, const model::Snapshot* experienced) {
    const ByPath fromDeclared = experienced != nullptr ? changesByPath(declared, *experienced) : ByPath{};
    const ByPath fromEnforced = experienced != nullptr ? changesByPath(enforced, *experienced) : ByPath{};
    const BroughtAlong comesAlong(declared, enforced);
    std::vector<Contradiction> out;
    for (Change& change : compareSnapshots({declared, enforced})) {
        if (!canContradict(change, enforced) || comesAlong.has(change)) {
            continue;
        }
        std::string cause = likelyCause(change, declared, enforced);
        Value experiencedValue = experiencedAt(change.path, fromDeclared, fromEnforced);
        out.push_back(
            {std::move(change.path), std::move(change.before), std::move(change.after),
             std::move(experiencedValue), change.direction, std::move(cause)});
    }
    addExperienced(out, fromDeclared, fromEnforced, enforced);
    return out;
}

} // namespace bulkhead::compare
