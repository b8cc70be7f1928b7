#include "core/watch/against.h"
#include "core/watch/departures.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <stdexcept>

namespace bulkhead::watch {
namespace {

using compare::Direction;
using model::Snapshot;

const threat::Judge& judge() {
    static const threat::Judge kJudge = [] {
        auto catalogue = catalog::readCatalogue("resources");
        auto made = catalogue ? threat::Judge::of(std::move(*catalogue)) : std::unexpected(catalogue.error());
        if (!made) {
            throw std::runtime_error(made.error().message);
        }
        return *made;
    }();
    return kJudge;
}

std::vector<Departure> departures(const Boundary& boundary, const Snapshot& now) {
    return departuresOf(boundary, now, offeredBy(now, judge()), judge());
}

Snapshot withSysAdmin() {
    Snapshot out = samples::dockerDefault();
    constexpr std::uint64_t kSysAdmin = 1U << 21U; // linux/capability.h
    const model::CapabilitySet set(out.capabilities.effective.value().mask() | kSysAdmin);
    out.capabilities.effective = {set, out.capabilities.effective.evidence()};
    return out;
}

const Departure& at(const std::vector<Departure>& all, const std::string& path) {
    const auto found = std::ranges::find(all, path, &Departure::path);
    if (found == all.end()) {
        throw std::runtime_error("no departure at " + path);
    }
    return *found;
}

TEST(Departures, NothingDepartsFromItself) {
    const Snapshot web = samples::dockerDefault();
    const Snapshot asked = samples::declared(web);
    Boundary boundary;
    boundary.recorded = &web;
    EXPECT_EQ(departures(boundary, web), std::vector<Departure>());
    boundary.declared = &asked;
    EXPECT_EQ(departures(boundary, web), std::vector<Departure>());
}

TEST(Departures, ACapabilityMoreThanDeclaredIsWeakerAndSaysWhereItWasRead) {
    const Snapshot asked = samples::declared(samples::dockerDefault());
    const Snapshot now = withSysAdmin();
    Boundary boundary;
    boundary.declared = &asked;
    const auto all = departures(boundary, now);
    const Departure& one = at(all, "capabilities.effective.CAP_SYS_ADMIN");
    EXPECT_EQ(one.direction, Direction::weaker);
    EXPECT_EQ(one.before, compare::Value(compare::Absent{}));
    EXPECT_EQ(one.boundary, "declared");
    EXPECT_FALSE(one.reason.empty());
    EXPECT_FALSE(one.action.empty());
    ASSERT_FALSE(one.facts.empty());
    EXPECT_EQ(one.facts.front().path, one.path);
    EXPECT_EQ(one.facts.front().source, "sample"); // where the sample says that it was read
}

TEST(Departures, WhatTheDeclarationDoesNotStateIsHeldAgainstTheFirstSight) {
    const Snapshot first = samples::dockerDefault();
    Snapshot asked = samples::declared(first);
    asked.capabilities.effective = {};
    const Snapshot now = withSysAdmin();
    Boundary boundary;
    boundary.declared = &asked;
    EXPECT_TRUE(departures(boundary, now).empty());
    boundary.recorded = &first;
    EXPECT_EQ(at(departures(boundary, now), "capabilities.effective.CAP_SYS_ADMIN").boundary, "first seen");
}

TEST(Departures, WhatWasNotAsDeclaredAtFirstEndsWhenItIs) {
    const Snapshot first = withSysAdmin();
    const Snapshot now = samples::dockerDefault();
    const Snapshot asked = samples::declared(now);
    Boundary boundary;
    boundary.declared = &asked;
    boundary.recorded = &first;
    EXPECT_EQ(at(departures(boundary, first), "capabilities.effective.CAP_SYS_ADMIN").boundary, "declared");
    EXPECT_EQ(departures(boundary, now), std::vector<Departure>()); // no "stronger than first seen"
}

TEST(Departures, LessIsStrongerAndNeedsNothing) {
    const Snapshot first = withSysAdmin();
    const Snapshot now = samples::dockerDefault();
    Boundary boundary;
    boundary.recorded = &first;
    const auto all = departures(boundary, now);
    const Departure& one = at(all, "capabilities.effective.CAP_SYS_ADMIN");
    EXPECT_EQ(one.direction, Direction::stronger);
    EXPECT_TRUE(one.opens.empty());
    EXPECT_TRUE(one.action.starts_with("nothing to close"));
}

TEST(Departures, AFactThatCannotBeReadAnyMoreIsUnknownNotFine) {
    const Snapshot first = samples::dockerDefault();
    Snapshot now = first;
    now.capabilities.effective = model::Unreadable{"status: EACCES", "CAP_SYS_PTRACE"};
    Boundary boundary;
    boundary.recorded = &first;
    const auto all = departures(boundary, now);
    const auto unknown = std::ranges::find(all, Direction::unknown, &Departure::direction);
    ASSERT_NE(unknown, all.end());
    EXPECT_EQ(unknown->path, "capabilities.effective");
    EXPECT_TRUE(unknown->action.contains("CAP_SYS_PTRACE")) << unknown->action;
}

TEST(Departures, APrivilegedContainerOpensPathsToTheHost) {
    const Snapshot first = samples::dockerDefault();
    const Snapshot now = samples::privileged();
    Boundary boundary;
    boundary.recorded = &first;
    const auto all = departures(boundary, now);
    std::size_t opened = 0;
    for (const Departure& one : all) {
        opened += one.opens.size();
        EXPECT_NE(one.direction, Direction::neutral);
        if (!one.opens.empty()) {
            EXPECT_FALSE(one.facts.empty()) << one.path;
            EXPECT_FALSE(one.action.empty()) << one.path;
        }
    }
    EXPECT_GT(opened, 0U);
    // the other way round every one of them closes
    boundary.recorded = &now;
    for (const Departure& one : departures(boundary, first)) {
        EXPECT_NE(one.direction, Direction::weaker) << one.path;
        EXPECT_TRUE(one.opens.empty()) << one.path;
    }
}

/// Knobs of the host are no change of the container; a path that one of them opens is told all the same.
TEST(Departures, APathThatOpensWithoutAWeakerFactIsADepartureOfItsOwn) {
    const auto modulesAre = [](const char* disabled) {
        Snapshot out = samples::privileged();
        out.host.knobs["kernel.modules_disabled"] = {std::string(disabled), {}};
        out.host.lockdown = {std::string("none"), {}};
        return out;
    };
    const Snapshot first = modulesAre("1");
    const Snapshot now = modulesAre("0");
    Boundary boundary;
    boundary.recorded = &first;
    const auto all = departures(boundary, now);
    ASSERT_FALSE(all.empty());
    const threat::Attack offered = offeredBy(first, judge());
    for (const Departure& one : all) {
        ASSERT_TRUE(one.path.starts_with("paths.")) << one.path;
        EXPECT_EQ(one.path, "paths." + one.opens.at(0).id);
        EXPECT_TRUE(std::ranges::none_of(offered.paths, [&](const threat::Path& path) {
            return path.id == one.opens[0].id && path.certainty == one.opens[0].certainty;
        })) << one.path;
        EXPECT_NE(one.before, one.after);
        EXPECT_EQ(one.boundary, "first seen");
        EXPECT_FALSE(one.action.empty());
        EXPECT_TRUE(std::ranges::any_of(one.facts, [](const DepartureFact& fact) {
            return fact.path == "host.knobs[\"kernel.modules_disabled\"]" && fact.value == "0";
        })) << one.path;
    }
    boundary.recorded = &now;
    EXPECT_EQ(departures(boundary, first), std::vector<Departure>()) << "a path that closes is none";
}

/// What entered later is ended, what the container was given is changed in the words of its engine.
TEST(Departures, TheActionIsInTheSubjectsOwnWords) {
    const Snapshot first = samples::dockerDefault();
    Snapshot now = withSysAdmin();
    now.subject.engine.name = "docker";
    Boundary boundary;
    boundary.recorded = &first;
    const std::string path = "capabilities.effective.CAP_SYS_ADMIN";
    EXPECT_EQ(at(departures(boundary, now), path).action, "recreate it with --cap-drop SYS_ADMIN");
    now.group.kind = "compose";
    EXPECT_EQ(at(departures(boundary, now), path).action, "recreate it with cap_drop: [SYS_ADMIN]");
    model::TaskClass session;
    session.pids = {4711, 4712};
    session.session = "exec";
    now.tasks = {std::vector{session}, {}};
    EXPECT_TRUE(
        at(departures(boundary, now), path).action.starts_with("end process 4711, 4712, which entered"));
}

TEST(Departures, DecisionsThatDoNotAllow) {
    policy::Decision allowed;
    allowed.verdict = policy::Verdict::allow;
    policy::Decision denied;
    denied.verdict = policy::Verdict::deny;
    denied.policy = "web";
    denied.rule.id = "not-root";
    denied.rule.title = "Runs as a user";
    denied.rule.help = "Set a user.";
    denied.reason = "identity.uid is 0";
    denied.inputs = {{"identity.uid", "0", {model::EvidenceKind::observed, "/proc/7/status Uid", "", 0}}};
    policy::Decision unknown = denied;
    unknown.verdict = policy::Verdict::unknown;
    unknown.rule.id = "seccomp";
    Snapshot now = samples::dockerDefault();
    now.subject.engine.name = ""; // the rule's own advice, where nobody knows how it is configured
    const auto all = departuresOf({allowed, denied, unknown}, threat::Attack(), now);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].path, "not-root");
    EXPECT_EQ(all[0].direction, Direction::weaker);
    EXPECT_EQ(all[0].reason, "Runs as a user: identity.uid is 0");
    EXPECT_EQ(all[0].action, "Set a user.");
    EXPECT_EQ(all[0].facts, (std::vector<DepartureFact>{{"identity.uid", "0", "/proc/7/status Uid"}}));
    EXPECT_EQ(all[1].direction, Direction::unknown);
    denied.inputs = {{"capabilities.over.user.CAP_SYS_ADMIN", "true", {}}};
    Snapshot weak = withSysAdmin();
    weak.subject.engine.name = "podman";
    EXPECT_EQ(
        departuresOf({denied}, threat::Attack(), weak).at(0).action, "recreate it with --cap-drop SYS_ADMIN");
}

TEST(Against, ASpecificationIsToldFromAKubernetesObject) {
    EXPECT_TRUE(looksLikeSpecification("title: x\nspec: docker:web\nrules: []\n"));
    EXPECT_FALSE(looksLikeSpecification("apiVersion: v1\nkind: Pod\nspec:\n  hostPID: true\n"));
    EXPECT_FALSE(looksLikeSpecification("kind: Pod\nspec: {hostPID: true}\n"));
    EXPECT_FALSE(looksLikeSpecification("template:\n  spec: x\n"));
    EXPECT_FALSE(looksLikeSpecification(""));
}

TEST(Against, OneStandsForAllOfSeveralTheOneOfTheName) {
    const auto four = samples::four();
    model::Subject who;
    who.name = four[1].name;
    Against several{"machine.json", {}, four};
    ASSERT_NE(several.of(who), nullptr);
    EXPECT_EQ(several.of(who)->name, four[1].name);
    who.name = "another";
    EXPECT_EQ(several.of(who), nullptr);
    Against one{"web.json", {}, {four[0]}};
    EXPECT_NE(one.of(who), nullptr);
}

} // namespace
} // namespace bulkhead::watch
