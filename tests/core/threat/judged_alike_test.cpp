#include "core/claims/ordinary.h"
#include "core/threat/attack.h"
#include "core/threat/changed_boundary.h"
#include "core/threat/narrowed.h"
#include "tests/core/threat/subjects.h"
#include "tests/rounds.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

// What is fast shares answers, copies less and explains late. It must say the same as what does none of it.

namespace bulkhead::threat {
namespace {

using model::Snapshot;
using model::Truth;

const catalog::Catalogue& shippedCatalogue() {
    static const catalog::Catalogue kCatalogue = [] {
        auto read = catalog::readCatalogue("resources");
        return read ? *read : throw std::runtime_error(read.error().message);
    }();
    return kCatalogue;
}

Judge judgeOf(catalog::Catalogue catalogue) {
    auto judge = Judge::of(std::move(catalogue));
    return judge ? *judge : throw std::runtime_error(judge.error().message);
}

const Judge& shipped() {
    static const Judge kJudge = judgeOf(shippedCatalogue());
    return kJudge;
}

/// One judge for each entry, which knows no other: nothing is shared between two.
const std::vector<Judge>& alone() {
    static const std::vector<Judge> kJudges = [] {
        std::vector<Judge> out;
        for (const catalog::Weakness& one : shippedCatalogue().weaknesses) {
            catalog::Catalogue single = shippedCatalogue();
            single.weaknesses = {one};
            out.push_back(judgeOf(std::move(single)));
        }
        return out;
    }();
    return kJudges;
}

/// Recordings, samples, and for each entry a subject in which it holds.
const std::vector<Snapshot>& subjects() {
    static const std::vector<Snapshot> kSubjects = [] {
        std::vector<Snapshot> out;
        for (const char* name :
             {"default", "hardened", "host-directory", "privileged", "read-only", "rootless"}) {
            out.push_back(recorded(name));
            out.push_back(recorded(name, model::Vantage::declared));
        }
        for (const Snapshot& sample : {samples::dockerDefault(), samples::privileged()}) {
            out.push_back(sample);
            out.push_back(samples::declared(sample));
        }
        const Snapshot base = out.front();
        for (const auto part :
             {triedOfImages(), triedOfConfigurations(), triedOfNamespaces(), triedOfKernels(),
              triedOfResources()}) {
            for (const Tried& one : part) {
                one.holds(out.emplace_back(base));
            }
        }
        return out;
    }();
    return kSubjects;
}

/// Each facet of one of two subjects, or of none: things that no engine makes, and that may be met.
Snapshot mixed(std::mt19937& random) {
    const auto any = [&] { return subjects()[random() % subjects().size()]; };
    const Snapshot one = any();
    const Snapshot other = any();
    Snapshot out;
    model::forEachRow<Snapshot>([&](const auto& row) {
        const auto choice = random() % 8;
        if (choice > 0) {
            out.*(row.member) = (choice > 3 ? one : other).*(row.member);
        }
    });
    return out;
}

bool alike(const Finding& left, const Finding& right) {
    return left.weakness->id == right.weakness->id && left.truth == right.truth &&
           left.object == right.object && left.facts == right.facts && left.deciding == right.deciding &&
           left.undecidable == right.undecidable && left.partsHeld == right.partsHeld;
}

/// By judges that share nothing, everything explained.
std::vector<Finding> judgedAlone(const Snapshot& snapshot) {
    std::vector<Finding> out;
    for (const Judge& one : alone()) {
        std::ranges::move(one.judge(snapshot), std::back_inserter(out));
    }
    return out;
}

void expectAlike(const Snapshot& snapshot, std::size_t number) {
    const std::vector<Finding> expected = judgedAlone(snapshot);
    const std::vector<Finding> found = shipped().judge(snapshot);
    ASSERT_EQ(found.size(), expected.size()) << number;
    for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_TRUE(alike(found[i], expected[i])) << number << ": " << found[i].weakness->id;
    }
    const Attack attack = attackOn(snapshot, shipped());
    ASSERT_EQ(attack.findings.size(), expected.size()) << number;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const Finding& one = attack.findings[i];
        EXPECT_EQ(one.truth, expected[i].truth);
        EXPECT_TRUE(one.truth == Truth::no || alike(one, expected[i])) << number << ": " << one.weakness->id;
    }
    for (const BlockedPath& blocked : attack.blocked) {
        EXPECT_TRUE(alike(attack.findings[blocked.barred], expected[blocked.barred])) << number;
    }
}

