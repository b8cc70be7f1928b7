#include "core/model/gaps.h"

#include "core/model/walk.h"

namespace bulkhead::model {

std::vector<Gap> gapsOf(const Snapshot& snapshot) {
    std::vector<Gap> gaps;
    auto visit = [&](const std::string& path, const auto& fact) {
        if (fact.unreadable()) {
            gaps.push_back({path, fact.gap()});
        }
    };
    forEachFact("", snapshot, visit);
    return gaps;
}

std::vector<std::pair<std::string, Evidence>> evidenceOf(const Snapshot& snapshot) {
    std::vector<std::pair<std::string, Evidence>> out;
    auto visit = [&](const std::string& path, const auto& fact) {
        if (fact.known()) {
            out.emplace_back(path, fact.evidence());
        }
    };
    forEachFact("", snapshot, visit);
    return out;
}

} // namespace bulkhead::model
