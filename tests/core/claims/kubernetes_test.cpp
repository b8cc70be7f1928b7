// Pods and workloads, by what the kubelet and the CRI make of them (kubernetes/api, containerd internal/cri).

#include "core/claims/import.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

using model::NamespaceType;
using model::Snapshot;
using Words = std::vector<std::string>;

ImportOptions onAMachine(const std::string& engine) {
    ImportOptions options;
    options.engine = engine;
    options.ground.architecture = "x86_64";
    options.ground.apparmor = true;
    return options;
}

base::Result<std::vector<Snapshot>> import(const std::string& text, const std::string& engine = "") {
    return importDocument(text, "pod.yaml", onAMachine(engine));
}

Snapshot container(const std::string& spec, const std::string& own, const std::string& engine = "") {
    auto all = import(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, image: i" + own +
            "}]\n" + spec,
        engine);
    EXPECT_TRUE(all) << all.error().message;
    return all ? all->front() : Snapshot{};
}

TEST(Kubernetes, NamesakesOfTwoNamespacesAreApart) {
    const auto pod = [](const std::string& kind, const std::string& meta, const std::string& spec) {
        return "apiVersion: v1\nkind: " + kind + "\nmetadata: {" + meta + "}\nspec:\n  " + spec +
               "containers: [{name: app, image: i}]\n---\n";
    };
    const auto all = import(
        pod("Pod", "name: web, namespace: a", "") + pod("Pod", "name: web", "hostPID: true\n  ") +
        pod("Pod", "name: db, namespace: a", ""));
    ASSERT_TRUE(all) << all.error().message;
    std::vector<std::string> names;
    std::ranges::transform(*all, std::back_inserter(names), [](const Snapshot& s) { return s.subject.name; });
    EXPECT_EQ(names, (Words{"pod/a/web/app", "pod/default/web/app", "pod/db/app"}));
    EXPECT_NE((*all)[0].group.id, (*all)[1].group.id);
}

TEST(Kubernetes, WhatEnvFromBringsIsAGap) {
    const Snapshot s = container("", ", envFrom: [{secretRef: {name: s}}, {configMapRef: {name: m}}]");
    const auto& assumed = s.config.assumed.value();
    ASSERT_TRUE(assumed.contains("image.secretEnv"));
    EXPECT_EQ(
        assumed.at("image.secretEnv").gap().reason,
        "envFrom brings the variables of: secret s, config map m; they are not looked at");
    EXPECT_TRUE(s.config.notUnderstood.value().empty());
    EXPECT_FALSE(container("", ", envFrom: []").config.assumed.value().contains("image.secretEnv"));
}

// kubernetes.io, Runtime Class: the class names a handler, which may be that of gVisor or Kata.
TEST(Kubernetes, ARuntimeClassMayBeASandbox) {
    EXPECT_TRUE(container("", "").subject.sandbox.unstated());
    const Snapshot s = container("  runtimeClassName: gvisor\n", "");
    ASSERT_TRUE(s.subject.sandbox.unreadable());
    EXPECT_EQ(s.subject.sandbox.gap().needs, "kubectl get runtimeclass gvisor");
    EXPECT_TRUE(s.config.notUnderstood.valueOr({}).empty());
}

