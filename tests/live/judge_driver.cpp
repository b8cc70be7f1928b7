#include "core/os/file.h"
#include "core/session/load_judge.h"
#include "core/wire/snapshot_json.h"

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

namespace {

using namespace bulkhead;

nlohmann::json jsonOf(const threat::Finding& finding) {
    nlohmann::json facts = nlohmann::json::array();
    for (const threat::FactUsed& fact : finding.facts) {
        facts.push_back({{"path", fact.path}, {"value", fact.value}, {"truth", model::nameOf(fact.truth)}});
    }
    nlohmann::json deciding = nlohmann::json::array();
    for (const model::Gap& gap : finding.deciding) {
        deciding.push_back({{"path", gap.path}, {"reason", gap.why.reason}, {"needs", gap.why.needs}});
    }
    return {
        {"weakness", finding.weakness->id},
        {"kind", model::nameOf(finding.weakness->kind)},
        {"truth", model::nameOf(finding.truth)},
        {"undecidable", finding.undecidable},
        {"object", finding.object},
        {"facts", facts},
        {"deciding", deciding}};
}

} // namespace

/// Every finding about the snapshots of a file: `judge_driver FILE` writes one list a snapshot.
int main(int argc, char** argv) {
    const auto judge = session::loadJudge();
    const auto text =
        argc == 2 ? os::readFile(argv[1]) : base::fail(base::ErrorKind::notFound, "usage: judge_driver FILE");
    const auto snapshots = text ? wire::parseSnapshots(*text, argv[1]) : std::unexpected(text.error());
    if (!judge || !snapshots) {
        std::cerr << (judge ? snapshots.error().message : judge.error().message) << '\n';
        return 1;
    }
    nlohmann::json all = nlohmann::json::array();
    for (const model::Snapshot& snapshot : *snapshots) {
        nlohmann::json findings = nlohmann::json::array();
        for (const threat::Finding& finding : judge->judge(snapshot)) {
            findings.push_back(jsonOf(finding));
        }
        all.push_back(findings);
    }
    std::cout << all.dump(1) << '\n';
    return 0;
}
