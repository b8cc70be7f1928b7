#include "core/catalog/parse_condition.h"
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

// The host sees the program that runs the sandbox (gvisor.dev, Security Model): what is enforced on it says
// nothing certain of the container, so that a path is neither there nor closed.
TEST(PolicyJudgeTest, BehindASandboxAPathIsPossible) {
    const auto policy = parsePolicy("policy: mine\nrefuse-paths: [host-root]\n", "p.yaml");
    ASSERT_TRUE(policy);
    const auto judge = PolicyJudge::of(*policy, twoSteps());
    ASSERT_TRUE(judge);
    Snapshot snapshot;
    const Accounts accounts{"web", nullptr, &snapshot, nullptr};
    snapshot.rootfs.writable = {true, {}};
    snapshot.identity.noNewPrivileges = {false, {}};
    snapshot.namespaces[model::NamespaceType::pid].sharedWithHost = {true, {}};
    for (const model::Fact<std::string>& sandbox :
         {model::Fact<std::string>{"gvisor", Evidence{}},
          model::Fact<std::string>{model::Unreadable{"a runtime class", "the node"}}}) {
        snapshot.subject.sandbox = sandbox;
        const Decision decision = judge->decide(accounts).front();
        EXPECT_EQ(decision.verdict, Verdict::unknown);
        EXPECT_EQ(decision.reason, "possible by one, then two");
        EXPECT_NE(std::ranges::find(decision.inputs, "subject.sandbox", &Input::path), decision.inputs.end());
    }
    snapshot.subject.sandbox = {"none", Evidence{}};
    EXPECT_EQ(judge->decide(accounts).front().verdict, Verdict::deny);
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

/// A rule as `expect` writes it, read back within a specification.
catalog::PolicyRule readBack(const catalog::PolicyRule& rule) {
    const std::string text = writeRule(rule);
    const auto policy = parsePolicy(kHead + text, "p.yaml");
    EXPECT_TRUE(policy) << (policy ? "" : policy.error().message) << "\n" << text;
    return policy && policy->rules.size() == 1 ? policy->rules.front() : catalog::PolicyRule{};
}

/// All that a condition says; not the lines, which depend on how it was laid out.
std::string said(const catalog::Condition& condition) {
    std::string out = std::string(model::nameOf(condition.test)) + (condition.derived ? "()" : "");
    const auto add = [&out](const std::string& text) { out += std::to_string(text.size()) + ":" + text; };
    out +=
        std::to_string(static_cast<int>(condition.kind)) + std::to_string(static_cast<int>(condition.object));
    add(condition.fact);
    for (const std::vector<std::string>& texts : {condition.arguments, condition.values}) {
        out += "[";
        std::ranges::for_each(texts, add);
        out += "]";
    }
    for (const catalog::Condition& part : condition.parts) {
        out += "{" + said(part) + "}";
    }
    return out;
}

catalog::PolicyRule ruleOfPlaces(std::vector<catalog::Condition> places) {
    catalog::Condition known;
    known.kind = catalog::ConditionKind::any;
    known.parts = std::move(places);
    catalog::Condition none;
    none.kind = catalog::ConditionKind::negation;
    none.parts = {known};
    catalog::PolicyRule rule;
    rule.id = "host-mounts";
    rule.title = "t";
    rule.message = "m";
    rule.when.kind = catalog::ConditionKind::one;
    rule.when.object = catalog::ObjectKind::mount;
    rule.when.parts = {none};
    return rule;
}

void expectReadBack(const catalog::PolicyRule& rule) {
    const catalog::PolicyRule again = readBack(rule);
    EXPECT_EQ(again.id, rule.id);
    EXPECT_EQ(again.title, rule.title);
    EXPECT_EQ(again.refuses, rule.refuses);
    EXPECT_EQ(said(again.when), said(rule.when)) << writeRule(rule);
}

// YAML 1.2: an implicit key is one line of at most 1024 characters (7.4.2), blanks fold at a line break
// within quotes (7.3.2). What a path may hold: every byte but NUL, and 4096 of them (limits.h, PATH_MAX).
TEST(Specification, RulesOfHostilePathsAreReadBackAsTheyWere) {
    const std::string filler(80, 'x');
    const std::vector<std::string> ends = {
        "reports, archive",
        "a,  b",
        "it's",
        "a\"b",
        "back\\slash\\xff",
        "a: b",
        "a # b",
        "{}, [], }, ]",
        "? key : value",
        "&a *b !c %d @e `f",
        "line\nbreak\r\n, and\ttab",
        "\x01\x04\x7f",
        "\xc3\xa4\xe2\x80\xa8\xf0\x9f\x98\x80",
        "trailing ",
        "', '",
        "\", \"",
        "'', {mounted: {/x: any}}, ''",
        "null",
        "~",
        std::string(2000, 'y') + ", z",
        std::string(4000, '\''),
    };
    for (const std::string& end : ends) {
        for (const std::string& front :
             {std::string("/"), "/srv/" + filler + "/", "/srv/" + filler + filler}) {
            const std::string path = front + end;
            expectReadBack(ruleOfPlaces({catalog::mountedAt(path, {})}));
            expectReadBack(
                ruleOfPlaces({catalog::mountedAt(path, {path}), catalog::mountedAt("/b", {"volume"})}));
            expectReadBack(ruleOfPlaces(
                {catalog::mountedAt("/a", {path, "volume " + end}),
                 catalog::mountedAt(path, {"/" + filler})}));
            catalog::PolicyRule devices = ruleOfPlaces({});
            devices.title = path;
            devices.when.parts.front().parts.front() = {};
            catalog::Condition& fact = devices.when.parts.front().parts.front();
            fact.kind = catalog::ConditionKind::matcher;
            fact.fact = "mount.source";
            fact.test = catalog::FactTest::oneOf;
            fact.values = {path, "/dev/null", end, path + path};
            expectReadBack(devices);
        }
    }
}

TEST(Specification, RulesOfRandomPathsAreReadBackAsTheyWere) {
    const std::string alphabet = "ab/.,  :#'\"\\{}[]?&*!|>%@`-\n\t~\xc3\xa4";
    std::uint32_t state = 20;
    const auto next = [&state](std::uint32_t most) {
        state = state * 1664525U + 1013904223U;
        return (state >> 8U) % most;
    };
    const auto path = [&] {
        std::string out = "/";
        for (std::uint32_t left = next(200); left > 0; --left) {
            const std::uint32_t at = next(static_cast<std::uint32_t>(alphabet.size() - 1));
            out += at == alphabet.size() - 2 ? alphabet.substr(at) : alphabet.substr(at, 1);
        }
        return out;
    };
    for (int round = 0; round < 500; ++round) {
        std::vector<catalog::Condition> places;
        for (std::uint32_t left = 1 + next(4); left > 0; --left) {
            std::vector<std::string> origins(next(3));
            std::ranges::generate(origins, path);
            places.push_back(catalog::mountedAt("/" + std::to_string(left) + path(), std::move(origins)));
        }
        expectReadBack(ruleOfPlaces(std::move(places)));
    }
}

// The long form says what places cannot: a place twice, or one that no path from the root names.
TEST(Specification, PlacesThatAMapCannotHoldAreWrittenOut) {
    expectReadBack(ruleOfPlaces({catalog::mountedAt("data", {})}));
    expectReadBack(ruleOfPlaces({catalog::mountedAt("/a", {}), catalog::mountedAt("/a", {})}));
}

model::Mount mountOf(std::string target, model::MountKind kind, std::vector<std::string> hostPaths) {
    model::Mount mount;
    mount.target = std::move(target);
    mount.kind = kind;
    mount.hostPaths = {std::move(hostPaths), {}};
    return mount;
}

Snapshot withMounts(std::vector<model::Mount> mounts) {
    Snapshot snapshot;
    snapshot.mounts = {std::move(mounts), {}};
    return snapshot;
}

std::string specificationOf(const Snapshot& snapshot) {
    catalog::Policy none;
    none.name = "invariants";
    const auto text = writeSpecification({"docker:a", {"a", nullptr, &snapshot, nullptr}, none, twoSteps()});
    EXPECT_TRUE(text) << (text ? "" : text.error().message);
    return text.value_or("");
}

/// The rules that deny a subject by the specification of another.
std::vector<std::string> denied(const std::string& specification, const Snapshot& subject) {
    const auto spec = parsePolicy(specification, "s.yaml");
    EXPECT_TRUE(spec) << (spec ? "" : spec.error().message) << specification;
    const auto judge = PolicyJudge::of(*spec, twoSteps());
    EXPECT_TRUE(judge) << (judge ? "" : judge.error().message);
    std::vector<std::string> out;
    for (const Decision& decision : judge->decide({"b", nullptr, &subject, nullptr})) {
        if (decision.verdict == Verdict::deny) {
            out.push_back(decision.rule.id);
        }
    }
    return out;
}

using Denied = std::vector<std::string>;
using model::MountKind;
const Denied kBoth = {"host-mounts", "host-mounts-at-most"};

// moby daemon/container_operations_unix.go (setupIPCDirs) and container.ShmResourcePath; podman
// libpod/container_internal_common.go (secrets in userdata); containerd internal/cri, CRI-O,
// kubelet_getters.go.
TEST(Specification, PathsWithAnIdCountByTheirPlace) {
    const auto made = [](char digit) {
        const std::string id(64, digit);
        const std::string uid = std::string(8, digit) + "-0000-4000-8000-" + std::string(12, digit);
        return withMounts(
            {mountOf("/dev/shm", MountKind::bind, {"/var/lib/docker/containers/" + id + "/mounts/shm"}),
             mountOf(
                 "/run/secrets/x", MountKind::bind,
                 {"/var/lib/containers/storage/overlay-containers/" + id + "/userdata/secrets/x"}),
             mountOf(
                 "/s", MountKind::socket,
                 {"/run/containerd/io.containerd.grpc.v1.cri/sandboxes/" + id + "/s.sock"}),
             mountOf("/plugin", MountKind::bind, {"/var/lib/k0s/kubelet/pods/" + uid + "/plugins/x"}),
             mountOf(
                 "/static", MountKind::bind,
                 {"/var/snap/microk8s/common/var/lib/kubelet/pods/" + std::string(32, digit) +
                  "/plugins/x"})});
    };
    const std::string text = specificationOf(made('a'));
    EXPECT_FALSE(text.contains("aaaaaaaa")) << text;
    EXPECT_EQ(denied(text, made('b')), Denied{}) << text;
    const Snapshot other = withMounts({mountOf("/elsewhere", MountKind::bind, {"/srv"})});
    EXPECT_EQ(denied(text, other), kBoth);
}

TEST(Specification, PathsThatOnlyLookLikeAnIdsAreHeld) {
    for (const std::string& path :
         {"/srv/blobs/" + std::string(64, 'a'), std::string("/srv/containers/web/mounts/shm"),
          std::string("/srv/pods/web/volumes/x")}) {
        const std::string text = specificationOf(withMounts({mountOf("/x", MountKind::bind, {path})}));
        EXPECT_EQ(denied(text, withMounts({mountOf("/x", MountKind::bind, {path})})), Denied{}) << text;
        EXPECT_EQ(denied(text, withMounts({mountOf("/x", MountKind::bind, {"/etc"})})), kBoth) << text;
    }
}

TEST(Specification, ASourceThatIsNoPathFromTheRootIsNotKnown) {
    const std::string text = specificationOf(withMounts({mountOf("/data", MountKind::bind, {"./data"})}));
    EXPECT_TRUE(text.contains("{mounted: {/data: any}}")) << text;
    EXPECT_EQ(denied(text, withMounts({mountOf("/data", MountKind::bind, {"./data"})})), Denied{});
    EXPECT_EQ(denied(text, withMounts({mountOf("/other", MountKind::bind, {"/srv"})})), kBoth);
}

TEST(Specification, PathsThatSomebodyChoseAreNoVolumes) {
    const std::string chosen = "/data/volumes/elastic/nodes/0/_data";
    const std::string text = specificationOf(withMounts({mountOf("/x", MountKind::bind, {chosen})}));
    EXPECT_TRUE(text.contains("{mounted: {/x: " + chosen + "}}")) << text;
    for (const char* other : {"/data/volumes/elastic/nodes/1/_data", "/tmp/volumes/elastic/_data"}) {
        EXPECT_EQ(denied(text, withMounts({mountOf("/x", MountKind::bind, {other})})), kBoth) << other;
    }
}

// docs.docker.com, Volumes, "Mount a volume subdirectory".
TEST(Specification, AFolderOfAVolumeIsNotTheWholeOfIt) {
    const std::string whole = "/var/lib/docker/volumes/db/_data";
    const auto at = [](const std::string& path) {
        return withMounts({mountOf("/x", MountKind::volume, {path})});
    };
    const std::string text = specificationOf(at(whole + "/public"));
    EXPECT_EQ(denied(text, at(whole + "/public")), Denied{}) << text;
    for (const std::string& other : {whole, whole + "/private", whole + "/public2"}) {
        EXPECT_EQ(denied(text, at(other)), Denied{"host-mounts"}) << other << text;
    }
    const std::string all = specificationOf(at(whole));
    EXPECT_TRUE(all.contains("{mounted: {/x: 'volume db'}}")) << all;
    EXPECT_EQ(denied(all, at("/var/lib/docker/volumes/other/_data")), Denied{"host-mounts"});
    // of an anonymous one the name is another the next time
    const auto anonymous = [](char digit) {
        return "/var/lib/docker/volumes/" + std::string(64, digit) + "/_data";
    };
    const std::string part = specificationOf(at(anonymous('a') + "/public"));
    EXPECT_EQ(denied(part, at(anonymous('b') + "/public")), Denied{}) << part;
    EXPECT_EQ(denied(part, at(anonymous('b'))), Denied{"host-mounts"}) << part;
}

} // namespace
} // namespace bulkhead::policy
