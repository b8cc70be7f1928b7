#include "tests/bench/paths.h"

#include "core/claims/ordinary.h"
#include "core/os/file.h"
#include "core/threat/attack.h"
#include "core/threat/narrowed.h"
#include "core/threat/paths.h"
#include "core/wire/snapshot_json.h"

#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace bulkhead::bench {

namespace {

/// The enforced accounts of all recordings.
std::vector<model::Snapshot> recordings() {
    std::vector<model::Snapshot> out;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("resources/recordings", error)) {
        const auto text = os::readFile(entry.path());
        auto snapshots = text ? wire::parseSnapshots(*text, entry.path().string())
                              : base::Result<std::vector<model::Snapshot>>(std::unexpected(text.error()));
        for (model::Snapshot& snapshot : snapshots ? *snapshots : std::vector<model::Snapshot>()) {
            if (snapshot.vantage == model::Vantage::enforced) {
                out.push_back(std::move(snapshot));
            }
        }
    }
    return out;
}

/// A hundred weaknesses, each needing one or two authorities and giving one, at twenty objects each.
std::vector<threat::Edge> parallelEdges() {
    std::mt19937 random(7);
    const auto rows = threat::authorityRows();
    std::vector<threat::Edge> out;
    for (int weakness = 0; weakness < 100; ++weakness) {
        threat::Edge edge;
        edge.needs = {rows[random() % 4].authority};
        edge.gives = {rows[random() % rows.size()].authority};
        edge.sure = random() % 2 == 0 ? model::Truth::yes : model::Truth::unknown;
        for (int object = 0; object < 20; ++object) {
            edge.id = std::to_string(weakness) + "@" + std::to_string(object);
            out.push_back(edge);
        }
    }
    return out;
}

std::vector<threat::Edge> denseEdges() {
    std::vector<threat::Edge> out;
    for (const threat::AuthorityRow& from : threat::authorityRows()) {
        for (const threat::AuthorityRow& to : threat::authorityRows()) {
            if (from.authority != to.authority) {
                out.push_back({std::to_string(out.size()), {from.authority}, {to.authority}});
            }
        }
    }
    return out;
}

} // namespace

SearchCost measureSearch(const std::function<double(const std::function<void()>& work)>& median) {
    const std::vector<threat::Edge> parallel = parallelEdges();
    const std::vector<threat::Edge> dense = denseEdges();
    std::size_t seen = 0; // so that nothing is left out
    SearchCost out;
    out.parallel = median([&] { seen += threat::findRoutes(parallel).routes.size(); });
    out.dense = median([&] { seen += threat::findRoutes(dense).routes.size(); });
    return seen > 0 ? out : SearchCost{};
}

PathsCost measurePaths(const std::function<double(const std::function<void()>& work)>& median) {
    PathsCost out;
    auto catalogue = catalog::readCatalogue("resources");
    const std::vector<model::Snapshot> subjects = recordings();
    auto judge = catalogue ? threat::Judge::of(std::move(*catalogue))
                           : base::Result<threat::Judge>(std::unexpected(catalogue.error()));
    if (!judge || subjects.empty()) {
        return out;
    }
    const threat::OrdinaryContainer usual(claims::ordinaryContainer("docker", {}), nullptr, *judge);
    const threat::Ordinary ordinary = usual.get();
    const auto count = static_cast<double>(subjects.size());
    std::size_t seen = 0; // so that nothing is left out
    const auto each = [&](const std::function<void(const model::Snapshot&)>& work) {
        return median([&] {
                   for (const model::Snapshot& subject : subjects) {
                       work(subject);
                   }
               }) /
               count;
    };
    out.judge = each([&](const model::Snapshot& subject) { seen += judge->judge(subject).size(); });
    out.paths = each([&](const model::Snapshot& subject) {
        seen += threat::attackOn(subject, *judge, {false, 50}).paths.size();
    });
    out.blocked = each([&](const model::Snapshot& subject) {
        seen += threat::attackOn(subject, *judge, {true, 50}).blocked.size();
    });
    out.cut = each([&](const model::Snapshot& subject) {
        const threat::Attack attack = threat::attackOn(subject, *judge, {false, 50});
        seen += threat::cutOf(subject, attack, *judge, ordinary).changes.size();
    });
    return seen > 0 ? out : PathsCost{};
}

} // namespace bulkhead::bench
