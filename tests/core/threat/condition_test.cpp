#include "tests/core/threat/conditions.h"
#include "tests/samples/sample_snapshots.h"

namespace bulkhead::threat {
namespace {

using model::Evidence;
using model::Fact;
using model::Truth;

std::string errorOf(const std::string& when) {
    const auto judge = judgeOf(when);
    return judge ? "" : judge.error().message;
}

TEST(Condition, KleeneOfAllAnyAndNot) {
    model::Snapshot snapshot = samples::dockerDefault();
    snapshot.config.privileged = {}; // the kernel does not say
    const std::string yes = "rootfs.writable";
    const std::string no = "rootfs.nosuid";
    const std::string unknown = "config.privileged";
    struct Row {
        std::string when;
        Truth truth;
    };
    for (const Row& row : {
             Row{"{all: [" + yes + ", " + yes + "]}", Truth::yes},
             Row{"{all: [" + yes + ", " + unknown + "]}", Truth::unknown},
             Row{"{all: [" + no + ", " + unknown + "]}", Truth::no},
             Row{"{any: [" + yes + ", " + unknown + "]}", Truth::yes},
             Row{"{any: [" + no + ", " + unknown + "]}", Truth::unknown},
             Row{"{any: [" + no + ", " + no + "]}", Truth::no},
             Row{"{not: " + unknown + "}", Truth::unknown},
             Row{"{not: " + no + "}", Truth::yes},
             Row{"{not: {all: [" + yes + ", " + yes + "]}}", Truth::no},
         }) {
        EXPECT_EQ(findingOf("      - " + row.when + "\n", snapshot).truth, row.truth) << row.when;
    }
}

TEST(Condition, FactsThatDecideAreNamed) {
    const model::Snapshot snapshot = samples::dockerDefault();
    const Finding no = findingOf("      - rootfs.writable\n      - rootfs.nosuid\n", snapshot);
    ASSERT_EQ(no.truth, Truth::no);
    ASSERT_EQ(no.facts.size(), 1U); // the one that blocks, not the one that holds
    EXPECT_EQ(no.facts.front().path, "rootfs.nosuid");
    EXPECT_EQ(no.facts.front().value, "false");
    EXPECT_EQ(no.facts.front().truth, Truth::no);
    EXPECT_EQ(no.facts.front().evidence.source, "sample");

    const Finding unknown = findingOf("      - rootfs.writable\n      - config.privileged\n", snapshot);
    ASSERT_EQ(unknown.truth, Truth::unknown);
    ASSERT_EQ(unknown.deciding.size(), 1U);
    EXPECT_EQ(unknown.deciding.front().path, "config.privileged");
    EXPECT_EQ(unknown.deciding.front().why.needs, "the declared vantage: the configuration");
    ASSERT_EQ(unknown.facts.size(), 1U);
    EXPECT_EQ(unknown.facts.front().path, "rootfs.writable");
    EXPECT_FALSE(unknown.undecidable);
    EXPECT_TRUE(findingOf("      - config.privileged\n", snapshot).undecidable);
}

TEST(Condition, AConjunctionIsOfOneMount) {
    model::Snapshot snapshot = samples::dockerDefault();
    std::vector<model::Mount> mounts = snapshot.mounts.value();
    const auto add = [&](const std::string& target, bool readOnly, const std::string& hostPath) {
        model::Mount mount = mounts.front();
        mount.target = target;
        mount.readOnly = readOnly;
        mount.kind = model::MountKind::bind;
        mount.hostPaths = Fact<std::vector<std::string>>({hostPath}, Evidence{});
        mounts.push_back(mount);
    };
    add("/a", true, "/etc");
    add("/b", false, "/srv");
    snapshot.mounts = {mounts, Evidence{}};
    const std::string when = "      - {one: mount, all: [shows(/etc), {fact: mount.readOnly, is: false}]}\n";
    const Finding no = findingOf(when, snapshot);
    EXPECT_EQ(no.truth, Truth::no) << "/etc is one mount, the writable one another";
    ASSERT_EQ(no.facts.size(), 1U);
    EXPECT_EQ(no.facts.front().path, "mounts[\"/a\"].readOnly");

    add("/c", false, "/etc");
    add("/d", false, "/");
    snapshot.mounts = {mounts, Evidence{}};
    const auto all = findingsOf(when, snapshot);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all.front().truth, Truth::yes);
    EXPECT_EQ(all.front().object, "mounts[\"/c\"]");
    EXPECT_EQ(findingsOf("      - {one: mount, all: [shows(/etc)]}\n", snapshot).size(), 2U); // /a and /c
}

TEST(Condition, WhatDoesNotExistIsRefusedWithItsLine) {
    EXPECT_EQ(
        errorOf("      - identity.shoeSize\n"),
        "tried.yaml:7: identity.shoeSize: no such fact; resources/schema/snapshot-1.json lists them, and "
        "within "
        "a binding mount., socket., device. or task. name the object's own");
    EXPECT_EQ(
        errorOf("      - shows(/etc)\n"),
        "tried.yaml:7: shows: is about one mount; write it within {one: mount, all: [..]}");
    EXPECT_EQ(
        errorOf("      - capability(CAP_NONE)\n"),
        "tried.yaml:7: capability: other arguments are expected: one name of capabilities(7), CAP_SYS_ADMIN");
    EXPECT_EQ(
        errorOf("      - {fact: rootfs.writable, isnt: true}\n"),
        "tried.yaml:7: weaknesses[0].when: no such test: isnt; there are is, one-of, at-least, at-most, "
        "contains, outside, starts-with, absent, empty");
    EXPECT_EQ(
        errorOf("      - {one: mount, all: [{one: device, all: [opens(r)]}]}\n"),
        "tried.yaml:7: one: a binding cannot stand within another");
    EXPECT_EQ(
        errorOf("      - call(open_sesame)\n"),
        "tried.yaml:7: call: open_sesame: no ABI has a call of this name");
}

} // namespace
} // namespace bulkhead::threat
