// What the standard decides is known from the tests and fixtures of kubernetes/pod-security-admission
// (policy/*_test.go, test/testdata); the manifests here are our own.
#include "core/policy/pss.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::policy {
namespace {

using Denials = std::vector<std::string>;

base::Result<std::vector<Decision>> decide(const std::string& policy, const std::string& yaml) {
    const auto documents = claims::parseNodes(yaml, "pod.yaml");
    EXPECT_TRUE(documents) << documents.error().message;
    const auto parsed = parsePssPolicy(policy);
    EXPECT_TRUE(parsed) << parsed.error().message;
    return checkPods(*documents, "pod.yaml", *parsed);
}

/// "RULE: REASON" of everything that was denied.
Denials denialsOf(const std::string& policy, const std::string& yaml) {
    const auto decisions = decide(policy, yaml);
    EXPECT_TRUE(decisions) << decisions.error().message;
    Denials out;
    for (const Decision& decision : *decisions) {
        if (decision.verdict == Verdict::deny) {
            out.push_back(decision.rule.id + ": " + decision.reason);
        }
    }
    return out;
}

std::string pod(const std::string& spec, const std::string& annotations = "") {
    return "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n" +
           (annotations.empty() ? "" : "  annotations: {" + annotations + "}\n") + "spec:\n" + spec;
}

/// A Pod of one container that the restricted level allows, with a further field of the Pod, of its security
/// context, and of the container's.
std::string strict(const std::string& ofPod, const std::string& context, const std::string& own) {
    return pod(
        "  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}" +
        (context.empty() ? "" : ", " + context) +
        "}\n"
        "  containers:\n  - name: a\n    image: x\n"
        "    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}" +
        (own.empty() ? "" : ", " + own) + "}\n" + (ofPod.empty() ? "" : "  " + ofPod + "\n"));
}

struct Case {
    std::string policy;
    std::string manifest;
    Denials expected;
};

void expectAll(const std::vector<Case>& cases) {
    for (const Case& one : cases) {
        EXPECT_EQ(denialsOf(one.policy, one.manifest), one.expected) << one.policy << "\n" << one.manifest;
    }
}

TEST(Pss, BaselineFields) {
    const std::string plain = "  containers: [{name: a, image: x}]\n";
    expectAll({
        {"pss:baseline", pod(plain), {}},
        {"pss:privileged", pod("  hostPID: true\n" + plain), {}},
        {"pss:baseline",
         pod("  hostPID: true\n  hostNetwork: true\n  hostIPC: false\n" + plain),
         {"hostNamespaces: host namespaces (hostNetwork=true, hostPID=true)"}},
        {"pss:baseline",
         pod("  volumes: [{name: v, hostPath: {path: /}}, {name: w, emptyDir: {}}]\n" + plain),
         {"hostPathVolumes: hostPath volumes (volume \"v\")"}},
        {"pss:baseline",
         pod("  containers:\n  - {name: a, ports: [{containerPort: 1, hostPort: 9090}, {hostPort: 0}]}\n"
             "  - {name: b, ports: [{hostPort: 12345}]}\n"),
         {"hostPorts: hostPort (containers \"a\", \"b\" use hostPorts 12345, 9090)"}},
        {"pss:baseline",
         pod("  containers: [{name: a, securityContext: {privileged: true}}]\n"),
         {"privileged: privileged (container \"a\" must not set securityContext.privileged=true)"}},
        {"pss:baseline",
         pod("  containers: [{name: a, securityContext: {capabilities: {add: [CHOWN, NET_RAW, ALL]}}}]\n"),
         {"capabilities_baseline: non-default capabilities (container \"a\" must not include \"ALL\", "
          "\"NET_RAW\" in securityContext.capabilities.add)"}},
        {"pss:baseline",
         pod("  containers: [{name: a, securityContext: {capabilities: {add: [CAP_CHOWN, chown]}}}]\n"),
         {"capabilities_baseline: non-default capabilities (container \"a\" must not include \"CAP_CHOWN\", "
          "\"chown\" in securityContext.capabilities.add)"}},
        {"pss:baseline",
         pod("  securityContext: {windowsOptions: {hostProcess: true}}\n"
             "  containers: [{name: a, securityContext: {windowsOptions: {hostProcess: true}}}]\n"),
         {"windowsHostProcess: hostProcess (pod and container \"a\" must not set "
          "securityContext.windowsOptions.hostProcess=true)"}},
    });
}

TEST(Pss, EveryKindOfContainerIsVisited) {
    for (const std::string list : {"initContainers", "containers", "ephemeralContainers"}) {
        const std::string manifest =
            pod((list == "containers" ? "" : "  containers: [{name: fine}]\n") + std::string("  ") + list +
                ": [{name: b, securityContext: {privileged: true}}]\n");
        EXPECT_EQ(
            denialsOf("pss:baseline", manifest),
            (Denials{
                "privileged: privileged (container \"b\" must not set securityContext.privileged=true)"}))
            << list;
    }
}

TEST(Pss, AppArmorByFieldAndByAnnotation) {
    const std::string key = "container.apparmor.security.beta.kubernetes.io/";
    const std::string plain = "  containers: [{name: a}]\n";
    expectAll({
        {"pss:baseline",
         pod("  securityContext: {appArmorProfile: {type: Unconfined}}\n" + plain),
         {"appArmorProfile: forbidden AppArmor profile (pod must not set AppArmor profile type to "
          "\"Unconfined\")"}},
        {"pss:baseline",
         pod("  containers: [{name: a, securityContext: {appArmorProfile: {}}}]\n"),
         {"appArmorProfile: forbidden AppArmor profile (container \"a\" must not set AppArmor profile type "
          "to \"\")"}},
        {"pss:baseline",
         pod(plain, key + "a: runtime/default, " + key + "b: localhost/x, " + key + "c: ''"),
         {}},
        {"pss:baseline",
         pod(plain, key + "gone: unconfined, " + key + "a: bogus"),
         {"appArmorProfile: forbidden AppArmor profiles (annotations must not set AppArmor profile type to "
          "\"container.apparmor.security.beta.kubernetes.io/a=\"bogus\"\", "
          "\"container.apparmor.security.beta.kubernetes.io/gone=\"unconfined\"\")"}},
    });
}

TEST(Pss, SelinuxTypesByVersion) {
    const std::string engine =
        pod("  containers: [{name: a, securityContext: {seLinuxOptions: {type: container_engine_t}}}]\n");
    expectAll({
        {"pss:baseline@v1.31", engine, {}},
        {"pss:baseline@v1.30",
         engine,
         {"seLinuxOptions: seLinuxOptions (container \"a\" set forbidden securityContext.seLinuxOptions: "
          "type \"container_engine_t\")"}},
        {"pss:baseline",
         pod("  securityContext: {seLinuxOptions: {type: foo, user: u, role: r, level: s0}}\n"
             "  containers: [{name: e, securityContext: {seLinuxOptions: {type: bar}}}, {name: f, "
             "securityContext: {seLinuxOptions: {user: u}}}]\n"),
         {"seLinuxOptions: seLinuxOptions (pod and containers \"e\", \"f\" set forbidden "
          "securityContext.seLinuxOptions: types \"bar\", \"foo\"; user may not be set; role may not be "
          "set)"}},
    });
}

TEST(Pss, SysctlsGrowWithTheVersions) {
    const std::vector<std::pair<std::string, int>> known = {
        {"kernel.shm_rmid_forced", 0},
        {"net.ipv4.ip_unprivileged_port_start", 0},
        {"net.ipv4.ip_local_reserved_ports", 27},
        {"net.ipv4.tcp_keepalive_time", 29},
        {"net.ipv4.tcp_fin_timeout", 29},
        {"net.ipv4.tcp_keepalive_intvl", 29},
        {"net.ipv4.tcp_keepalive_probes", 29},
        {"net.ipv4.tcp_rmem", 32},
        {"net.ipv4.tcp_wmem", 32},
        {"net.ipv4.tcp_notsent_lowat", 37},
    };
    for (const auto& [name, since] : known) {
        const std::string manifest =
            pod("  securityContext: {sysctls: [{name: " + name +
                ", value: '1'}]}\n"
                "  containers: [{name: a}]\n");
        for (int minor = 0; minor <= 40; ++minor) {
            const bool allowed = denialsOf("pss:baseline@v1." + std::to_string(minor), manifest).empty();
            EXPECT_EQ(allowed, minor >= since) << name << " at 1." << minor;
        }
    }
    EXPECT_EQ(
        denialsOf(
            "pss:baseline", pod("  securityContext: {sysctls: [{name: b}, {name: kernel/shm_rmid_forced}]}\n"
                                "  containers: [{name: a}]\n")),
        (Denials{"sysctls: forbidden sysctls (b, kernel/shm_rmid_forced)"}));
}

TEST(Pss, SeccompBaselineBeforeAndSinceTheField) {
    const std::string annotated = pod(
        "  containers: [{name: a}]\n", "seccomp.security.alpha.kubernetes.io/pod: unconfined, "
                                       "container.seccomp.security.alpha.kubernetes.io/a: docker/default, "
                                       "container.seccomp.security.alpha.kubernetes.io/gone: unconfined");
    const std::string field =
        pod("  securityContext: {seccompProfile: {type: Unconfined}}\n  containers: [{name: a}]\n");
    expectAll({
        {"pss:baseline@v1.18",
         annotated,
         {"seccompProfile_baseline: seccompProfile (forbidden annotation "
          "seccomp.security.alpha.kubernetes.io/pod=\"unconfined\")"}},
        {"pss:restricted@v1.0",
         annotated,
         {"seccompProfile_baseline: seccompProfile (forbidden annotation "
          "seccomp.security.alpha.kubernetes.io/pod=\"unconfined\")",
          "runAsNonRoot: runAsNonRoot != true (pod or container \"a\" must set "
          "securityContext.runAsNonRoot=true)"}},
        {"pss:baseline@v1.19", annotated, {}},
        {"pss:baseline@v1.18", field, {}},
        {"pss:baseline@v1.19",
         field,
         {"seccompProfile_baseline: seccompProfile (pod must not set securityContext.seccompProfile.type to "
          "\"Unconfined\")"}},
    });
}

TEST(Pss, ProbeHostsSinceOneThirtyFour) {
    const std::string manifest =
        pod("  containers:\n  - name: b\n    livenessProbe: {httpGet: {host: 10.0.0.1, port: 80}}\n"
            "  - name: a\n    lifecycle: {preStop: {tcpSocket: {host: db, port: 1}}}\n"
            "  - name: c\n    startupProbe: {grpc: {port: 1}, httpGet: {host: '', port: 1}}\n");
    expectAll({
        {"pss:baseline@v1.33", manifest, {}},
        {"pss:baseline@v1.34",
         manifest,
         {"hostProbesAndHostLifecycle: probe or lifecycle host (containers \"a\", \"b\" use probe or "
          "lifecycle hosts \"10.0.0.1\", \"db\")"}},
    });
}

TEST(Pss, RestrictedAsksForFieldsToBeSet) {
    const std::string plain = pod("  containers: [{name: a, image: x}]\n");
    expectAll({
        {"pss:restricted", strict("", "", ""), {}},
        {"pss:restricted", strict("", "", "capabilities2: 1"), {}},
        {"pss:restricted",
         plain,
         {"allowPrivilegeEscalation: allowPrivilegeEscalation != false (container \"a\" must set "
          "securityContext.allowPrivilegeEscalation=false)",
          "capabilities_restricted: unrestricted capabilities (container \"a\" must set "
          "securityContext.capabilities.drop=[\"ALL\"])",
          "runAsNonRoot: runAsNonRoot != true (pod or container \"a\" must set "
          "securityContext.runAsNonRoot=true)",
          "seccompProfile_restricted: seccompProfile (pod or container \"a\" must set "
          "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"}},
        {"pss:restricted@v1.7",
         plain,
         {"runAsNonRoot: runAsNonRoot != true (pod or container \"a\" must set "
          "securityContext.runAsNonRoot=true)"}},
        {"pss:restricted",
         strict(
             "volumes: [{name: v, hostPath: {path: /}}, {name: n, nfs: {}}, {name: i, image: {}}, {name: q}]",
             "", ""),
         {"restrictedVolumes: restricted volume types (volumes \"v\", \"n\", \"q\" use restricted volume "
          "types "
          "\"hostPath\", \"nfs\", \"unknown\")"}},
    });
}

TEST(Pss, PodAndContainerTogether) {
    const std::string context =
        "    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}";
    expectAll({
        // a Pod that sets it to false is a bad setter whatever its containers say
        {"pss:restricted",
         pod("  securityContext: {runAsNonRoot: false, seccompProfile: {type: Localhost, localhostProfile: "
             "p}}\n"
             "  containers:\n  - name: a\n" +
             context + ", runAsNonRoot: true}\n"),
         {"runAsNonRoot: runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)"}},
        {"pss:restricted",
         strict("", "", "runAsNonRoot: false"),
         {"runAsNonRoot: runAsNonRoot != true (container \"a\" must not set "
          "securityContext.runAsNonRoot=false)"}},
        {"pss:restricted",
         strict("", "runAsUser: 0", "runAsUser: 1000"),
         {"runAsUser: runAsUser=0 (pod must not set runAsUser=0)"}},
        {"pss:restricted@v1.22", strict("", "runAsUser: 0", "runAsUser: 0"), {}},
        {"pss:restricted",
         strict("", "", "seccompProfile: {type: Unconfined}"),
         {"seccompProfile_restricted: seccompProfile (container \"a\" must not set "
          "securityContext.seccompProfile.type to \"Unconfined\")"}},
        {"pss:restricted",
         pod("  securityContext: {runAsNonRoot: true, seccompProfile: {type: Unconfined}}\n"
             "  containers:\n  - name: a\n" +
             context + ", seccompProfile: {type: RuntimeDefault}}\n"),
         {"seccompProfile_restricted: seccompProfile (pod must not set securityContext.seccompProfile.type "
          "to "
          "\"Unconfined\")"}},
        {"pss:restricted",
         pod("  securityContext: {runAsNonRoot: true}\n"
             "  containers:\n  - name: a\n" +
             context +
             ", seccompProfile: {type: RuntimeDefault}}\n"
             "  - name: b\n" +
             context + "}\n"),
         {"seccompProfile_restricted: seccompProfile (pod or container \"b\" must set "
          "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"}},
    });
}

TEST(Pss, CapabilitiesOfTheRestrictedLevel) {
    const auto with = [](const std::string& capabilities) {
        return pod(
            "  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}\n"
            "  containers: [{name: a, securityContext: {allowPrivilegeEscalation: false, capabilities: " +
            capabilities + "}}]\n");
    };
    const std::string must = "capabilities_restricted: unrestricted capabilities (container \"a\" ";
    expectAll({
        {"pss:restricted", with("{drop: [ALL], add: [NET_BIND_SERVICE]}"), {}},
        {"pss:restricted",
         with("{drop: [all]}"),
         {must + "must set securityContext.capabilities.drop=[\"ALL\"])"}},
        {"pss:restricted",
         with("{add: [CHOWN]}"),
         {must + "must set securityContext.capabilities.drop=[\"ALL\"]; container \"a\" must not include "
                 "\"CHOWN\" in securityContext.capabilities.add)"}},
        {"pss:restricted@v1.21", with("{add: [CHOWN]}"), {}},
        {"pss:restricted@v1.21",
         with("{add: [SYS_ADMIN]}"),
         {"capabilities_baseline: non-default capabilities (container \"a\" must not include \"SYS_ADMIN\" "
          "in securityContext.capabilities.add)"}},
    });
}

TEST(Pss, UserNamespacesRelaxSinceOneThirtyFive) {
    const std::string own = "hostUsers: false";
    const std::string unmasked =
        pod("  hostUsers: false\n  containers: [{name: a, securityContext: {procMount: Unmasked}}]\n");
    const std::string root = "containers: [{name: a, securityContext: {runAsUser: 0, runAsNonRoot: false, "
                             "allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: "
                             "{type: RuntimeDefault}}}]\n";
    const std::string procMount = "(container \"a\" must not set securityContext.procMount to \"Unmasked\")";
    expectAll({
        {"pss:baseline@v1.34", unmasked, {"procMount: procMount " + procMount}},
        {"pss:baseline@v1.35", unmasked, {}},
        {"pss:restricted@v1.35",
         strict(own, "", "procMount: Unmasked"),
         {"procMount_restricted: procMount " + procMount}},
        {"pss:restricted@v1.35", pod("  hostUsers: false\n  " + root), {}},
        {"pss:restricted@v1.34",
         pod("  hostUsers: false\n  " + root),
         {"runAsNonRoot: runAsNonRoot != true (container \"a\" must not set "
          "securityContext.runAsNonRoot=false)",
          "runAsUser: runAsUser=0 (container \"a\" must not set runAsUser=0)"}},
        {"pss:restricted@v1.35",
         pod("  hostUsers: true\n  " + root),
         {"runAsNonRoot: runAsNonRoot != true (container \"a\" must not set "
          "securityContext.runAsNonRoot=false)",
          "runAsUser: runAsUser=0 (container \"a\" must not set runAsUser=0)"}},
        // nothing else is relaxed
        {"pss:baseline",
         pod("  hostUsers: false\n  hostPID: true\n  containers: [{name: a}]\n"),
         {"hostNamespaces: host namespaces (hostPID=true)"}},
    });
}

TEST(Pss, WindowsIsSparedThreeChecks) {
    const std::string windows = pod("  os: {name: windows}\n  containers: [{name: a}]\n");
    const std::string nonRoot = "runAsNonRoot: runAsNonRoot != true (pod or container \"a\" must set "
                                "securityContext.runAsNonRoot=true)";
    EXPECT_EQ(denialsOf("pss:restricted@v1.25", windows), Denials{nonRoot});
    EXPECT_EQ(denialsOf("pss:restricted@v1.24", windows).size(), 4U);
    EXPECT_EQ(
        denialsOf("pss:restricted@v1.25", pod("  os: {name: linux}\n  containers: [{name: a}]\n")).size(),
        4U);
}

TEST(Pss, WorkloadsListsAndSeveralDocuments) {
    const std::string spec = "{hostPID: true, containers: [{name: a}]}";
    const std::string yaml =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec: " +
        spec +
        "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\n"
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: job}\n"
        "spec: {jobTemplate: {spec: {template: {spec: " +
        spec +
        "}}}}\n---\n"
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: " +
        spec + "}\n";
    const auto decisions = decide("pss:baseline", yaml);
    ASSERT_TRUE(decisions);
    std::vector<std::string> denied;
    for (const Decision& decision : *decisions) {
        if (decision.verdict == Verdict::deny) {
            denied.push_back(
                decision.subject + " " + decision.inputs.front().path + " line " +
                std::to_string(decision.inputs.front().evidence.line));
        }
    }
    EXPECT_EQ(
        denied, (std::vector<std::string>{
                    "deployment/web spec.template.spec.hostPID line 6",
                    "cronjob/job spec.jobTemplate.spec.template.spec.hostPID line 15",
                    "pod/p spec.hostPID line 20"}));
}

