#include "core/catalog/policy.h"
#include "core/policy/expect.h"
#include "core/policy/judge_policy.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::policy {
namespace {

using catalog::parsePolicy;
using model::Evidence;
using model::EvidenceKind;
using model::Snapshot;

std::shared_ptr<const threat::Judge> emptyCatalogue() {
    auto judge = threat::Judge::of({});
    EXPECT_TRUE(judge);
    return std::make_shared<const threat::Judge>(std::move(*judge));
}

const std::string kHead = "policy: mine\nrules:\n";

TEST(PolicyFile, RejectedInputsNameFileLineFieldAndRemedy) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"rules: []\n", "p.yaml:1: policy: is missing"},
        {"policy: mine\n",
         "p.yaml:1: rules: is missing; a rule is {id, title, message, refuse: CONDITION} or, for what must "
         "hold, require: CONDITION"},
        {kHead + "  - {title: t, refuse: privileged()}\n", "p.yaml:3: rules[0].id: is missing"},
        {kHead + "  - {id: a, title: t}\n",
         "p.yaml:3: rules[0].refuse: is missing; a rule is {id, title, message, refuse: CONDITION} or, for "
         "what must hold, require: CONDITION"},
        {kHead + "  - {id: a, title: t, refuse: privileged(), require: privileged()}\n",
         "p.yaml:3: rules[0].require: stands beside refuse; a rule has one of them; a rule is {id, title, "
         "message, refuse: CONDITION} or, for what must hold, require: CONDITION"},
        {kHead + "  - {id: a, title: t, refuse: privileged(), stage: cloud}\n",
         "p.yaml:3: rules[0].stage: one of image, runtime-config, namespaces-caps, host-kernel, "
         "host-resource, evidence is expected"},
        {kHead + "  - {id: a, title: t, refuse: privileged(), vantage: asked}\n",
         "p.yaml:3: rules[0].vantage: one of declared, enforced, experienced is expected"},
        {kHead + "  - {id: a, title: t, refuse: privileged(), level: 3}\n",
         "p.yaml:3: rules[0].level: no such key; there are id, title, message, help, stage, vantage, refuse, "
         "require, references"},
        {kHead + "  - {id: a, title: t, refuse: privileged()}\n  - {id: a, title: t, refuse: privileged()}\n",
         "p.yaml:4: rules: id a stands twice; give each rule its own"},
        {"policy: mine\nrefuse-paths: [moon]\n",
         "p.yaml:2: refuse-paths: no authority is named moon; there are code-in-container, "
         "root-in-container, "
         "capability-over-host, host-file-read, host-file-write, runtime-control, host-process-memory, "
         "block-device, device-access, kernel-code, node-credentials, other-container, host-network, "
         "host-denial-of-service, host-root, no-trace"},
        {"spec: s\nrules: []\n", "p.yaml:1: subject: is missing"},
    };
    for (const auto& [yaml, message] : cases) {
        const auto policy = parsePolicy(yaml, "p.yaml");
        ASSERT_FALSE(policy) << yaml;
        EXPECT_EQ(policy.error().message, message);
    }
}

TEST(PolicyFile, FactsThatDoNotExistNameTheirLine) {
    const auto policy = parsePolicy(
        kHead + "  - id: a\n    title: t\n    refuse: {fact: rootfs.wrtable, is: 'true'}\n", "p.yaml");
    ASSERT_TRUE(policy);
    const auto judge = PolicyJudge::of(*policy, emptyCatalogue());
    ASSERT_FALSE(judge);
    EXPECT_TRUE(judge.error().message.starts_with("p.yaml:5: ")) << judge.error().message;
    EXPECT_TRUE(judge.error().message.contains("rootfs.wrtable")) << judge.error().message;
}

Decision decideOne(const std::string& rule, const Accounts& accounts) {
    const auto policy = parsePolicy(kHead + "  - {id: a, title: t, message: m, " + rule + "}\n", "p.yaml");
    EXPECT_TRUE(policy) << policy.error().message;
    const auto judge = PolicyJudge::of(*policy, emptyCatalogue());
    EXPECT_TRUE(judge) << judge.error().message;
    return judge->decide(accounts).front();
}