TEST(JudgedAlike, SharedAnswersAreThoseOfEachEntryAlone) {
    for (std::size_t i = 0; i < subjects().size(); ++i) {
        expectAlike(subjects()[i], i);
    }
}

TEST(JudgedAlike, InMixedSubjectsToo) {
    std::mt19937 random(20);
    for (std::size_t round = 0; round < bulkhead::test::rounds(300); ++round) {
        expectAlike(mixed(random), round);
    }
}

std::vector<std::string> named(const std::vector<Edge>& edges) {
    std::vector<std::string> out;
    for (const Edge& edge : edges) {
        out.push_back(edge.id + " " + std::string(model::nameOf(edge.sure)));
    }
    return out;
}

/// What holds or may after some changes: by a whole copy, every entry judged and explained.
std::vector<Edge> leftAfter(
    const Snapshot& snapshot, const std::vector<Change>& changes, const std::vector<std::size_t>& chosen,
    const Ordinary& ordinary) {
    std::vector<Change> made;
    for (const std::size_t change : chosen) {
        made.push_back(changes[change]);
    }
    std::vector<Edge> edges = edgesOf(judgedAlone(hardened(snapshot, made, ordinary)));
    std::erase_if(edges, [](const Edge& edge) { return edge.sure == Truth::no; });
    return edges;
}

/// A filter like the engines' own: it leaves some calls to those who may do more.
const seccomp::Profile& someProfile() {
    static const seccomp::Profile kProfile{
        {},
        {},
        {},
        {{{"read", "clone3"}, {model::SeccompAction::allow, {}}, {}, {}, {}},
         {{"mount", "bpf", "setns"},
          {model::SeccompAction::allow, {}},
          {},
          {model::CapabilitySet(1ULL << 21U), {}, {}},
          {}},
         {{"init_module", "finit_module"},
          {model::SeccompAction::allow, {}},
          {},
          {model::CapabilitySet(1ULL << 16U), {}, {}},
          {}}},
        {}};
    return kProfile;
}

TEST(JudgedAlike, AChangedBoundaryIsAWholeCopyChangedAndJudged) {
    std::mt19937 random(21);
    const Snapshot usual = recorded("default", model::Vantage::declared);
    const Ordinary whole{&usual, &someProfile()};
    const OrdinaryContainer kept(usual, &someProfile(), shipped());
    const Ordinary ordinary = kept.get();
    std::size_t open = 0;
    std::size_t sets = 0;
    std::size_t asExpected = 0;
    for (std::size_t round = 0; round < bulkhead::test::rounds(200); ++round) {
        const Snapshot subject =
            round < 12 || round % 3 == 0 ? subjects()[round % subjects().size()] : mixed(random);
        const Attack attack = attackOn(subject, shipped(), {false, 50});
        ChangedBoundary boundary(subject, attack, shipped(), ordinary, std::nullopt);
        ASSERT_EQ(boundary.changes().size(), changesFor(subject, whole).size());
        const bool everything = round % 2 == 0;
        if (everything) {
            boundary.askEverything();
        }
        for (int set = 0; set < 4; ++set) {
            std::vector<std::size_t> chosen;
            const std::size_t often = 1 + random() % 9;
            for (std::size_t change = 0; change < boundary.changes().size(); ++change) {
                if (random() % 10 < often) {
                    chosen.push_back(change);
                }
            }
            const auto expected = leftAfter(subject, boundary.changes(), chosen, whole);
            const std::vector<Edge> found = boundary.edgesAfter(chosen);
            EXPECT_EQ(boundary.isWhole(chosen), found == expected);
            if (everything) {
                EXPECT_EQ(named(found), named(expected)) << "round " << round;
            }
            asExpected += found == expected ? 1 : 0;
            ++sets;
            open += expected.empty() ? 0 : 1;
        }
    }
    EXPECT_GT(open, bulkhead::test::seenIn(100)); // there is something to judge
    EXPECT_GT(asExpected * 100, sets * 98);       // asking everything is the exception
}

