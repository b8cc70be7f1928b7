#include "core/compare/comparer.h"

namespace bulkhead::compare {

using model::IdMap;

namespace {

struct Judgement {
    Direction direction;
    std::string reason;
};

Judgement judge(const IdMap& before, const IdMap& after) {
    if (before.coversHostRoot() != after.coversHostRoot()) {
        return after.coversHostRoot() ? Judgement{Direction::weaker, "the host's id 0 is within the map"}
                                      : Judgement{Direction::stronger, "the host's id 0 is outside the map"};
    }
    const bool fewer = after.reachesNoMoreThan(before);
    const bool more = before.reachesNoMoreThan(after);
    if (fewer != more) {
        return fewer ? Judgement{Direction::stronger, "it reaches fewer host ids"}
                     : Judgement{Direction::weaker, "it reaches more host ids"};
    }
    if (fewer || before.size() == after.size()) {
        return {Direction::neutral, "other host ids, as many of them"};
    }
    return {Direction::incomparable, "each reaches host ids that the other does not"};
}

} // namespace

void compareValue(const Comparison& to, const std::string& path, const Sides<const IdMap&>& maps) {
    if (maps.baseline == maps.candidate) {
        return;
    }
    Judgement judged = judge(maps.baseline, maps.candidate);
    to.add(path, maps.baseline.toText(), maps.candidate.toText(), judged.direction, std::move(judged.reason));
}

} // namespace bulkhead::compare
