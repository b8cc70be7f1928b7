#!/usr/bin/env python3
"""Pods on a real containerd, held against the kernel: each Pod is started as a kubelet would ask for it, and what its
document declares contradicts nothing. The machine's list knows the Pods. Prints how many containers were held."""

import os
import tempfile
import unittest
from pathlib import Path

import against_kernel
import cri
import engines

HELD = []
PROFILE = '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mount", "bpf"], "action": "SCMP_ACT_ERRNO"}]}'
LOCALHOST = {"seccompProfile": {"type": "Localhost", "localhostProfile": "strict.json"}}
RESTRICTED = {"runAsNonRoot": True, "runAsUser": 1000, "runAsGroup": 1000, "allowPrivilegeEscalation": False,
              "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
              "readOnlyRootFilesystem": True}


def secured(**fields):
    return {"securityContext": fields}


def mounted(**fields):
    return {"volumeMounts": [{"name": "data", "mountPath": "/data", **fields}]}


def of_host(path):
    return {"volumes": [{"name": "data", "hostPath": {"path": path}}]}


SYSFS = ("sysfs is one file system for each network namespace, and the container that mounted it first there, a Pod's "
         "sandbox, left it read-only")

# What stands in the Pod's spec, and in that of its container.
PODS = {
    "plain": ({}, {}),
    "restricted": ({}, secured(**RESTRICTED)),
    "all of the host's": ({"hostNetwork": True, "hostPID": True, "hostIPC": True}, {}),
    "network of the host": ({"hostNetwork": True}, {}),
    "processes of the host": ({"hostPID": True}, {}),
    "queues of the host": ({"hostIPC": True}, {}),
    "processes shared": ({"shareProcessNamespace": True}, {}),
    "added and dropped": ({}, secured(capabilities={"add": ["NET_ADMIN", "SYS_TIME"], "drop": ["CHOWN"]})),
    "in small letters": ({}, secured(capabilities={"add": ["net_admin"]})),
    "both added and dropped": ({}, secured(capabilities={"add": ["NET_RAW", "KILL"], "drop": ["KILL"]})),
    "all dropped, one added": ({}, secured(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})),
    "all added": ({}, secured(capabilities={"add": ["ALL"]})),
    "all added, one dropped": ({}, secured(capabilities={"add": ["ALL"], "drop": ["SYS_ADMIN"]})),
    "privileged": ({}, secured(privileged=True)),
    "privileged on the host's network": ({"hostNetwork": True}, secured(privileged=True)),
    "privileged, with a profile": ({}, secured(privileged=True, seccompProfile={"type": "RuntimeDefault"})),
    "privileged, with a profile of the node": ({}, secured(privileged=True, **LOCALHOST)),
    "privileged, a user of its own": ({}, secured(privileged=True, runAsUser=1000)),
    "a folder of the host": (of_host("/usr/share"), mounted()),
    "a folder of the host, read-only": (of_host("/usr/share"), mounted(readOnly=True)),
    "below a folder of the host": (of_host("/usr"), mounted(subPath="share")),
    "the host's root": (of_host("/"), mounted()),
    "an empty folder": ({"volumes": [{"name": "data", "emptyDir": {}}]}, mounted()),
    "a secret": ({"volumes": [{"name": "data", "secret": {"secretName": "shop"}}]}, mounted()),
    "a configuration": ({"volumes": [{"name": "data", "configMap": {"name": "shop"}}]}, mounted()),
    "limits": ({}, {"resources": {"limits": {"memory": "64Mi", "cpu": "500m"}}}),
    "unmasked": ({}, secured(procMount="Unmasked")),
    "the engine's profile": ({}, secured(seccompProfile={"type": "RuntimeDefault"})),
    "the engine's profile and a capability": ({}, secured(seccompProfile={"type": "RuntimeDefault"},
                                                          capabilities={"add": ["SYS_ADMIN", "SYS_PTRACE"]})),
    "the engine's profile for the Pod": (secured(seccompProfile={"type": "RuntimeDefault"}), {}),
    "a profile of the node": ({}, secured(**LOCALHOST)),
    "a user of the Pod's": (secured(runAsUser=1000, supplementalGroups=[5, 6], fsGroup=7), {}),
    "a user of its own": (secured(runAsUser=1000), secured(runAsUser=2000, capabilities={"add": ["NET_RAW"]})),
    "no new privileges": ({}, secured(allowPrivilegeEscalation=False)),
    "a read-only root": ({}, secured(readOnlyRootFilesystem=True)),
    "no token": ({"automountServiceAccountToken": False}, {}),
    "last words elsewhere": ({}, {"terminationMessagePath": "/tmp/last"}),
}


