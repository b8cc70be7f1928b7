#include "core/threat/judge.h"
#include "tests/core/threat/subjects.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace bulkhead::threat {
namespace {

using catalog::WeaknessKind;
using model::Truth;

const Judge& shipped() {
    static const Judge kJudge = [] {
        auto catalogue = catalog::readCatalogue("resources");
        auto judge = catalogue ? Judge::of(std::move(*catalogue)) : std::unexpected(catalogue.error());
        if (!judge) {
            throw std::runtime_error(judge.error().message);
        }
        return *judge;
    }();
    return kJudge;
}

std::vector<Tried> allTried() {
    std::vector<Tried> all;
    for (const auto part :
         {triedOfImages(), triedOfConfigurations(), triedOfNamespaces(), triedOfKernels(),
          triedOfResources()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

/// The surest of the entry's findings.
Finding surest(const model::Snapshot& snapshot, std::string_view id) {
    Finding best;
    best.truth = Truth::no;
    for (Finding& one : shipped().judge(snapshot)) {
        if (one.weakness->id == id && (best.weakness == nullptr || one.truth > best.truth)) {
            best = std::move(one);
        }
    }
    return best;
}

std::string textOf(const Finding& finding) {
    std::string out(model::nameOf(finding.truth));
    for (const FactUsed& fact : finding.facts) {
        out += "\n  " + fact.path + " = " + fact.value + " (" + std::string(model::nameOf(fact.truth)) + ")";
    }
    for (const model::Gap& gap : finding.deciding) {
        out += "\n  " + gap.path + ": " + gap.why.reason;
    }
    return out;
}

TEST(Catalogue, EachEntryIsTriedOnce) {
    std::multiset<std::string> tried;
    for (const Tried& one : allTried()) {
        tried.emplace(one.id);
    }
    std::multiset<std::string> entries;
    for (const catalog::Weakness& one : shipped().catalogue().weaknesses) {
        entries.insert(one.id);
    }
    EXPECT_EQ(tried, entries);
    EXPECT_GE(entries.size(), 91U);
}

TEST(Catalogue, EachEntryHoldsInOneSubjectAndNotInItsNeighbour) {
    const model::Snapshot base = recorded("default");
    for (const Tried& one : allTried()) {
        model::Snapshot subject = base;
        one.holds(subject);
        const Finding found = surest(subject, one.id);
        if (one.butNot == nullptr) {
            EXPECT_TRUE(found.truth == Truth::unknown && found.undecidable)
                << one.id << ": " << textOf(found);
            EXPECT_FALSE(found.deciding.empty()) << one.id;
            continue;
        }
        EXPECT_EQ(found.truth, one.possible ? Truth::unknown : Truth::yes) << one.id << ": " << textOf(found);
        EXPECT_FALSE(found.facts.empty() && found.deciding.empty()) << one.id;
        one.butNot(subject);
        const Finding neighbour = surest(subject, one.id);
        EXPECT_TRUE(neighbour.truth == Truth::no || (neighbour.undecidable && !one.possible))
            << one.id << ", its neighbour: " << textOf(neighbour);
        EXPECT_FALSE(neighbour.facts.empty() && neighbour.truth == Truth::no)
            << one.id << " names no blocker";
    }
}

/// Certain paths beyond the container, and possible ones.
std::set<std::string> pathsOf(const model::Snapshot& snapshot, Truth truth) {
    std::set<std::string> out;
    for (const Finding& one : shipped().judge(snapshot)) {
        if (one.weakness->kind == WeaknessKind::path && one.truth == truth && !one.undecidable) {
            out.insert(one.weakness->id);
        }
    }
    return out;
}

TEST(Catalogue, CleanContainersHaveNoPath) {
    const std::set<std::string> none;
    for (const char* name : {"default", "read-only", "rootless", "hardened"}) {
        for (const auto vantage : {model::Vantage::declared, model::Vantage::enforced}) {
            EXPECT_EQ(pathsOf(recorded(name, vantage), Truth::yes), none) << name;
            EXPECT_EQ(pathsOf(recorded(name, vantage), Truth::unknown), none) << name;
        }
    }
    EXPECT_EQ(pathsOf(samples::dockerDefault(), Truth::yes), none);
    EXPECT_EQ(pathsOf(samples::rootless(), Truth::yes), none);
}

TEST(Catalogue, PrivilegedHasPathsToTheHost) {
    const std::set<std::string> enforced = pathsOf(recorded("privileged"), Truth::yes);
    for (const char* id :
         {"privileged-container", "cap-sys-admin-mount", "core-pattern-writable", "sysfs-writable",
          "block-device-exposed", "cap-mknod-open-device-policy", "cgroup-v1-release-agent"}) {
        EXPECT_TRUE(enforced.contains(id)) << id;
    }
    EXPECT_TRUE(pathsOf(recorded("privileged", model::Vantage::declared), Truth::yes)
                    .contains("privileged-container"));
    EXPECT_TRUE(pathsOf(samples::privileged(), Truth::yes).contains("privileged-container"));
}

TEST(Catalogue, CapabilitiesOfAChildNamespaceCountAsNothing) {
    model::Snapshot snapshot = recorded("rootless");
    for (const char* one : {"CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"}) {
        give(snapshot, one);
        takeOverHost(snapshot, one);
    }
    set(snapshot.seccomp.mode, model::SeccompMode::disabled);
    EXPECT_EQ(pathsOf(snapshot, Truth::yes), std::set<std::string>{});
    const Finding mount = surest(snapshot, "cap-sys-admin-mount");
    ASSERT_EQ(mount.facts.size(), 1U);
    EXPECT_EQ(mount.facts.front().path, "capabilities.over.user.CAP_SYS_ADMIN");
    EXPECT_EQ(mount.facts.front().value, "false: held in a child user namespace only");
}

TEST(Catalogue, TheBlockerIsNamed) {
    model::Snapshot snapshot = recorded("default");
    give(snapshot, "CAP_SYS_ADMIN");
    for (const char* call : {"mount", "fsmount", "open_tree"}) {
        refuse(snapshot, call);
    }
    const Finding finding = surest(snapshot, "cap-sys-admin-mount");
    ASSERT_EQ(finding.truth, Truth::no);
    ASSERT_FALSE(finding.facts.empty());
    EXPECT_EQ(finding.facts.front().path, "seccomp.x86_64.mount");
    EXPECT_EQ(finding.facts.front().value, "errno 1");
}

TEST(Catalogue, ArgumentsDecideCloneAndSocket) {
    model::Snapshot snapshot = recorded("default");
    EXPECT_EQ(surest(snapshot, "userns-creation-inside").truth, Truth::no)
        << "clone is allowed, and not with CLONE_NEWUSER";
    allow(snapshot, "clone3");
    EXPECT_EQ(surest(snapshot, "userns-creation-inside").truth, Truth::yes);
}

TEST(Catalogue, EveryFindingExplainsItself) {
    for (const char* name : {"default", "privileged", "rootless", "host-directory"}) {
        for (const Finding& one : shipped().judge(recorded(name))) {
            if (one.truth == Truth::unknown) {
                EXPECT_FALSE(one.deciding.empty()) << name << ": " << one.weakness->id;
            } else {
                EXPECT_FALSE(one.facts.empty()) << name << ": " << one.weakness->id;
            }
            for (const FactUsed& fact : one.facts) {
                EXPECT_TRUE(one.truth != Truth::yes || fact.truth == Truth::yes)
                    << one.weakness->id << ": " << fact.path;
                EXPECT_TRUE(one.truth != Truth::no || fact.truth == Truth::no)
                    << one.weakness->id << ": " << fact.path;
            }
        }
    }
}

} // namespace
} // namespace bulkhead::threat
