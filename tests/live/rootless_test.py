#!/usr/bin/env python3
"""Containers of a Podman that an ordinary user runs, held against the kernel: what `podman inspect` declares, resolved for
an engine without root, contradicts nothing but what STATED names. Prints how many were held."""

import os
import shutil
import tempfile
import unittest
from pathlib import Path

import against_kernel
import engines

HELD = []
OPTIONS = [
    [], ["--cap-drop", "ALL"], ["--cap-add", "SYS_ADMIN"], ["--privileged"], ["--read-only"], ["--user", "1000:1000"],
    ["--pid", "host"], ["--net", "host"], ["--uts", "host"], ["--net", "host", "--pid", "host", "--privileged"],
    ["--userns", "keep-id"], ["--userns", "host"], ["-v", "/usr/share:/data"], ["-v", "/usr/share:/data:ro"],
    ["-v", "/:/host"], ["-v", "/proc:/host-proc"], ["--device", "/dev/fuse"], ["--tmpfs", "/scratch"],
    ["--security-opt", "seccomp=unconfined"], ["--security-opt", "no-new-privileges"],
    ["--security-opt", "unmask=ALL"], ["--cgroupns", "host"],
]
# Differences that no document can foresee: with which option, which contradictions, and why.
STATED = [
    ("unmask=ALL", ("paths[", "kernel.writableKnobs"), "inspect of Podman 4 does not say unmask=ALL"),
    ("--device", ('devices["/dev/fuse"]', 'mounts["/dev/fuse"]'),
     "an ordinary user's Podman binds the node, and inspect of Podman 4 lists neither node nor mount"),
    ("/:/host", ('mounts["/host/etc"]',), "this user lives with an /etc of its own, which is not the host's"),
]


def is_stated(contradiction, options):
    return any(option in options and contradiction["path"].startswith(paths) for option, paths, _ in STATED)


class Rootless(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if not shutil.which("newuidmap"):
            raise unittest.SkipTest("newuidmap is not installed")
        opened = engines.rootless_podman()
        cls.podman = opened.__enter__()
        cls.addClassCleanup(opened.__exit__, None, None, None)
        cls.version = engines.tell("podman", "--version").split()[2]
        folder = tempfile.TemporaryDirectory(prefix="bulkhead-rootless-claims-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)

    def test_nothing_contradicts(self):
        for options in OPTIONS:
            with self.subTest(options):
                container = self.podman.run("sleep", "1000", options=options)
                found = against_kernel.contradictions(self.folder, container.inspect(),
                                                      f"podman@{self.version},rootless", container.pid)
                HELD.append(options)
                left = [against_kernel.described(c) for c in found if not is_stated(c, options)]
                self.assertEqual(left, [])
                container.remove()

    def test_its_root_is_an_ordinary_user_of_the_host(self):
        container = self.podman.run("sleep", "1000", options=["--privileged"])
        snapshot = against_kernel.bulkhead("inspect", f"pid:{container.pid}", "--format", "json")
        uids = Path(f"/proc/{container.pid}/uid_map").read_text().split()[:2]
        self.assertEqual(uids, ["0", str(engines.ORDINARY)])
        self.assertFalse(snapshot["identity"]["userNamespaceIsHost"])
        self.assertEqual([entry["outside"] for entry in snapshot["identity"]["uidMap"] if entry["inside"] == 0],
                         [engines.ORDINARY])
        self.assertIn("CAP_SYS_ADMIN", snapshot["capabilities"]["effective"])
        # of the host's namespaces none belongs to its user namespace (namespaces(7), ioctl_ns(2)), whatever it holds
        self.assertEqual(snapshot["capabilities"]["over"]["user"], [])
        container.remove()

    @classmethod
    def tearDownClass(cls):
        print(f"held against the kernel: {len(HELD)} containers of a rootless Podman {cls.version}")


if __name__ == "__main__":
    engines.main(needs=("podman",))
