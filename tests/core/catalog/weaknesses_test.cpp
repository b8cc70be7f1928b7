#include "core/catalog/weakness.h"

#include <gtest/gtest.h>

namespace bulkhead::catalog {
namespace {

const std::string kEntry = "weaknesses:\n"
                           "  - id: one\n"
                           "    title: One\n"
                           "    kind: path\n"
                           "    stage: host-kernel\n"
                           "    when: [a.fact]\n"
                           "    needs: [code-in-container]\n"
                           "    gives: [host-root]\n"
                           "    authority: all\n"
                           "    severity: high\n"
                           "    severity-reason: so\n"
                           "    stale-assumption: so\n"
                           "    on-call-signal: so\n"
                           "    controls: [{by: seccomp, measure: deny}]\n"
                           "    references: [{in: cve, id: CVE-2022-0492}]\n";

std::string with(const std::string& from, const std::string& to) {
    std::string text = kEntry;
    text.replace(text.find(from), from.size(), to);
    return text;
}

TEST(Weaknesses, AnEntryIsRead) {
    const auto read = parseWeaknesses(kEntry, "w.yaml");
    ASSERT_TRUE(read) << read.error().message;
    const Weakness& one = read->front();
    EXPECT_EQ(one.kind, WeaknessKind::path);
    EXPECT_EQ(one.stage, model::Stage::hostKernel);
    EXPECT_EQ(one.gives, model::AttackAuthorities{model::AttackAuthority::hostRoot});
    EXPECT_EQ(one.controls.front().enforcer, Enforcer::seccomp);
    EXPECT_EQ(one.references.front().id, "CVE-2022-0492");
    EXPECT_EQ(one.line, 2);
    ASSERT_EQ(one.when.parts.size(), 1U);
    EXPECT_EQ(one.when.parts.front().fact, "a.fact");
    EXPECT_EQ(one.when.parts.front().line, 6);
}

TEST(Weaknesses, WhatIsWrongIsNamedWithItsPlace) {
    struct Row {
        std::string from;
        std::string to;
        std::string message;
    };
    for (const Row& row : {
             Row{"kind: path", "kind: way",
                 "w.yaml:4: weaknesses[0].kind: one of path, hygiene, blindness is expected"},
             Row{"    title: One\n", "", "w.yaml:2: weaknesses[0].title: is missing"},
             Row{"gives: [host-root]", "gives: [host]",
                 "w.yaml:8: weaknesses[0].gives: no authority is named host; there are code-in-container, "
                 "root-in-container, capability-over-host, host-file-read, host-file-write, runtime-control, "
                 "host-process-memory, block-device, device-access, kernel-code, node-credentials, "
                 "other-container, host-network, host-denial-of-service, host-root, no-trace"},
             Row{"gives: [host-root]", "gives: []",
                 "w.yaml:2: weaknesses[0].kind: a path needs and gives at least one authority each"},
             Row{"kind: path", "kind: hygiene",
                 "w.yaml:2: weaknesses[0].kind: only a path needs and gives authorities, and blindness gives "
                 "no-trace"},
             Row{"when: [a.fact]", "when: [{fact: a, is: 1, at-least: 2}]",
                 "w.yaml:6: weaknesses[0].when: a fact, {fact: PATH, TEST: VALUE}, {all: [..]}, {any: [..]}, "
                 "{not: ..}, {one: OBJECT, all: [..]} or, of one mount, {mounted: {PLACE: HOST-PATH}} is "
                 "expected"},
             Row{"when: [a.fact]", "when: [{one: wall, all: [a]}]",
                 "w.yaml:6: weaknesses[0].when: mount, socket, device or task is expected after one"},
             Row{"when: [a.fact]", "when: []",
                 "w.yaml:6: weaknesses[0].when: a list with at least one condition is expected"},
             Row{"when: [a.fact]", "when: [{fact: a, absent: maybe}]",
                 "w.yaml:6: weaknesses[0].when: true or false is expected"},
             Row{"by: seccomp", "by: magic",
                 "w.yaml:14: weaknesses[0].controls[0].by: one of runtime, kernel-namespaces, capabilities, "
                 "seccomp, lsm, "
                 "cgroup, filesystem, admission, image-pipeline, network-policy, kernel-config is expected"},
         }) {
        const auto read = parseWeaknesses(with(row.from, row.to), "w.yaml");
        ASSERT_FALSE(read) << row.to;
        EXPECT_EQ(read.error().message, row.message);
    }
}

TEST(Weaknesses, AnAdvisoryNeedsARangeAndASource) {
    const std::string whole =
        "advisories:\n  - id: CVE-1\n    product: runc\n    title: x\n    affected: [{fixed: \"1.2\"}]\n"
        "    sources: [somewhere]\n";
    ASSERT_TRUE(parseAdvisories(whole, "a.yaml"));
    EXPECT_EQ(
        parseAdvisories(whole.substr(0, whole.find("    sources")), "a.yaml").error().message,
        "a.yaml:2: advisories[0].sources: at least one source is expected");
}

TEST(Weaknesses, TheFolderMustBeThere) {
    EXPECT_FALSE(readCatalogue("/nonexistent/resources"));
    const auto shipped = readCatalogue("resources");
    ASSERT_TRUE(shipped) << shipped.error().message;
    EXPECT_GE(shipped->weaknesses.size(), 91U);
}

} // namespace
} // namespace bulkhead::catalog
