#!/usr/bin/env python3
"""Configurations held against the kernel: containers of Docker, Podman and runc over combinations of options, each
declared from what the engine itself says of it (`docker inspect`, `podman inspect`, config.json), and compared with the
process. Nothing may contradict but what STATED names. Prints how many were held."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import against_kernel
import engines

HELD = []

# Differences that no document can foresee: which contradictions, of which engine, and why.
STATED = [
    ("podman", "unmask=ALL", lambda c: c["path"].startswith(("paths[", "kernel.writableKnobs")),
     "inspect of Podman 4 does not say unmask=ALL"),
    ("podman", "--ipc", lambda c: c["path"].startswith(("namespaces.ipc", 'mounts["/dev/shm"]', 'mounts["/dev/mqueue"]')),
     "inspect of Podman 4.3 says shareable for --ipc host"),
    ("podman", "--user", lambda c: c["path"] in ('mounts["/etc/passwd"]', 'mounts["/etc/group"]'),
     "Podman binds files with an entry for the user where it cannot write them, and inspect does not list them"),
    *((engine, folder, lambda c: c["cause"].startswith("the folder is asked for read-only, and a bind says so for one"),
       "what the host has mounted below a read-only bind is writable")
      for engine in ("docker", "podman") for folder in ("/:/host:ro", "/sys:/host-sys:ro")),
]


def writable_below(pid, folder):
    """Mounts below a folder of the container, of which neither mount nor file system is read-only."""
    below = set()
    for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines():
        before, _, behind = line.partition(" - ")
        target, options = before.split()[4:6]
        if target.startswith(folder + "/") and "rw" in options.split(",") and "rw" in behind.split()[2].split(","):
            below.add(target)
    return below


def is_stated(change, label):
    return any(label[0] == engine and (not option or option in label) and matches(change)
               for engine, option, matches, _ in STATED)


ONE = [
    [], ["--cap-add", "NET_ADMIN"], ["--cap-add", "net_admin", "--cap-drop", "CHOWN"], ["--cap-drop", "ALL"],
    ["--cap-drop", "ALL", "--cap-add", "CHOWN"], ["--read-only"], ["--user", "1000:1000"], ["--user", "1000:1000", "--cap-add", "NET_RAW"],
    ["--security-opt", "no-new-privileges"], ["--security-opt", "seccomp=unconfined"], ["--pid", "host"],
    ["--net", "host"], ["--ipc", "host"], ["--uts", "host"], ["--device", "/dev/fuse"],
    ["-v", "/usr/share:/host-share:ro"], ["-v", "/usr/share:/host-share"],
    ["-v", "/:/host"], ["-v", "/:/host:ro"], ["-v", "/dev:/host-dev"], ["-v", "/dev/shm:/host-shm:ro"],
    ["-v", "/proc:/host-proc"], ["-v", "/sys:/host-sys:ro"], ["-v", "/proc/sys:/knobs"], ["-v", "/sys/fs/cgroup:/groups"],
    ["--tmpfs", "/scratch"], ["--ulimit", "core=0:0"],
    ["--pids-limit", "64"], ["--memory", "64m"], ["--user", "1000:1000", "--cap-drop", "ALL", "--read-only"],
    ["--pid", "host", "--net", "host", "--ipc", "host", "--uts", "host"],
    ["--read-only", "--tmpfs", "/scratch", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
]
OF_DOCKER = [["--security-opt", "systempaths=unconfined"], ["--cap-add", "CAP_NET_ADMIN"], ["-v", "/usr/share/:/host-share/"]]
OF_PODMAN = [["--security-opt", "unmask=ALL"], ["--privileged"], ["--read-only", "--read-only-tmpfs=false"], ["--tmpfs", "/run"],
             ["--uidmap", "0:100000:1000"], ["--uidmap", "0:100000:1000", "--device", "/dev/fuse"],
             ["--uidmap", "0:100000:1000", "--net", "host"], ["--cap-add", "CAP_NET_RAW"], ["--user", "1000", "--cap-add", "all"]]


def both_capabilities(config, names):
    config["process"]["capabilities"] = dict.fromkeys(("bounding", "effective", "permitted"), names)


def without(config, kind):
    config["linux"]["namespaces"] = [n for n in config["linux"]["namespaces"] if n["type"] != kind]


CHANGES = {
    "spec": lambda c: None,
    "writable": lambda c: c["root"].update(readonly=False),
    "capabilities": lambda c: both_capabilities(c, ["CAP_CHOWN", "CAP_NET_ADMIN"]),
    "none": lambda c: both_capabilities(c, []),
    "user": lambda c: c["process"].update(user={"uid": 1000, "gid": 1000, "additionalGids": [5]}),
    "new privileges": lambda c: c["process"].update(noNewPrivileges=False),
    "pid": lambda c: without(c, "pid"),
    "network": lambda c: without(c, "network"),
    "unmasked": lambda c: c["linux"].update(maskedPaths=[], readonlyPaths=[]),
    "bind": lambda c: c["mounts"].append({"destination": "/mnt", "type": "bind", "source": "/usr/share",
                                          "options": ["rbind", "ro"]}),
    "pids": lambda c: c["linux"]["resources"].update(pids={"limit": 33}),
    "filter": lambda c: c["linux"].update(seccomp={
        "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
        "syscalls": [{"names": ["mount", "bpf"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}),
}


class Matrix(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bulkhead-claims-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def hold(self, document, engine, pid, label):
        found = against_kernel.contradictions(self.folder, document, engine, pid)
        HELD.append(label)
        self.assertEqual([against_kernel.described(c) for c in found if not is_stated(c, label)], [], label)
        for source, folder in (("/", "/host"), ("/sys", "/host-sys")):
            if f"{source}:{folder}:ro" in label:
                named = {c["path"][len('mounts["'):-len('"]')] for c in found if c["path"].startswith("mounts[") and c["cause"]}
                self.assertEqual(named, writable_below(pid, folder), label)

    def test_docker(self):
        version = engines.tell("dockerd", "--version").split()[2].split("+")[0].rstrip(",")
        with engines.docker() as docker:
            for options in ONE + OF_DOCKER:
                with self.subTest(docker=options):
                    container = docker.run("sleep", "1000", options=options)
                    self.hold(container.inspect(), f"docker@{version}", container.pid, ("docker", *options))
                    container.remove()

    def test_podman(self):
        version = engines.tell("podman", "--version").split()[2]
        with engines.podman() as podman:
            for options in ONE + OF_PODMAN:
                with self.subTest(podman=options):
                    container = podman.run("sleep", "1000", options=options)
                    self.hold(container.inspect(), f"podman@{version}", container.pid, ("podman", *options))
                    container.remove()

    def test_runc(self):
        """config.json as `runc spec` writes it, changed one field at a time."""
        version = engines.tell("runc", "--version").split()[2].split("+")[0]
        libseccomp = engines.tell("runc", "--version").partition("libseccomp: ")[2].split()[0]
        self.assertTrue(libseccomp)
        for number, (label, change) in enumerate(CHANGES.items()):
            with self.subTest(runc=label):
                bundle = self.folder / f"bundle-{number}"
                bundle.mkdir()
                engines.root_filesystem(bundle / "rootfs")
                engines.tell("runc", "spec", "--bundle", bundle)
                config = json.loads((bundle / "config.json").read_text())
                config["process"] |= {"terminal": False, "args": ["sleep", "1000"], "rlimits": []}
                change(config)
                config["root"]["path"] = str(bundle / "rootfs")
                (bundle / "config.json").write_text(json.dumps(config))
                name, state = f"bulkhead-matrix-{os.getpid()}-{number}", bundle / "state"
                runc = ["runc", "--root", state]
                subprocess.run([*runc, "run", "-d", "--bundle", bundle, name], check=True, timeout=60,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
                try:
                    pid = json.loads(engines.tell(*runc, "state", name))["pid"]
                    engines.wait_until(lambda: b"sleep" in Path(f"/proc/{pid}/cmdline").read_bytes())
                    self.hold(config, f"runc@{version}", pid, ("runc", label))
                finally:
                    engines.tell(*runc, "delete", "-f", name)

    @classmethod
    def tearDownClass(cls):
        by_engine = {name: len([held for held in HELD if held[0] == name]) for name in ("docker", "podman", "runc")}
        print(f"held against the kernel: {len(HELD)} containers, {by_engine}")


if __name__ == "__main__":
    engines.main(needs=("docker", "podman", "runc"))
