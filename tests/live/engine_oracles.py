#!/usr/bin/env python3
"""Holds our facts of real Docker and Podman containers against tools nobody here wrote, field by field: lsns,
findmnt, getpcaps, /proc read by a shell from outside and from inside, and what the engine itself says it set up."""

import json
import os
import subprocess
import unittest
from pathlib import Path

import engines
import lab_oracles

BULKHEAD = os.environ.get("BULKHEAD", "build/dev/bin/bulkhead")
DOCKER_ONLY = ("limits", "nearly-privileged")  # what Podman 4 names or refuses otherwise
LEAST_FACTS = 100  # per container; fewer would mean that something was not compared at all

CONFIGURATIONS = {
    "default": [],
    "read-only": ["--read-only"],
    "privileged": ["--privileged"],
    "no-capabilities": ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    "added": ["--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN"],
    "user": ["--user", "1000:1000"],
    "host-namespaces": ["--net", "host", "--pid", "host", "--ipc", "host"],
    # Docker hands --privileged every capability there is, and fails where the machine withholds one.
    "nearly-privileged": ["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--security-opt", "seccomp=unconfined",
                          "--security-opt", "systempaths=unconfined", "--device", "/dev/fuse"],
    "unconfined": ["--security-opt", "seccomp=unconfined"],
    "limits": ["--memory", "64m", "--pids-limit", "50"],
    "bind": ["-v", "/usr/share:/shared:ro", "--tmpfs", "/scratch"],
}


def has_every_capability():
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    return int(lab_oracles.status_field(os.getpid(), "CapEff")[0], 16) == (1 << last + 1) - 1


def facts_of(pid):
    done = subprocess.run([BULKHEAD, "inspect", f"pid:{pid}", "--format", "json"], capture_output=True, text=True,
                          timeout=120, check=False)
    if done.returncode != 0:
        raise AssertionError(f"inspect pid:{pid}: {done.stderr}")
    return json.loads(done.stdout)


def inside(container, command):
    """What the container sees itself: a shell that the engine starts in it."""
    return container.engine.call("exec", container.id, "/bin/sh", "-c", command)


def compare_from_inside(name, container, snapshot):
    """The first process of the container as its own /proc shows it; needs a pid namespace of its own."""
    if snapshot["namespaces"]["pid"]["sharedWithHost"]:
        return
    lines = dict(line.split(":", 1) for line in inside(container, "cat /proc/1/status").splitlines() if ":" in line)
    names = lab_oracles.capability_names()
    for field, key in (("CapInh", "inheritable"), ("CapPrm", "permitted"), ("CapEff", "effective"),
                       ("CapBnd", "bounding"), ("CapAmb", "ambient")):
        lab_oracles.equal(f"{name}: inside {field}", snapshot["capabilities"][key],
                          lab_oracles.names_of_mask(lines[field].strip(), names))
    lab_oracles.equal(f"{name}: inside Uid", [snapshot["identity"]["uid"][key] for key in
                      ("real", "effective", "saved", "fs")], [int(word) for word in lines["Uid"].split()])
    lab_oracles.equal(f"{name}: inside Groups", sorted(snapshot["identity"]["groups"]),
                      sorted(int(word) for word in lines["Groups"].split()))
    targets = inside(container, "cut -d' ' -f5 /proc/1/mountinfo").splitlines()
    lab_oracles.equal(f"{name}: inside mounts", sorted(mount["target"] for mount in snapshot["mounts"]),
                      sorted(targets))


def writable_inside(container, path):
    return inside(container, f"if [ -w {path} ]; then echo yes; else echo no; fi") == "yes"


def compare_protected_paths(name, container, snapshot):
    """What Docker says it masks and makes read-only, as far as this kernel has the path."""
    asked = container.inspect()["HostConfig"]
    for key, state in (("MaskedPaths", "masked"), ("ReadonlyPaths", "readonly")):
        for path in asked.get(key) or []:
            if path in snapshot["paths"] and Path(path).exists():
                lab_oracles.equal(f"{name}: {path}", snapshot["paths"][path]["state"], state)


def compare_limits(name, container, snapshot):
    host = container.inspect()["HostConfig"]
    limits = snapshot["cgroup"]["limits"]
    for key, asked in (("memory", host.get("Memory")), ("pids", host.get("PidsLimit"))):
        if asked and asked > 0:
            found = limits[key]["value"] if isinstance(limits[key], dict) else limits[key]
            lab_oracles.equal(f"{name}: {key} limit", found, asked)


class Oracles(unittest.TestCase):
    def holds(self, engine, configurations):
        for name in configurations:
            with self.subTest(engine=engine.name, configuration=name):
                lab_oracles.failures.clear()
                before = lab_oracles.compared
                container = engine.run("sleep", "1000", options=CONFIGURATIONS[name])
                snapshot = facts_of(container.pid)
                lab_oracles.compare_namespaces(name, container.pid, snapshot)
                lab_oracles.compare_mounts(name, container.pid, snapshot)
                lab_oracles.compare_capabilities(name, container.pid, snapshot, lab_oracles.capability_names())
                lab_oracles.compare_status(name, container.pid, snapshot)
                lab_oracles.compare_devices(name, container.pid, snapshot)
                compare_from_inside(name, container, snapshot)
                compare_protected_paths(name, container, snapshot)
                compare_limits(name, container, snapshot)
                container.remove()
                self.assertEqual(lab_oracles.failures, [])
                self.assertGreater(lab_oracles.compared - before, LEAST_FACTS)

    def test_docker(self):
        with engines.docker() as docker:
            self.holds(docker, [name for name in CONFIGURATIONS if name != "privileged" or has_every_capability()])

    def test_podman(self):
        with engines.podman() as podman:
            self.holds(podman, [name for name in CONFIGURATIONS if name not in DOCKER_ONLY])

    def test_a_pod_shares_what_it_shares(self):
        """Two containers of one pod: net, ipc and uts are the pod's, the rest is each one's own."""
        with engines.podman() as podman:
            first = podman.run("sleep", "1000", options=["--ipc", "shareable"])
            second = podman.run("sleep", "1000", options=["--net", f"container:{first.id}", "--ipc",
                                                          f"container:{first.id}"])
            one, two = facts_of(first.pid)["namespaces"], facts_of(second.pid)["namespaces"]
            for kind in ("net", "ipc"):
                self.assertEqual(one[kind]["inode"], two[kind]["inode"], kind)
                self.assertFalse(one[kind]["sharedWithHost"])
            for kind in ("mnt", "pid", "uts"):
                self.assertNotEqual(one[kind]["inode"], two[kind]["inode"], kind)


if __name__ == "__main__":
    engines.main()
