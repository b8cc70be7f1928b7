#include "core/policy/export.h"

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
        toCel(policy.rules.front().when).expression.value_or(""),
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

TEST(Export, TheRootOfTheHostOnlyWhereItIsNamed) {
    EXPECT_EQ(withParents({"/a/b", "/a/c"}), (std::vector<std::string>{"/a/b", "/a", "/a/c"}));
    EXPECT_EQ(withParents({"/"}), (std::vector<std::string>{"/"}));
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
