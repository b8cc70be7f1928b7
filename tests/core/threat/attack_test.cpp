// Paths and cuts over judged snapshots: a catalogue of a few entries, and the snapshots that people wrote by
// hand.

#include "core/threat/attack.h"
#include "core/threat/paths.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace bulkhead::threat {

namespace {

using model::Truth;
using Names = std::vector<std::string>;

/// An entry of a catalogue in YAML.
std::string
entry(const std::string& id, const std::string& when, const std::string& needs, const std::string& gives) {
    return "  - id: " + id + "\n    title: " + id +
           "\n    kind: path\n    stage: namespaces-caps\n    when:\n" + when + "    needs: [" + needs +
           "]\n    gives: [" + gives +
           "]\n    authority: a test\n    severity: high\n    severity-reason: a test\n    stale-assumption: "
           "a test\n"
           "    on-call-signal: a test\n    controls: [{by: capabilities, measure: drop it}]\n";
}

Judge judgeOf(const std::string& entries) {
    auto weaknesses = catalog::parseWeaknesses("weaknesses:\n" + entries, "tried.yaml");
    EXPECT_TRUE(weaknesses) << weaknesses.error().message;
    auto judge = Judge::of({std::move(*weaknesses), {}});
    EXPECT_TRUE(judge) << judge.error().message;
    return *judge;
}

/// A module by one capability, any of two for the host's memory, and two steps to its network.
std::string someEntries() {
    return entry(
               "module", "      - capabilities.effective.CAP_SYS_MODULE\n", "code-in-container",
               "kernel-code") +
           entry(
               "either",
               "      - any: [capabilities.effective.CAP_SYS_ADMIN, capabilities.effective.CAP_SYS_PTRACE]\n",
               "code-in-container", "host-process-memory") +
           entry(
               "raise", "      - not: identity.noNewPrivileges\n", "code-in-container", "root-in-container") +
           entry("net", "      - capabilities.effective.CAP_NET_RAW\n", "root-in-container", "host-network");
}

Names idsOf(const std::vector<Path>& paths) {
    Names out;
    std::ranges::transform(paths, std::back_inserter(out), &Path::id);
    std::ranges::sort(out);
    return out;
}

Names changesOf(const Cut& cut) {
    Names out;
    for (const CutChange& one : cut.changes) {
        out.push_back(
            std::string(one.change.row->id) + (one.change.object.empty() ? "" : " ") + one.change.object);
    }
    return out;
}

TEST(AttackOn, PathsAreNamedByTheirWeaknessesAndKeepTheirFacts) {
    const Judge judge = judgeOf(someEntries());
    const Attack attack = attackOn(samples::privileged(), judge);
    EXPECT_EQ(idsOf(attack.paths), (Names{"either", "module", "raise > net"}));
    const auto net = std::ranges::find(attack.paths, "raise > net", &Path::id);
    ASSERT_EQ(net->steps.size(), 2U);
    EXPECT_EQ(attack.findings[net->steps[1]].weakness->id, "net");
    EXPECT_FALSE(attack.findings[net->steps[1]].facts.empty());
    EXPECT_EQ(net->certainty, Truth::yes);
}

TEST(AttackOn, ANearMissNamesWhatStopsIt) {
    const Judge judge = judgeOf(entry(
        "module", "      - capabilities.effective.CAP_CHOWN\n      - capabilities.effective.CAP_SYS_MODULE\n",
        "code-in-container", "kernel-code"));
    const Attack attack = attackOn(samples::dockerDefault(), judge);
    ASSERT_EQ(attack.blocked.size(), 1U);
    const Finding& barred = attack.findings[attack.blocked[0].barred];
    EXPECT_EQ(barred.weakness->id, "module");
    ASSERT_FALSE(barred.facts.empty());
    EXPECT_EQ(barred.facts[0].path, "capabilities.effective.CAP_SYS_MODULE");
    EXPECT_EQ(componentOf(barred.facts[0].path), "capabilities");
}

TEST(AttackOn, WhereNothingPointsAtAWeaknessThereIsNoNearMiss) {
    const Judge judge = judgeOf(entry(
        "module", "      - capabilities.effective.CAP_SYS_MODULE\n", "code-in-container", "kernel-code"));
    EXPECT_TRUE(attackOn(samples::dockerDefault(), judge).blocked.empty());
}

TEST(CutOf, AWeaknessWithTwoReasonsTakesBothAway) {
    const Judge judge = judgeOf(someEntries());
    const model::Snapshot subject = samples::privileged();
    const Attack attack = attackOn(subject, judge);
    const Cut cut = cutOf(subject, attack, judge, {nullptr, nullptr}, claims::ConfigForm::oci);
    EXPECT_TRUE(cut.proven);
    EXPECT_TRUE(cut.beyond.empty());
    // one user for another takes every effective capability at once: fewer changes than three dropped
    EXPECT_LE(cut.changes.size(), 2U);
    for (const CutChange& one : cut.changes) {
        EXPECT_FALSE(one.closes.empty());
    }
}

/// By trying every subset of the changes that bear on the entries.
TEST(CutOf, IsAsSmallAsTheBestOfAllSubsets) {
    const Judge judge = judgeOf(someEntries());
    const model::Snapshot subject = samples::privileged();
    const Attack attack = attackOn(subject, judge);
    std::vector<Change> bearing;
    for (const Change& change : changesFor(subject, {})) {
        const std::set<std::string> wanted{
            "CAP_SYS_MODULE", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_NET_RAW"};
        if (wanted.contains(change.object) || change.row->id == "no-new-privileges" ||
            change.row->id == "run-as-user") {
            bearing.push_back(change);
        }
    }
    ASSERT_EQ(bearing.size(), 6U);
    std::pair<std::size_t, int> best{99, 0};
    for (unsigned subset = 0; subset < 64; ++subset) {
        std::vector<Change> chosen;
        int loss = 0;
        for (std::size_t i = 0; i < bearing.size(); ++i) {
            if ((subset >> i & 1U) != 0) {
                chosen.push_back(bearing[i]);
                loss += bearing[i].row->loss(bearing[i].object);
            }
        }
        if (attackOn(hardened(subject, chosen, {}), judge).paths.empty()) {
            best = std::min(best, std::pair(chosen.size(), loss));
        }
    }
    const Cut cut = cutOf(subject, attack, judge, {});
    int loss = 0;
    for (const CutChange& one : cut.changes) {
        loss += one.change.row->loss(one.change.object);
    }
    EXPECT_EQ(std::pair(cut.changes.size(), loss), best) << testing::PrintToString(changesOf(cut));
}

TEST(CutOf, WhereThereIsNoPathNothingIsChanged) {
    const Judge judge = judgeOf(someEntries());
    model::Snapshot subject = samples::dockerDefault();
    const Attack attack{judge.judge(subject), {}, 0, true, {}};
    EXPECT_EQ(cutOf(subject, attack, judge, {}), Cut{});
}

/// The same condition as a path's entry, of kind hygiene: it gives nothing.
std::string hygieneEntry(const std::string& id, const std::string& when) {
    std::string text = entry(id, when, "", "");
    text.replace(text.find("kind: path"), 10, "kind: hygiene");
    const std::size_t needs = text.find("    needs: ");
    return text.erase(needs, text.find("    authority: ") - needs);
}

TEST(AttackOn, WhatASandboxStandsBeforeIsPossible) {
    const Judge judge =
        judgeOf(someEntries() + hygieneEntry("kept", "      - capabilities.effective.CAP_SYS_MODULE\n"));
    model::Snapshot subject = samples::privileged();
    const Names certain = idsOf(attackOn(subject, judge).paths);
    subject.subject.sandbox = {"gvisor", model::Evidence{}};
    const Attack attack = attackOn(subject, judge);
    EXPECT_EQ(idsOf(attack.paths), certain);
    ASSERT_FALSE(attack.paths.empty());
    for (const Path& path : attack.paths) {
        EXPECT_EQ(path.certainty, Truth::unknown) << path.id;
        const auto& gaps = attack.findings[path.steps.front()].deciding;
        EXPECT_NE(std::ranges::find(gaps, "subject.sandbox", &model::Gap::path), gaps.end()) << path.id;
    }
    const auto kept = std::ranges::find(
        attack.findings, "kept", [](const Finding& finding) { return finding.weakness->id; });
    ASSERT_NE(kept, attack.findings.end());
    EXPECT_EQ(kept->truth, Truth::yes) << "what was asked for is asked for";
    subject.subject.sandbox = {"none", model::Evidence{}};
    for (const Path& path : attackOn(subject, judge).paths) {
        EXPECT_EQ(path.certainty, Truth::yes) << path.id;
    }
}

TEST(ComparePaths, OpenedAndClosedBySubject) {
    const Judge judge = judgeOf(someEntries());
    const Attack usual = attackOn(samples::dockerDefault(), judge);
    const Attack open = attackOn(samples::privileged(), judge);
    EXPECT_EQ(idsOf(comparePaths(usual, open).opened), (Names{"either", "module"}));
    EXPECT_TRUE(comparePaths(usual, open).closed.empty());
    EXPECT_EQ(idsOf(comparePaths(open, usual).closed), (Names{"either", "module"}));
}

TEST(ComparePaths, WhatWasPossibleAndIsCertainCountsAsOpened) {
    const Judge judge = judgeOf(someEntries());
    model::Snapshot doubtful = samples::privileged();
    doubtful.capabilities.effective = model::Unreadable{"a test", ""};
    doubtful.capabilities.over.clear();
    const Attack before = attackOn(doubtful, judge);
    const Attack after = attackOn(samples::privileged(), judge);
    for (const Path& path : comparePaths(before, after).opened) {
        EXPECT_EQ(path.certainty, Truth::yes);
    }
    EXPECT_FALSE(comparePaths(before, after).opened.empty());
}

} // namespace

} // namespace bulkhead::threat
