#include "core/watch/offered.h"

#include <algorithm>

namespace bulkhead::watch {

using model::Truth;

threat::Attack offeredBy(const model::Snapshot& snapshot, const threat::Judge& judge) {
    constexpr std::size_t kMostPaths = 100;
    return threat::attackOn(snapshot, judge, {false, kMostPaths});
}

Truth certaintyOf(const threat::Attack& offered, const std::string& pathId) {
    const auto found = std::ranges::find(offered.paths, pathId, &threat::Path::id);
    return found == offered.paths.end() ? Truth::no : found->certainty;
}

Truth truthOf(const threat::Attack& offered, const threat::Finding& finding) {
    Truth best = Truth::no;
    for (const threat::Finding& one : offered.findings) {
        if (one.weakness == finding.weakness && one.object == finding.object) {
            best = std::max(best, one.truth);
        }
    }
    return best;
}

} // namespace bulkhead::watch