// What strconv.ParseInt(text, 0, 64) makes of it, which go-yaml asks, and sigs.k8s.io/yaml after it.
TEST(Kubernetes, NumbersInTheFormsOfGo) {
    const auto user = [](const std::string& number) {
        const Snapshot s = container("", ", securityContext: {runAsUser: " + number + "}");
        return s.identity.uid.known() ? s.identity.uid.value().effective : 4294967295U;
    };
    EXPECT_EQ(user("80"), 80U);
    EXPECT_EQ(user("0x50"), 80U);
    EXPECT_EQ(user("0X50"), 80U);
    EXPECT_EQ(user("0o17"), 15U);
    EXPECT_EQ(user("017"), 15U);
    EXPECT_EQ(user("0b101"), 5U);
    EXPECT_EQ(user("1_000"), 1000U);
    EXPECT_EQ(user("+7"), 7U);
    EXPECT_EQ(user("08"), 8U);
    EXPECT_EQ(user("0"), 0U);
    EXPECT_TRUE(import(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: c, image: i, "
        "ports: [{containerPort: 0x50}, {containerPort: 0o17}]}\n"));
    for (const char* refused : {"0x", "0x-5", "x50", "5x", "0o9", "''", "'0x50'", "--5"}) {
        const auto all = import(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: c, image: i, "
            "ports: "
            "[{containerPort: " +
            std::string(refused) + "}]}\n");
        EXPECT_FALSE(all) << refused;
    }
}

model::Mount at(const Snapshot& snapshot, const std::string& target) {
    const auto mounts = snapshot.mounts.value();
    const auto found = std::ranges::find(mounts, target, &model::Mount::target);
    EXPECT_NE(found, mounts.end()) << target;
    return found == mounts.end() ? model::Mount{} : *found;
}

// As a Pod on containerd 1.6.20 has them (the live test of Pods): the shared memory is the sandbox's, the
// file of the last words the kubelet's; with a read-only root the names are read-only, what the kubelet makes
// is not.
TEST(Kubernetes, FilesThatTheEngineAndTheKubeletMake) {
    const Snapshot open = container("", "");
    const Snapshot closed = container("", ", securityContext: {readOnlyRootFilesystem: true}");
    for (const char* target :
         {"/dev/shm", "/dev/termination-log", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}) {
        EXPECT_EQ(at(open, target).kind, model::MountKind::engineFile) << target;
        EXPECT_FALSE(at(open, target).readOnly) << target;
        const bool name = std::string(target) == "/etc/hostname" || std::string(target) == "/etc/resolv.conf";
        EXPECT_EQ(at(closed, target).readOnly, name) << target;
    }
    EXPECT_EQ(
        at(container("", ", terminationMessagePath: /tmp/last"), "/tmp/last").kind,
        model::MountKind::engineFile);
    EXPECT_EQ(at(container("  hostIPC: true\n", ""), "/dev/shm").hostPaths.value(), Words{"/dev/shm"});
}