def document(name, spec, container, more=()):
    app = {"name": "app", "image": cri.IMAGE, "command": ["/bin/sleep", "1000"], **container}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
            "spec": {**spec, "containers": [app, *more]}}


class Pods(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        opened = cri.node()
        cls.node = opened.__enter__()
        cls.addClassCleanup(opened.__exit__, None, None, None)
        cls.version = engines.tell("containerd", "--version").split()[2].split("~")[0]
        folder = tempfile.TemporaryDirectory(prefix="bulkhead-pods-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        (cls.folder / "strict.json").write_text(PROFILE)
        cls.node.profiles = cls.folder

    def start(self, *pod):
        pod = self.node.run(document(*pod))
        self.addCleanup(pod.remove)
        return pod

    def hold(self, label, written, pid):
        found = against_kernel.contradictions(self.folder, written, f"containerd@{self.version}", pid)
        HELD.append(label)
        self.assertEqual([against_kernel.described(c) for c in found], [], label)

    def test_nothing_contradicts(self):
        for number, (label, (spec, container)) in enumerate(PODS.items()):
            with self.subTest(label):
                written = document(f"pod-{number}", spec, container)
                pod = self.node.run(written)
                try:
                    self.hold(label, written, pod.pids["app"])
                finally:
                    pod.remove()

    def test_the_list_knows_a_pod(self):
        pod = self.start("shop", {}, {}, [{"name": "helper", "image": cri.IMAGE}])
        subjects = against_kernel.bulkhead("list", "--format", "json")["subjects"]
        by_pid = {subject["pid"]: subject for subject in subjects}
        for name, pid in pod.pids.items():
            self.assertEqual((by_pid[pid]["engine"], by_pid[pid]["name"], by_pid[pid]["id"]),
                             ("containerd", name, pod.ids[name]))
            self.assertEqual([by_pid[pid][field] for field in ("groupKind", "group", "groupName", "sharedInGroup")],
                             ["pod", pod.sandbox["metadata"]["uid"], "default/shop", ["net", "ipc", "uts"]])
        self.assertIn("pod default/shop: share net, ipc, uts", against_kernel.text("list"))

    def test_a_running_container_is_held_against_what_containerd_asked_for(self):
        pod = self.start("told", {}, secured(privileged=True), [{"name": "helper", "image": cri.IMAGE}])
        for name in pod.pids:
            found = against_kernel.bulkhead("contradictions", f"oci:{pod.ids[name]}", "--format", "json")
            causes = {c["cause"] for c in found["contradictions"]}
            # config.json cannot say which sysfs the namespace has that it joins
            self.assertEqual(causes, {SYSFS} if name == "app" and self.sandbox_closes_sysfs() else set(), name)

    def sandbox_closes_sysfs(self):
        release = tuple(int(part) for part in self.version.split("."))
        return release < (1, 7, 26) or (2,) <= release < (2, 0, 3)

    @classmethod
    def tearDownClass(cls):
        print(f"held against the kernel: {len(HELD)} containers of Pods, containerd {cls.version}")


if __name__ == "__main__":
    engines.main(needs=("containerd",))
