#include "core/claims/ordinary.h"
#include "core/model/walk.h"
#include "core/os/file.h"
#include "core/session/ground.h"
#include "core/session/policies.h"
#include "core/threat/attack.h"
#include "core/threat/narrowed.h"
#include "core/wire/snapshot_json.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace bulkhead;

/// Seconds of processor time: what others do on the machine meanwhile does not count.
double processorSeconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The recorded scenarios, both accounts of each.
base::Result<std::vector<model::Snapshot>> recordings() {
    std::vector<model::Snapshot> all;
    for (const char* name :
         {"default", "read-only", "rootless", "privileged", "hardened", "host-directory"}) {
        const std::string file = std::string("resources/recordings/") + name + ".json";
        const auto text = os::readFile(file);
        auto snapshots = text ? wire::parseSnapshots(*text, file) : std::unexpected(text.error());
        if (!snapshots) {
            return snapshots;
        }
        std::ranges::move(*snapshots, std::back_inserter(all));
    }
    return all;
}

/// Everything that is made once, and what it counts so that no work can be left out.
struct Work {
    std::shared_ptr<const threat::Judge> judge;
    std::vector<policy::PolicyJudge> policies;
    std::optional<threat::OrdinaryContainer> ordinary;
    std::vector<model::Snapshot> snapshots;
};

base::Result<std::unique_ptr<Work>> prepare() {
    auto work = std::make_unique<Work>();
    auto judge = session::sharedJudge();
    auto snapshots = recordings();
    if (!judge || !snapshots) {
        return std::unexpected(judge ? snapshots.error() : judge.error());
    }
    work->judge = *judge;
    work->snapshots = std::move(*snapshots);
    for (const char* name : {"cis-docker", "nist-800-190"}) {
        auto policy = session::findPolicy(name);
        auto compiled = policy ? policy::PolicyJudge::of(std::move(*policy), work->judge)
                               : base::Result<policy::PolicyJudge>(std::unexpected(policy.error()));
        if (!compiled) {
            return std::unexpected(compiled.error());
        }
        work->policies.push_back(std::move(*compiled));
    }
    const claims::Ground ground = session::readGround();
    work->ordinary.emplace(
        claims::ordinaryContainer("docker", ground), claims::ordinaryFilter("docker", ground), *work->judge);
    return work;
}

/// What one subject of each kind costs, and how much came of it.
struct Cost {
    double each = 0;  ///< microseconds
    double worst = 0; ///< of a hundred, the slowest
    std::size_t seen = 0;
};

Cost costOf(
    const std::vector<model::Snapshot>& snapshots, std::size_t count,
    const std::function<std::size_t(const model::Snapshot&)>& work) {
    Cost out;
    std::vector<double> each;
    each.reserve(count);
    const double start = processorSeconds();
    for (std::size_t i = 0; i < count; ++i) {
        const double one = processorSeconds();
        out.seen += work(snapshots[i % snapshots.size()]);
        each.push_back(processorSeconds() - one);
    }
    out.each = (processorSeconds() - start) * 1e6 / static_cast<double>(count);
    std::ranges::sort(each);
    out.worst = each[count * 99 / 100] * 1e6;
    return out;
}

/// The floor: every fact of a snapshot looked at once.
std::size_t factsIn(const model::Snapshot& snapshot) {
    std::size_t known = 0;
    auto count = [&known](const std::string& path, const auto& fact) {
        known += fact.known() && !path.empty() ? 1 : 0;
    };
    model::forEachFact("", snapshot, count);
    return known;
}

std::size_t decide(const Work& work, const model::Snapshot& snapshot) {
    const bool declared = snapshot.vantage == model::Vantage::declared;
    const policy::Accounts accounts{
        snapshot.subject.name, declared ? &snapshot : nullptr, declared ? nullptr : &snapshot, nullptr};
    std::size_t decisions = 0;
    for (const policy::PolicyJudge& one : work.policies) {
        decisions += one.decide(accounts).size();
    }
    return decisions;
}

std::size_t pathsAndCut(const Work& work, const model::Snapshot& snapshot) {
    const threat::Attack attack = threat::attackOn(snapshot, *work.judge, {false, 50});
    return attack.paths.size() +
           threat::cutOf(snapshot, attack, *work.judge, work.ordinary->get()).changes.size();
}

void print(const char* what, const Cost& cost, double floor) {
    std::printf(
        "%-36s %8.1f us  %6.2f of the floor, 99th of 100 %8.1f us\n", what, cost.each, cost.each / floor,
        cost.worst);
}

int measure(std::size_t count) {
    const double started = processorSeconds();
    const auto prepared = prepare();
    if (!prepared) {
        std::fprintf(stderr, "%s\n", prepared.error().message.c_str());
        return 1;
    }
    const Work& work = **prepared;
    std::printf(
        "weaknesses %zu, policies %zu; read and compiled in %.1f ms\n",
        work.judge->catalogue().weaknesses.size(), work.policies.size(),
        (processorSeconds() - started) * 1e3);
    const std::size_t some = std::max<std::size_t>(count / 10, 1); // for the parts
    const auto part = [&](auto ask) { return costOf(work.snapshots, some, ask); };
    const Cost floor = part(factsIn);
    print("floor: every fact looked at once", floor, floor.each);
    print(
        "every weakness, explained", part([&](const auto& one) { return work.judge->judge(one).size(); }),
        floor.each);
    print(
        "attack paths",
        part([&](const auto& one) { return threat::attackOn(one, *work.judge, {false, 50}).paths.size(); }),
        floor.each);
    print(
        "attack paths and near misses",
        part([&](const auto& one) { return threat::attackOn(one, *work.judge, {true, 50}).blocked.size(); }),
        floor.each);
    print(
        "attack paths and the cut", part([&](const auto& one) { return pathsAndCut(work, one); }),
        floor.each);
    print("two policies", part([&](const auto& one) { return decide(work, one); }), floor.each);
    const Cost all = costOf(work.snapshots, count, [&](const model::Snapshot& one) {
        return pathsAndCut(work, one) + decide(work, one);
    });
    print("paths, the cut and two policies", all, floor.each);
    std::printf(
        "snapshots judged    %zu; paths, changes and decisions %zu\na second            %.0f, aim 2000: %.2f "
        "of it\n",
        count, all.seen, 1e6 / all.each, 1e6 / all.each / 2000);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    std::size_t count = 10000;
    const std::string_view text = argc == 2 ? argv[1] : "";
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (argc > 2 ||
        (argc == 2 && (error != std::errc{} || rest != text.data() + text.size() || count == 0))) {
        std::fprintf(stderr, "usage: judge_bench [SNAPSHOTS]\n");
        return 2;
    }
    return measure(count);
}
