#!/usr/bin/env python3
"""Pods, projects and containers that join each other: which namespaces they have in common, said of those that are opened
together, as asked for and as enforced; the latter held against the kernel's own numbers."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import engines

BULKHEAD = os.environ["BULKHEAD"]
PAUSE = "localhost/bulkhead-pause:latest"


def inode(pid, kind):
    return os.stat(f"/proc/{pid}/ns/{kind}").st_ino


def opened(engine, *references):
    """The declared and the enforced snapshots by subject's name."""
    name, url = engines.serve(engine)
    done = subprocess.run([BULKHEAD, "inspect", *references, "--vantage", "all", "--format", "json"], text=True,
                          capture_output=True, timeout=90, check=False,
                          env={**os.environ, name: url, "HOME": "/nonexistent"})
    assert done.returncode == 0, done.stderr
    views = {}
    for snapshot in json.loads(done.stdout):
        views.setdefault(snapshot["subject"]["name"], {})[snapshot["vantage"]] = snapshot
    return views


def shared(snapshot):
    return {kind: space["sharedWith"] for kind, space in snapshot["namespaces"].items() if space["sharedWith"]}


class Groups:
    def kernel_agrees(self, views, vantage="enforced"):
        """Two subjects are said to share exactly what has one number and is not the host's."""
        pids = {name: view["enforced"]["subject"]["pid"] for name, view in views.items()}
        for name, pid in pids.items():
            expected = {}
            for kind in ("net", "ipc", "uts", "pid", "mnt", "cgroup", "user"):
                if inode(pid, kind) != inode("self", kind):
                    others = [other for other, its in pids.items()
                              if other != name and inode(its, kind) == inode(pid, kind)]
                    expected |= {kind: others} if others else {}
            self.assertEqual(shared(views[name][vantage]), expected, name)


class Docker(Groups, unittest.TestCase):
    def test_containers_that_join_each_other_and_a_project(self):
        with engines.docker() as docker:
            project = ["--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=web"]
            docker.run("sleep", "1000", name="web", options=project + ["--ipc", "shareable"])
            docker.run("sleep", "1000", name="joined", options=["--net", "container:web", "--ipc", "container:web"])
            docker.run("sleep", "1000", name="apart")
            docker.run("sleep", "1000", name="hosted", options=["--net", "host"])
            views = opened(docker, "docker:web", "docker:joined", "docker:apart", "docker:hosted")
            self.kernel_agrees(views)
            self.kernel_agrees(views, "declared")
            self.assertEqual(shared(views["joined"]["enforced"]), {"net": ["web"], "ipc": ["web"]})
            for vantage in ("declared", "enforced"):
                group = views["web"][vantage]["group"]
                self.assertEqual((group["kind"], group["id"], group["role"]), ("compose", "shop", "app"))
                self.assertEqual(views["apart"][vantage]["group"]["kind"], "none")
            # alone, a subject has nobody to share with
            self.assertEqual(shared(opened(docker, "docker:joined")["joined"]["enforced"]), {})


class Podman(Groups, unittest.TestCase):
    def pause(self, podman):
        """An image for the container that holds a pod's namespaces: Podman's own is on a registry."""
        archive = podman.folder / "pause.tar"
        engines.tell("tar", "-C", engines.root_filesystem(podman.folder / "pause"), "-cf", archive, ".")
        podman.call("import", "--change", 'CMD ["/bin/sleep", "1000"]', archive, PAUSE)

    def test_a_pod(self):
        with engines.podman() as podman:
            self.pause(podman)
            limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
            # the pod's own container gets its limits from the configuration alone
            conf = podman.folder / "containers.conf"
            conf.write_text('[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]\n')
            os.environ["CONTAINERS_CONF"] = str(conf)
            self.addCleanup(os.environ.pop, "CONTAINERS_CONF", None)
            podman.call("pod", "create", "--name", "shop", "--network", "none", "--infra-image", PAUSE, "--infra-command",
                        "/bin/sleep 1000", "--share", "net,ipc,uts")
            try:
                for name in ("web", "db"):
                    podman.call("run", "-d", "--pod", "shop", "--name", name, *limits, engines.IMAGE, "sleep", "1000")
                views = opened(podman, "podman:shop")
                self.assertEqual(len(views), 3)
                self.kernel_agrees(views)
                self.kernel_agrees(views, "declared")
                self.assertEqual(set(shared(views["web"]["enforced"])), {"net", "ipc", "uts"})
                roles = sorted(view["enforced"]["group"]["role"] for view in views.values())
                self.assertEqual(roles, ["app", "app", "sandbox"])
                pod = json.loads(podman.call("pod", "inspect", "shop"))
                pod = pod[0] if isinstance(pod, list) else pod
                self.assertEqual({view["declared"]["group"]["id"] for view in views.values()}, {pod["Id"]})
                only = opened(podman, "podman:web", "podman:db")
                self.assertEqual(shared(only["web"]["declared"]), shared(only["web"]["enforced"]))
            finally:
                podman.call("pod", "rm", "-f", "-t", "0", "shop")


POD = """apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  %s
  containers:
  - {name: web, image: web}
  - {name: db, image: db}
"""
COMPOSE = """services:
  web: {image: web}
  side: {image: side, network_mode: "service:web", ipc: "service:web"}
  apart: {image: apart}
"""


class Documents(unittest.TestCase):
    def declared(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            done = subprocess.run([BULKHEAD, "inspect", file.name, "--format", "json"], text=True, capture_output=True,
                                  timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {snapshot["subject"]["name"]: snapshot for snapshot in json.loads(done.stdout)}

    def test_containers_of_a_pod_share_net_ipc_and_uts(self):
        snapshots = self.declared(POD % "")
        web, db = (next(one for name, one in snapshots.items() if name.endswith(end)) for end in ("/web", "/db"))
        self.assertEqual(set(shared(web)), {"net", "ipc", "uts"})
        self.assertEqual(shared(web)["net"], [db["subject"]["name"]])
        self.assertEqual(web["group"]["kind"], "pod")

    def test_and_pid_where_the_pod_says_so(self):
        snapshots = self.declared(POD % "shareProcessNamespace: true")
        self.assertEqual({frozenset(shared(one)) for one in snapshots.values()}, {frozenset({"net", "ipc", "uts", "pid"})})

    def test_what_is_the_hosts_is_nobodys_together(self):
        snapshots = self.declared(POD % "hostNetwork: true")
        self.assertEqual({frozenset(shared(one)) for one in snapshots.values()}, {frozenset({"ipc"})})

    def test_services_that_join_each_other(self):
        snapshots = self.declared(COMPOSE)
        self.assertEqual(shared(snapshots["side"]), {"net": ["web"], "ipc": ["web"]})
        self.assertEqual(shared(snapshots["web"]), {"net": ["side"], "ipc": ["side"]})
        self.assertEqual(shared(snapshots["apart"]), {})


if __name__ == "__main__":
    engines.main()
