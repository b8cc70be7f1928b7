#include "core/policy/export.h"
#include "core/policy/export_paths.h"

#include <gtest/gtest.h>

namespace bulkhead::policy {
namespace {

catalog::Policy policyOf(const std::string& rules) {
    auto policy = catalog::parsePolicy("policy: Mine\nrules:\n" + rules, "p.yaml");
    EXPECT_TRUE(policy) << policy.error().message;
    return std::move(*policy);
}

std::string rule(const std::string& condition) {
    return "  - {id: a, title: t, message: m, " + condition + "}\n";
}

TEST(Export, EveryOptionalFieldIsAskedForFirst) {
    const auto policy = policyOf(rule("refuse: privileged()"));
    EXPECT_EQ(
        toCel(policy.rules.front().when, true).expression.value_or(""),
        "(has(c.securityContext) && has(c.securityContext.privileged) && c.securityContext.privileged)");
}

TEST(Export, WhatCannotBeSaidIsLeftOutAndNamed) {
    const auto policy = policyOf(
        rule("refuse: {fact: audit.state, is: 'off'}") +
        "  - {id: b, title: Host processes, message: m, refuse: {fact: namespaces.pid.sharedWithHost, is: "
        "'true'}}\n");
    const Export vap = exportAdmission(policy);
    EXPECT_EQ(vap.left, (std::vector<std::string>{"a t: a Pod does not say audit.state"}));
    EXPECT_TRUE(vap.text.contains("# Left out: a t: a Pod does not say audit.state\n"));
    EXPECT_TRUE(vap.text.contains("!variables.containers.exists(c, (has(variables.spec.hostPID) && "
                                  "variables.spec.hostPID))"));
    const Export falco = exportFalco(policy);
    EXPECT_EQ(falco.left, (std::vector<std::string>{"a t: Falco does not see audit.state"}));
    EXPECT_TRUE(falco.text.contains("bulkhead_container_starts and (container.host_pid = true)"));
}

TEST(Export, APartThatCannotBeSaidTakesItsRuleAlong) {
    const auto policy = policyOf(
        rule("refuse: {any: [privileged(), {fact: audit.state, is: 'off'}]}") +
        "  - {id: b, title: t, require: {not: {fact: audit.state, is: 'off'}}}\n");
    EXPECT_EQ(exportAdmission(policy).left.size(), 2U);
    EXPECT_EQ(exportFalco(policy).left.size(), 2U);
}

// With --pid host, or the namespace of another container, no process of the container is number 1
// (pid_namespaces(7)); runtimes call setsid for the first one, which Falco shows as proc.is_sid_leader.
TEST(Export, FalcoSeesTheStartOfAContainerWithoutAPidNamespaceOfItsOwn) {
    const std::string text = exportFalco(policyOf(rule("refuse: privileged()"))).text;
    EXPECT_TRUE(
        text.contains("(container.id != host and evt.type in (execve, execveat) and (proc.vpid = 1 or "
                      "proc.is_sid_leader = true))"))
        << text;
}

TEST(Export, FalcoAsksForTheSourcesOfMounts) {
    const auto policy =
        policyOf(rule("refuse: {one: mount, all: [shows(/etc/ssh), {fact: mount.readOnly, is: 'false'}]}"));
    EXPECT_EQ(
        toFalco(policy.rules.front().when).expression.value_or(""),
        "((container.mount.dest[/etc/ssh] != \"N/A\" and container.mount.rdwr[/etc/ssh] = true) or "
        "(container.mount.dest[/etc] != \"N/A\" and container.mount.rdwr[/etc] = true))");
}

std::vector<std::string> sources(const std::vector<std::string>& patterns) {
    std::string why;
    return mountSources(patterns, why).value_or(std::vector<std::string>{"! " + why});
}

TEST(Export, TheRootOfTheHostOnlyWhereItIsNamed) {
    EXPECT_EQ(sources({"/a/b", "/a/c"}), (std::vector<std::string>{"/a/b", "/a", "/a/c"}));
    EXPECT_EQ(sources({"/"}), (std::vector<std::string>{"/"}));
}

// Falco, Supported Fields, container.mount: the source can be a glob, whose * takes slashes too (fnmatch(3)
// without FNM_PATHNAME).
TEST(Export, FalcoFindsWhatLiesBelowAndWhatALinkLeadsTo) {
    EXPECT_EQ(sources({"/a/b/"}), (std::vector<std::string>{"/a/b", "/a", "/a/b/*"}));
    EXPECT_EQ(sources({"?/a/b"}), (std::vector<std::string>{"/a/b", "/a"}));
    EXPECT_EQ(
        sources({"/run/docker.sock"}),
        (std::vector<std::string>{"/run/docker.sock", "/run", "/var/run/docker.sock", "/var/run"}));
    EXPECT_EQ(
        sources({"/home/*/.ssh"}),
        (std::vector<std::string>{"! a * of Falco is any number of names, and in /home/*/.ssh it is one"}));
    EXPECT_EQ(sources({"/a]b"}), (std::vector<std::string>{"! Falco has no way to name the source /a]b"}));
}

/// What an export leaves out of one rule, or its condition.
std::string falcoOf(const std::string& condition) {
    const Export out = exportFalco(policyOf(rule(condition)));
    if (!out.left.empty()) {
        return "! " + out.left.front();
    }
    const std::string lead = "bulkhead_container_starts and (";
    const auto at = out.text.find(lead) + lead.size();
    return out.text.substr(at, out.text.find(")'\n", at) - at);
}

TEST(Export, FalcoTakesAlternativesForAlternativesAlone) {
    EXPECT_EQ(
        falcoOf("refuse: {one: mount, all: [{any: [shows(/a), shows(/b)]}]}"),
        "(container.mount.dest[/a] != \"N/A\" or container.mount.dest[/b] != \"N/A\")");
    EXPECT_EQ(
        falcoOf("refuse: {one: mount, all: [{any: [shows(/a), {fact: mount.readOnly, is: 'false'}]}]}"),
        "! a t: Falco's alternatives of mounts are sources alone");
    EXPECT_EQ(
        falcoOf("refuse: {one: mount, all: [shows(/a/), shows(/a/b)]}"),
        "! a t: Falco asks for a mount by its source once");
    EXPECT_EQ(
        falcoOf("refuse: {one: mount, all: [shows(/a), {fact: mount.kind, is: socket}]}"),
        "! a t: Falco does not see mount.kind");
    EXPECT_EQ(
        falcoOf("refuse: {one: mount, all: [shows(/a), {not: {mounted: {/x: /a}}}]}"),
        "! a t: Falco does not see all of it");
}

TEST(Export, FalcoSaysWhereItMissesACase) {
    const Export out = exportFalco(
        policyOf(rule("refuse: {one: mount, all: ['shows(/a/)', {fact: mount.readOnly, is: 'false'}]}")));
    EXPECT_EQ(
        out.partly, (std::vector<std::string>{"a t: of several mounts below one directory Falco shows the "
                                              "first, which may be read-only"}));
    EXPECT_TRUE(out.text.contains("# In part: a t: of several mounts")) << out.text;
}

// Unknown is never taken for allowed: where a yes would allow, the rule is left out and named.
TEST(Export, WhatAHostMayLackCountsAsThereOnlyWhereThatDenies) {
    const std::string shown = "{one: mount, all: ['shows(?/a/b)']}";
    const std::string why = "of a mount above /a/b nobody knows whether it shows that, and here a yes allows";
    for (const auto& [condition, said] : std::vector<std::pair<std::string, bool>>{
             {"refuse: " + shown, true},
             {"require: {not: " + shown + "}", true},
             {"refuse: {not: {not: " + shown + "}}", true},
             {"require: " + shown, false},
             {"refuse: {not: " + shown + "}", false},
             {"refuse: {one: mount, all: [{not: 'shows(?/a/b)'}]}", false},
             {"refuse: {one: mount, all: [{not: 'shows(?/a)'}]}", true}, // nothing is above but the root
         }) {
        const auto policy = policyOf(rule(condition));
        const Export vap = exportAdmission(policy);
        EXPECT_EQ(vap.left, said ? std::vector<std::string>{} : std::vector<std::string>{"a t: " + why})
            << condition;
    }
    EXPECT_EQ(
        exportFalco(policyOf(rule("require: " + shown))).left, (std::vector<std::string>{"a t: " + why}));
}

// What `check` calls an engine's socket: the root and all above one, and its name anywhere.
TEST(Export, FalcoFindsEveryMountThatBringsAnEnginesSocket) {
    const std::string said = falcoOf("refuse: {fact: sockets, empty: 'false'}");
    for (const char* source :
         {"/", "/run", "/var/run", "/run/docker.sock", "/run/docker/containerd/containerd.sock",
          "/run/docker", "/run/crio", "*/docker.sock", "*/containerd.sock", "*/podman.sock"}) {
        EXPECT_TRUE(said.contains("container.mount.dest[" + std::string(source) + "] != ")) << source;
    }
}

TEST(Export, AlternativesOfKindsAmongWhichABindIsAreAnyMountOfFalco) {
    EXPECT_EQ(
        falcoOf("refuse: {one: mount, all: [shows(/a), {any: [{fact: mount.kind, one-of: [bind]}, {all: "
                "[{fact: mount.kind, is: proc}, {not: {fact: mount.target, is: /proc}}]}]}]}"),
        "(container.mount.dest[/a] != \"N/A\")");
}

// Of a claim nobody knows what it shows: `check` cannot tell, and the export says that it does not look.
TEST(Export, AdmissionSaysThatItSeesVolumesOfTheHostAlone) {
    const std::string said =
        "a t: of mounts it sees those of a hostPath, not what claims, other volumes and the runtime bring";
    for (const auto& [condition, missed] : std::vector<std::pair<std::string, bool>>{
             {"refuse: {one: mount, all: [shows(/a)]}", true},
             {"require: {not: {one: mount, all: [shows(/a)]}}", true},
             {"require: {one: mount, all: [shows(/a)]}", false},
             {"refuse: {fact: sockets, empty: 'false'}", true},
             {"require: {fact: sockets, empty: 'true'}", true},
             {"refuse: {fact: sockets, empty: 'true'}", false},
             {"refuse: privileged()", false},
         }) {
        const Export vap = exportAdmission(policyOf(rule(condition)));
        EXPECT_EQ(vap.partly, missed ? std::vector{said} : std::vector<std::string>{}) << condition;
        EXPECT_EQ(vap.text.contains("# In part: " + said), missed) << condition;
    }
}

TEST(Export, PathsAreAnExpressionThatLeavesNoNameUnquoted) {
    EXPECT_EQ(
        hostPathExpression({"/etc/ssh/", "/", "?/home/*/.ssh", "/run/d.sock"}, false),
        "^(/proc/([0-9]+|self|thread-self)/root)*(/etc(/ssh(/.*)?)?|/?|/home(/[^/]+(/[.]ssh)?)?|"
        "(/var)?/run(/d[.]sock)?)$");
    EXPECT_EQ(
        hostPathExpression({"/a+b/c^"}, true), "^(/proc/([0-9]+|self|thread-self)/root)*(/a[+]b/c\\^)$");
    const auto policy = policyOf(rule("refuse: {one: mount, all: [\"shows(/it's/a\\\\b)\"]}"));
    const std::string said = toCel(policy.rules.front().when, true).expression.value_or("");
    EXPECT_TRUE(said.contains("(/it[\\']s(/a\\\\\\\\b)?)$')")) << said;
}

TEST(Export, TextsOfAPolicyCannotLeaveTheirPlace) {
    const auto policy = policyOf(
        "  - {id: a, title: \"x\\ny: '1\", message: \"it's\\nso\", help: h, refuse: privileged()}\n");
    for (const ExportForm& form : exportForms()) {
        const std::string text = form.write(policy).text;
        EXPECT_FALSE(text.contains("\ny: ")) << text;
        EXPECT_FALSE(text.contains("\nso")) << text;
        EXPECT_TRUE(text.contains("it''s so")) << text;
    }
}

} // namespace
} // namespace bulkhead::policy