TEST(PolicyJudgeTest, RefuseAndRequireInThreeValues) {
    const std::string refuse = "refuse: {fact: rootfs.writable, is: 'true'}";
    const std::string require = "require: {fact: rootfs.writable, is: 'false'}";
    Snapshot snapshot;
    const Accounts accounts{"web", nullptr, &snapshot, nullptr};
    const Evidence at{EvidenceKind::declared, "read_only", "compose.yaml", 7};
    snapshot.rootfs.writable = {true, at};
    for (const std::string& rule : {refuse, require}) {
        const Decision decision = decideOne(rule, accounts);
        EXPECT_EQ(decision.verdict, Verdict::deny);
        EXPECT_EQ(decision.reason, "m");
        ASSERT_EQ(decision.inputs.size(), 1U);
        EXPECT_EQ(decision.inputs.front(), (Input{"rootfs.writable", "true", at}));
        EXPECT_EQ(decision.boundary, "enforced");
    }
    snapshot.rootfs.writable = {false, at};
    EXPECT_EQ(decideOne(refuse, accounts).verdict, Verdict::allow);
    EXPECT_EQ(decideOne(require, accounts).verdict, Verdict::allow);
    snapshot.rootfs.writable = model::Unreadable{"EACCES", "CAP_SYS_PTRACE"};
    for (const std::string& rule : {refuse, require}) {
        const Decision decision = decideOne(rule, accounts);
        EXPECT_EQ(decision.verdict, Verdict::unknown);
        EXPECT_EQ(decision.reason, "rootfs.writable: EACCES (needs CAP_SYS_PTRACE)");
    }
}

TEST(PolicyJudgeTest, ARuleMayBeAboutOneAccount) {
    Snapshot enforced;
    Snapshot declared;
    declared.vantage = model::Vantage::declared;
    enforced.config.privileged = {false, {}};
    declared.config.privileged = {true, {}};
    const std::string rule = "refuse: {fact: config.privileged, is: 'true'}";
    EXPECT_EQ(decideOne(rule, {"x", &declared, &enforced, nullptr}).verdict, Verdict::allow);
    const std::string asked = rule + ", vantage: declared";
    EXPECT_EQ(decideOne(asked, {"x", &declared, &enforced, nullptr}).verdict, Verdict::deny);
    const Decision without = decideOne(asked, {"x", nullptr, &enforced, nullptr});
    EXPECT_EQ(without.verdict, Verdict::unknown);
    EXPECT_EQ(without.reason, "there is no declared account of the subject");
}

/// A catalogue of two steps: a root file system that is written and privileges that can be gained give root
/// in the container, and that with the host's processes in sight the host.
std::shared_ptr<const threat::Judge> twoSteps() {
    const auto step = [](const std::string& id, const std::string& when, const std::string& needs,
                         const std::string& gives) {
        return "  - {id: " + id + ", title: " + id + ", kind: path, stage: host-kernel, when: " + when +
               ", needs: [" + needs + "], gives: [" + gives +
               "], authority: a, severity: high, severity-reason: r, stale-assumption: s, on-call-signal: o, "
               "controls: [{by: runtime, measure: m}]}\n";
    };
    auto weaknesses = catalog::parseWeaknesses(
        "weaknesses:\n" +
            step(
                "one", "[{fact: rootfs.writable, is: 'true'}, {fact: identity.noNewPrivileges, is: 'false'}]",
                "code-in-container", "root-in-container") +
            step(
                "two", "{fact: namespaces.pid.sharedWithHost, is: 'true'}", "root-in-container", "host-root"),
        "w.yaml");
    EXPECT_TRUE(weaknesses) << weaknesses.error().message;
    auto judge = threat::Judge::of({std::move(*weaknesses), {}});
    EXPECT_TRUE(judge) << judge.error().message;
    return std::make_shared<const threat::Judge>(std::move(*judge));
}

TEST(PolicyJudgeTest, RefusedPathsAreDecidedByTheGraph) {
    const auto policy = parsePolicy("policy: mine\nrefuse-paths: [host-root, kernel-code]\n", "p.yaml");
    ASSERT_TRUE(policy);
    const auto judge = PolicyJudge::of(*policy, twoSteps());
    ASSERT_TRUE(judge);
    Snapshot snapshot;
    const Accounts accounts{"web", nullptr, &snapshot, nullptr};
    snapshot.rootfs.writable = {true, {}};
    snapshot.identity.noNewPrivileges = {false, {}};
    snapshot.namespaces[model::NamespaceType::pid].sharedWithHost = {true, {}};
    const auto verdicts = [&] {
        std::vector<std::pair<std::string, Verdict>> out;
        for (const Decision& decision : judge->decide(accounts)) {
            out.emplace_back(decision.rule.id, decision.verdict);
        }
        return out;
    };
    using Verdicts = std::vector<std::pair<std::string, Verdict>>;
    EXPECT_EQ(
        verdicts(),
        (Verdicts{{"path-to-kernel-code", Verdict::allow}, {"path-to-host-root", Verdict::deny}}));
    EXPECT_EQ(judge->decide(accounts).back().reason, "reached by one, then two");
    snapshot.rootfs.writable = model::Unreadable{"EACCES", ""};
    EXPECT_EQ(verdicts().back().second, Verdict::unknown);
    snapshot.rootfs.writable = {false, {}};
    EXPECT_EQ(verdicts().back().second, Verdict::allow);
}