/// What every entry says of the subject with the cut made: by no means that the cut was searched with.
void expectCutToHold(const Snapshot& subject, const Ordinary& ordinary) {
    const Cut cut = cutOf(subject, attackOn(subject, shipped(), {false, 50}), shipped(), ordinary);
    std::vector<Change> made;
    for (const CutChange& one : cut.changes) {
        made.push_back(one.change);
    }
    const std::vector<Edge> edges = edgesOf(judgedAlone(hardened(subject, made, ordinary)));
    for (const Route& route : findRoutes(edges).routes) {
        const std::string id = routeId(route, edges);
        EXPECT_TRUE(std::ranges::find(cut.beyond, id) != cut.beyond.end())
            << subject.subject.name << ": " << id;
    }
}

TEST(JudgedAlike, ACutHoldsForWhoeverAsksEverything) {
    std::mt19937 random(22);
    const Snapshot usual = recorded("default", model::Vantage::declared);
    const OrdinaryContainer kept(usual, &someProfile(), shipped());
    for (std::size_t round = 0; round < bulkhead::test::rounds(150); ++round) {
        expectCutToHold(
            round % 2 == 0 ? subjects()[round / 2 % subjects().size()] : mixed(random), kept.get());
    }
}

TEST(JudgedAlike, ADeviceThatMayNoMoreBeWrittenIsNotLeftToBeRead) {
    Snapshot subject = recorded("default");
    addDevice(subject, "/dev/sda", true, 8, 0, model::DeviceClass::disk);
    subject.devices = model::Fact<std::vector<model::Device>>(
        [&] {
            auto devices = subject.devices.value();
            devices.back().mode = 0664; // whoever is not root reads it still
            return devices;
        }(),
        subject.devices.evidence());
    setPolicy(subject, {"b 8:0 rwm"});
    const OrdinaryContainer kept(recorded("default", model::Vantage::declared), nullptr, shipped());
    expectCutToHold(subject, kept.get());
}

TEST(JudgedAlike, WhatChangesTouchIsRestored) {
    const Snapshot usual = recorded("default", model::Vantage::declared);
    const Ordinary ordinary{&usual, &someProfile()};
    for (const Snapshot& subject : subjects()) {
        const auto changes = changesFor(subject, ordinary);
        Snapshot changed = hardened(subject, changes, ordinary);
        restoreChanged(changed, subject);
        EXPECT_EQ(changed, subject);
        for (const Change& change : changes) {
            harden(changed, std::span(&change, 1), ordinary);
            restoreChanged(changed, subject);
            ASSERT_EQ(changed, subject) << titleOf(change);
        }
    }
}

TEST(JudgedAlike, ANarrowedSnapshotKeepsWhatIsAsked) {
    ASSERT_TRUE(shipped().callsAsked());
    EXPECT_TRUE(shipped().callsAsked()->contains("clone3"));
    for (const Snapshot& subject : {recorded("default"), recorded("privileged"), samples::rootless()}) {
        const Snapshot less = narrowed(subject, shipped());
        Snapshot restored = less;
        restored.seccomp.verdicts = subject.seccomp.verdicts;
        EXPECT_EQ(restored, subject); // nothing but calls is left out
        const auto expected = shipped().judge(subject);
        const auto found = shipped().judge(less);
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            EXPECT_TRUE(alike(found[i], expected[i])) << found[i].weakness->id;
        }
    }
    EXPECT_LT(
        narrowed(recorded("default"), shipped()).seccomp.verdicts.value().at("x86_64").calls.size(), 60U);
}

} // namespace
} // namespace bulkhead::threat