TEST(Pss, PlacesOfWhatIsMissing) {
    const auto decisions = decide("pss:restricted", pod("  containers:\n  - name: a\n    image: x\n"));
    ASSERT_TRUE(decisions);
    const Decision& first = *std::ranges::find(*decisions, Verdict::deny, &Decision::verdict);
    ASSERT_EQ(first.inputs.size(), 1U);
    EXPECT_EQ(first.inputs.front().path, "spec.containers[0].securityContext.allowPrivilegeEscalation");
    EXPECT_EQ(first.inputs.front().value, "unset");
    EXPECT_EQ(first.inputs.front().evidence.line, 7);
    EXPECT_EQ(first.inputs.front().evidence.file, "pod.yaml");
}

TEST(Pss, FieldsOfAnotherTypeAreRefused) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"  hostPID: 'true'\n  containers: [{name: a}]\n",
         "pod.yaml:6:12: spec.hostPID: expected true or false, found the text true"},
        {"  containers: {name: a}\n", "pod.yaml:6:15: spec.containers: expected a list, found a map"},
        {"  containers: [{name: a, ports: [80]}]\n",
         "pod.yaml:6:34: spec.containers[0].ports[0]: expected a map, found 80"},
        {"  containers: [{name: a}]\n  securityContext: {sysctls: {name: a}}\n",
         "pod.yaml:7:30: spec.securityContext.sysctls: expected a list, found a map"},
        {"  containers: [{name: a, securityContext: [privileged]}]\n",
         "pod.yaml:6:43: spec.containers[0].securityContext: expected a map, found a list"},
        {"  containers: [{name: a, ports: [{hostPort: eighty}]}]\n",
         "pod.yaml:6:45: spec.containers[0].ports[0].hostPort: expected a whole number, found eighty"},
    };
    for (const auto& [spec, message] : cases) {
        const auto decisions = decide("pss:baseline", pod(spec));
        ASSERT_FALSE(decisions) << spec;
        EXPECT_EQ(decisions.error().message, message);
    }
}

TEST(Pss, Names) {
    EXPECT_EQ(parsePssPolicy("pss:baseline")->minor, kNewestPss);
    EXPECT_EQ(parsePssPolicy("pss:restricted@latest")->minor, kNewestPss);
    EXPECT_EQ(parsePssPolicy("pss:restricted@v1.99")->minor, kNewestPss);
    EXPECT_EQ(parsePssPolicy("pss:restricted@v1.0")->minor, 0);
    for (const std::string bad :
         {"pss:", "pss:strict", "pss:baseline@", "pss:baseline@1.29", "pss:baseline@v1.29.1",
          "pss:baseline@v1.", "pss:baseline@v1.01", "pss:baseline@v2.1", "pss:baseline@v1.-1",
          "pss:baseline@v", "pss:Baseline"}) {
        const auto parsed = parsePssPolicy(bad);
        ASSERT_FALSE(parsed) << bad;
        EXPECT_EQ(
            parsed.error().message, bad + ": expected pss:privileged, pss:baseline or pss:restricted, with "
                                          "@latest or a version as @v1.29 behind it");
    }
}

} // namespace
} // namespace bulkhead::policy