TEST(Specification, WhatIsWrittenIsReadAgainAndHoldsOfItsSubject) {
    const auto invariants = parsePolicy(
        "policy: invariants\nrules:\n"
        "  - {id: image, title: The image cannot be changed, message: it can, require: {fact: "
        "rootfs.writable, is: 'false'}}\n"
        "  - {id: spaces, title: No namespace is shared, message: one is, refuse: {any: [{fact: "
        "namespaces.pid.sharedWithHost, is: 'true'}, {fact: namespaces.net.sharedWithHost, is: 'true'}]}}\n"
        "  - {id: privileges, title: None are gained, message: they are, require: {fact: "
        "identity.noNewPrivileges, is: 'true'}}\n",
        "i.yaml");
    ASSERT_TRUE(invariants) << invariants.error().message;
    Snapshot snapshot;
    snapshot.rootfs.writable = {false, {}};
    snapshot.namespaces[model::NamespaceType::pid].sharedWithHost = {false, {}};
    snapshot.namespaces[model::NamespaceType::net].sharedWithHost = {true, {}};
    snapshot.identity.noNewPrivileges = model::Unreadable{"EACCES", ""};
    snapshot.cgroup.limits["pids"] = {model::Limit{64, "pids.max"}, {}};
    snapshot.mounts = {std::vector<model::Mount>(1), {}};
    const Accounts accounts{"it's", nullptr, &snapshot, nullptr};
    const auto text = writeSpecification({"docker:it's", accounts, *invariants, twoSteps()});
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_TRUE(
        text->contains("refuse: {any: [{fact: namespaces.pid.sharedWithHost, is: 'true'}]}") ||
        text->contains("refuse: {any: [{fact: namespaces.pid.sharedWithHost, is: true}]}"))
        << *text;
    EXPECT_FALSE(text->contains("namespaces.net")) << *text;
    EXPECT_TRUE(
        text->contains("# Not known when this was written: None are gained: identity.noNewPrivileges"));
    const auto spec = parsePolicy(*text, "s.yaml");
    ASSERT_TRUE(spec) << spec.error().message << *text;
    EXPECT_EQ(spec->subject, "docker:it's");
    EXPECT_TRUE(spec->refusedPaths.contains(model::AttackAuthority::hostRoot));
    const auto judge = PolicyJudge::of(*spec, twoSteps());
    ASSERT_TRUE(judge) << judge.error().message;
    for (const Decision& decision : judge->decide(accounts)) {
        EXPECT_EQ(decision.verdict, Verdict::allow) << decision.rule.id << ": " << decision.reason;
    }
    // and each loss is one denial
    Snapshot worse = snapshot;
    worse.rootfs.writable = {true, {}};
    worse.identity.noNewPrivileges = {false, {}};
    worse.namespaces[model::NamespaceType::pid].sharedWithHost = {true, {}};
    worse.cgroup.limits["pids"] = {model::Limit{std::nullopt, ""}, {}};
    std::vector<std::string> denied;
    for (const Decision& decision : judge->decide({"x", nullptr, &worse, nullptr})) {
        if (decision.verdict == Verdict::deny) {
            denied.push_back(decision.rule.id);
        }
    }
    EXPECT_EQ(denied, (std::vector<std::string>{"image", "spaces", "limit-pids", "path-to-host-root"}));
}

TEST(Specification, ConditionsAreWrittenAsTheyAreRead) {
    const std::vector<std::string> conditions = {
        "privileged()",
        "'call(clone, 0=0x10000000/0x10000000)'",
        "{fact: rootfs.writable, is: true}",
        "{fact: capabilities.obtainable, contains: [CAP_SYS_ADMIN, CAP_KILL]}",
        "{any: [privileged(), {not: rootOnHost()}]}",
        "{one: mount, all: ['shows(/etc, /)', {fact: mount.options, contains: 'a, b: c'}]}",
        "{fact: 'paths[\"/proc/sys\"].state', is: exposed}",
    };
    for (const std::string& text : conditions) {
        const auto policy = parsePolicy(kHead + "  - {id: a, title: t, refuse: " + text + "}\n", "p.yaml");
        ASSERT_TRUE(policy) << text << policy.error().message;
        EXPECT_EQ(writeCondition(policy->rules.front().when), text);
    }
}

} // namespace
} // namespace bulkhead::policy