// The kubelet gives every mount that it asks for the map of the Pod's users, its own files too (kubernetes
// pkg/kubelet/kuberuntime/kuberuntime_container_linux.go, applyPlatformSpecificContainerConfig), and
// containerd its files but the shared memory (internal/cri/server/container_create.go, linuxContainerMounts)
TEST(Kubernetes, FilesOfTheEngineAreMappedAsVolumesAre) {
    const auto mapped = [](const std::string& spec, const std::string& engine) {
        const Snapshot s = container(spec, "", engine);
        Words out;
        for (const char* target :
             {"/dev/termination-log", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/shm"}) {
            if (at(s, target).idmap) {
                out.emplace_back(target);
            }
        }
        return out;
    };
    EXPECT_EQ(
        mapped("  hostUsers: false\n", "containerd"),
        (Words{"/dev/termination-log", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}));
    EXPECT_EQ(mapped("  hostUsers: false\n", "crio"), (Words{"/dev/termination-log", "/etc/hosts"}));
    EXPECT_EQ(mapped("", "containerd"), Words());
}

// containerd pull request 11271, in 2.0.3: until then the sandbox left the Pod's sysfs read-only
TEST(Kubernetes, TheSandboxKeepsTheSysfsOfAPrivilegedPodReadOnly) {
    const std::string privileged = ", securityContext: {privileged: true}";
    for (const char* engine : {"containerd@1.6.20", "containerd@1.7.24", "containerd@2.0.2"}) {
        EXPECT_TRUE(at(container("", privileged, engine), "/sys").readOnly) << engine;
        EXPECT_EQ(at(container("", privileged, engine), "/sys").options.front(), "rw") << engine;
        EXPECT_FALSE(at(container("  hostNetwork: true\n", privileged, engine), "/sys").readOnly) << engine;
    }
    for (const char* engine :
         {"containerd", "containerd@2.0.3", "containerd@2.1.0", "containerd@1.7.26", "crio"}) {
        EXPECT_FALSE(at(container("", privileged, engine), "/sys").readOnly) << engine;
    }
    // a version that says less is the newest of its line, and the "v" of a release's tag is no part of it
    for (const char* engine :
         {"containerd@2", "containerd@2.0", "containerd@1.7", "containerd@1", "containerd@v2.1.0",
          "containerd@v2"}) {
        EXPECT_FALSE(at(container("", privileged, engine), "/sys").readOnly) << engine;
    }
    for (const char* engine : {"containerd@1.6", "containerd@v1.7.24", "containerd@v2.0.2"}) {
        EXPECT_TRUE(at(container("", privileged, engine), "/sys").readOnly) << engine;
    }
    EXPECT_TRUE(at(container("", "", "containerd"), "/sys").readOnly);
}

// The CRI lists no nodes; the runtime's own list stands alone, without the console that Docker adds.
TEST(Kubernetes, DevicesAreLeftToTheRuntime) {
    const model::DeviceRules rules = container("", "").cgroup.devicePolicy.effective.value();
    const auto allows = [&](const char* line) {
        const model::DeviceRule wanted = *model::parseDeviceRule(line);
        return std::ranges::any_of(rules.allowed, [&](const model::DeviceRule& rule) {
            return rule.type == wanted.type && rule.major == wanted.major && rule.minor == wanted.minor;
        });
    };
    EXPECT_TRUE(allows("c 1:3 rwm"));
    EXPECT_FALSE(allows("c 5:1 rwm"));
}

TEST(Kubernetes, EveryKindOfWorkload) {
    const std::string pod = "{spec: {containers: [{name: c, image: i}]}}";
    const auto named = [&](const std::string& kind, const std::string& rest) {
        const auto all = import("apiVersion: x/v1\nkind: " + kind + "\nmetadata: {name: n}\n" + rest);
        return all ? all->front().subject.name : all.error().message;
    };
    for (const char* kind : {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"}) {
        std::string lower = kind;
        std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
        EXPECT_EQ(named(kind, "spec: {template: " + pod + "}"), lower + "/n/c");
    }
    EXPECT_EQ(named("CronJob", "spec: {jobTemplate: {spec: {template: " + pod + "}}}"), "cronjob/n/c");
    EXPECT_EQ(named("PodTemplate", "template: " + pod), "podtemplate/n/c");
    EXPECT_EQ(
        named("Deployment", "spec: {}"),
        "pod.yaml:4:7: spec.template: absent: the deployment describes no Pod");
    EXPECT_EQ(
        named("Service", "spec: {}"),
        "pod.yaml: describes no container; of its objects none is a Pod, a workload, or a List of them");
}

TEST(Kubernetes, ListsDocumentsAndRoles) {
    const auto all = import(R"(apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: s}}
- apiVersion: v1
  kind: Pod
  metadata: {name: a}
  spec:
    containers: [{name: app, image: i}]
    initContainers: [{name: once, image: i}, {name: beside, image: i, restartPolicy: Always}]
    ephemeralContainers: [{name: debug, image: i}]
---
apiVersion: v1
kind: Pod
metadata: {name: b}
spec: {containers: [{name: app, image: i}]}
)");
    ASSERT_TRUE(all) << all.error().message;
    Words names;
    for (const Snapshot& snapshot : *all) {
        names.push_back(snapshot.subject.name + " " + snapshot.group.role);
    }
    EXPECT_EQ(
        names, (Words{
                   "pod/a/app app", "pod/a/once init", "pod/a/beside sidecar", "pod/a/debug ephemeral",
                   "pod/b/app app"}));
}

TEST(Kubernetes, WhatAContainerSaysGoesBeforeItsPod) {
    const Snapshot s = container(
        "  securityContext: {runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}\n",
        ", securityContext: {runAsUser: 0, runAsGroup: 0, seccompProfile: {type: Unconfined}}");
    EXPECT_EQ(s.identity.uid.value().real, 0U);
    EXPECT_EQ(s.seccomp.mode.value(), model::SeccompMode::disabled);
    const Snapshot pod = container("  securityContext: {runAsUser: 1000, runAsGroup: 5}\n", "");
    EXPECT_EQ(pod.identity.uid.value().real, 1000U);
    EXPECT_EQ(pod.identity.gid.value().real, 5U);
    EXPECT_TRUE(pod.capabilities.effective.value().empty());
    EXPECT_EQ(pod.capabilities.bounding.value().mask(), 0xa80425fbU);
    EXPECT_EQ(pod.seccomp.mode.value(), model::SeccompMode::disabled); // unset is none
    EXPECT_EQ(pod.seccomp.mode.evidence().kind, model::EvidenceKind::defaulted);
}

TEST(Kubernetes, TheImageNamesTheUserWhereNobodyDoes) {
    const Snapshot s = container("", "");
    EXPECT_TRUE(s.identity.uid.unreadable());
    EXPECT_TRUE(s.capabilities.effective.unreadable());
    EXPECT_NE(s.capabilities.effective.gap().reason.find("image"), std::string::npos);
}

TEST(Kubernetes, CapabilitiesByTheAlgebraOfTheCri) {
    const auto mask = [](const std::string& lists, const std::string& engine = "") {
        return container("", ", securityContext: {capabilities: " + lists + "}", engine)
            .capabilities.bounding.value()
            .mask();
    };
    EXPECT_EQ(mask("{add: [ALL]}"), (std::uint64_t{1} << 41) - 1);
    EXPECT_EQ(mask("{drop: [ALL]}"), 0U);
    EXPECT_EQ(mask("{add: [net_admin], drop: [ALL]}"), 0x1000U);
    EXPECT_EQ(mask("{add: [CHOWN], drop: [ALL, CHOWN]}"), 0U);               // drop wins
    EXPECT_EQ(mask("{add: [CHOWN], drop: [ALL, CAP_CHOWN]}", "docker"), 1U); // add wins
    EXPECT_EQ(mask("{}", "crio"), 0x5fbU);
}

TEST(Kubernetes, PrivilegedTakesTheProfileAwayOnTheCriAlone) {
    const std::string own =
        ", securityContext: {privileged: true, runAsUser: 0, seccompProfile: {type: Localhost, "
        "localhostProfile: p.json}}";
    EXPECT_EQ(container("", own).seccomp.mode.value(), model::SeccompMode::disabled);
    EXPECT_EQ(container("", own, "docker").seccomp.mode.value(), model::SeccompMode::filter);
    const Snapshot s = container("", own);
    EXPECT_TRUE(s.cgroup.devicePolicy.effective.value().allowsAll());
    EXPECT_EQ(s.paths.states.at("/proc/kcore").value().state, model::Exposure::exposed);
    EXPECT_EQ(s.lsm.apparmor.value().mode, "unconfined");
}

TEST(Kubernetes, NamespacesMountsAndAnnotations) {
    const auto all = import(R"(apiVersion: v1
kind: Pod
metadata:
  name: p
  annotations: {container.apparmor.security.beta.kubernetes.io/c: localhost/mine}
spec:
  hostNetwork: true
  hostUsers: false
  automountServiceAccountToken: false
  volumes: [{name: d, hostPath: {path: /var/run/docker.sock}}, {name: e, emptyDir: {}}]
  containers:
  - name: c
    image: i
    securityContext: {procMount: Unmasked, allowPrivilegeEscalation: false}
    volumeMounts:
    - {name: d, mountPath: /d.sock, readOnly: true}
    - {name: e, mountPath: /e, mountPropagation: HostToContainer}
    resources: {limits: {memory: 64Mi, cpu: 1500m}}
)");
    ASSERT_TRUE(all) << all.error().message;
    const Snapshot& s = all->front();
    EXPECT_TRUE(s.network.hostNetwork.value());
    EXPECT_TRUE(s.namespaces.at(NamespaceType::uts).sharedWithHost.value());
    EXPECT_FALSE(s.identity.userNamespaceIsHost.value());
    EXPECT_TRUE(s.identity.uidMap.unreadable());
    EXPECT_TRUE(s.identity.noNewPrivileges.value());
    EXPECT_EQ(s.paths.maskedPaths.value(), Words());
    EXPECT_EQ(s.lsm.apparmor.value().label, "mine");
    EXPECT_EQ(s.cgroup.limits.at("memory").value().value, 67108864U);
    EXPECT_EQ(s.cgroup.limits.at("cpu").value().value, 1500U);
    ASSERT_EQ(s.sockets.value().size(), 1U);
    EXPECT_EQ(s.sockets.value().front().path, "/d.sock");
    const auto& mounts = s.mounts.value();
    const auto empty = std::ranges::find(mounts, "/e", &model::Mount::target);
    ASSERT_NE(empty, mounts.end());
    EXPECT_EQ(empty->propagation, "slave");
    EXPECT_TRUE(empty->hostPaths.unreadable());
    EXPECT_EQ(
        std::ranges::find(mounts, "/var/run/secrets/kubernetes.io/serviceaccount", &model::Mount::target),
        mounts.end());
}

TEST(Kubernetes, WhatAPodSharesAndWhoItIs) {
    const auto asks = [](const Snapshot& s, const std::string& what) {
        const auto& all = s.config.asks.value();
        return std::ranges::find(all, what) != all.end();
    };
    const Snapshot shared = container("  shareProcessNamespace: true\n  serviceAccountName: web\n", "");
    EXPECT_TRUE(asks(shared, "pid namespace shared by the Pod's containers"));
    EXPECT_TRUE(asks(shared, "service account web"));
    EXPECT_FALSE(shared.namespaces.at(NamespaceType::pid).sharedWithHost.value());
    EXPECT_EQ(
        shared.namespaces.at(NamespaceType::pid).declared.evidence().source, "spec.shareProcessNamespace");
    EXPECT_FALSE(asks(
        container("  shareProcessNamespace: false\n", ""), "pid namespace shared by the Pod's containers"));
    const auto both = import(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostPID: true\n  shareProcessNamespace: "
        "true\n  containers: [{name: c, image: i}]\n");
    ASSERT_FALSE(both);
    EXPECT_EQ(
        both.error().message, "pod.yaml:6:26: spec.shareProcessNamespace: cannot be true where hostPID is");
}

// kubernetes pkg/kubelet/kuberuntime/kuberuntime_container_linux.go: NamespaceMode_TARGET stands in the place
// of CONTAINER alone, and for processes alone; containerd gives it /proc/PID/ns/pid of the target
TEST(Kubernetes, AnEphemeralContainerIsAmongTheProcessesOfItsTarget) {
    const auto debug = [](const std::string& spec, const std::string& target) {
        const auto all = import(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n" + spec +
            "  containers: [{name: app, image: i}]\n"
            "  ephemeralContainers: [{name: debug, image: i, targetContainerName: " +
            target + "}]\n");
        EXPECT_TRUE(all) << all.error().message;
        return all && all->size() == 2 ? all->back() : Snapshot{};
    };
    const Snapshot s = debug("", "app");
    const model::Namespace& processes = s.namespaces.at(NamespaceType::pid);
    EXPECT_EQ(processes.declared.value(), "join(container:pod/p/app)");
    EXPECT_EQ(processes.declared.evidence().source, "spec.ephemeralContainers[0].targetContainerName");
    EXPECT_EQ(processes.sharedWithHost.get() != nullptr && !*processes.sharedWithHost.get(), true);
    EXPECT_EQ(s.namespaces.at(NamespaceType::mnt).declared.value(), "new");
    EXPECT_EQ(s.config.notUnderstood.value(), Words());
    EXPECT_EQ(debug("  hostPID: true\n", "app").namespaces.at(NamespaceType::pid).declared.value(), "host");
    EXPECT_EQ(
        debug("  shareProcessNamespace: true\n", "app").namespaces.at(NamespaceType::pid).declared.value(),
        "new");
    EXPECT_EQ(debug("", "''").namespaces.at(NamespaceType::pid).declared.value(), "new");
    // pkg/apis/core/validation: it must exist and be none of the ephemeral ones
    for (const char* other : {"web", "debug"}) {
        EXPECT_EQ(
            debug("", other).config.notUnderstood.value(),
            (Words{
                "spec.ephemeralContainers[0].targetContainerName (line 6): the Pod has no such container to "
                "join: the API server refuses it"}));
    }
}

TEST(Kubernetes, NotRootWithoutAUserIsAGapAndWithRootARefusal) {
    const Snapshot s = container("  securityContext: {runAsNonRoot: true}\n", "");
    ASSERT_TRUE(s.identity.uid.unreadable());
    EXPECT_EQ(s.identity.uid.gap().reason, "the image names the user, and it is not root");
    EXPECT_EQ(s.config.asks.value().front(), "a user who is not root");
    EXPECT_EQ(s.config.notUnderstood.value(), Words());
    const Snapshot root =
        container("  securityContext: {runAsNonRoot: true}\n", ", securityContext: {runAsUser: 0}");
    EXPECT_EQ(
        root.config.notUnderstood.value(),
        (Words{
            "spec.containers[0].securityContext (line 5): runAsNonRoot with the user 0: the kubelet does not "
            "start the container"}));
}

TEST(Kubernetes, RecursiveReadOnlyIsListedUnlessItIsOff) {
    const auto listed = [](const std::string& mode) {
        return container(
                   "  volumes: [{name: v, hostPath: {path: /srv}}]\n",
                   ", volumeMounts: [{name: v, mountPath: /v, readOnly: true, recursiveReadOnly: " + mode +
                       "}]")
            .config.notUnderstood.value();
    };
    EXPECT_EQ(listed("Disabled"), Words());
    EXPECT_EQ(
        listed("Enabled"),
        (Words{
            "spec.containers[0].volumeMounts[0].recursiveReadOnly (line 5): Enabled: whether what is mounted "
            "below the folder is read-only too, the node says"}));
}

TEST(Kubernetes, BadAndUnknownFields) {
    const auto refusal = [](const std::string& spec, const std::string& own) {
        const auto all = import(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, image: i" + own +
            "}]\n" + spec);
        return all ? "accepted" : all.error().message;
    };
    EXPECT_EQ(
        refusal("", ", volumeMounts: [{name: x, mountPath: /x}]"),
        "pod.yaml:5:51: spec.containers[0].volumeMounts[0].name: the Pod has no volume x");
    EXPECT_EQ(
        refusal("  hostPID: maybe\n", ""),
        "pod.yaml:6:12: spec.hostPID: expected true or false, found maybe");
    EXPECT_NE(
        refusal("", ", securityContext: {seccompProfile: {type: Other}}")
            .find("seccompProfile: expected the type"),
        std::string::npos);
    const Snapshot s =
        container("  flavour: sweet\n", ", colour: red, securityContext: {capabilities: {add: [FLY]}}");
    EXPECT_EQ(
        s.config.notUnderstood.value(),
        (Words{"spec.flavour (line 6)", "spec.containers[0].colour (line 5)", "no capability is named FLY"}));
}

} // namespace
} // namespace bulkhead::claims
