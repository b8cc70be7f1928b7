#!/usr/bin/env python3
"""Changed configurations on the runtimes that they are for: a container starts with each, and the kernel says of it
what the change promises. What no runtime here takes (a Pod) is held by tests/core/threat/hardening_test."""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
import unittest
import uuid
from pathlib import Path

import engines

DRIVER = os.environ["EDIT_DRIVER"]
TOOL = os.environ["FILTER_TOOL"]
IDS = "containers:2147483647:1000000\n"  # podman-run(1), --userns


def changed(file, *changes, subject=""):
    return engines.tell(DRIVER, file, subject, *changes)


class Bundle(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="bulkhead-hardened-"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder)
        engines.root_filesystem(self.folder / "rootfs")
        engines.tell("runc", "spec", cwd=self.folder)
        self.config = self.folder / "config.json"
        config = json.loads(self.config.read_text())
        config["process"].update(args=["sleep", "1000"], terminal=False)
        config["process"].pop("rlimits", None)
        config["process"]["capabilities"] = {
            name: ["CAP_CHOWN", "CAP_SYS_PTRACE"] for name in ("bounding", "effective", "permitted")}
        config["linux"]["cgroupsPath"] = f"/bulkhead-hardened-{uuid.uuid4().hex[:8]}"
        self.config.write_text(json.dumps(config))

    def start(self, *changes):
        self.config.write_text(changed(self.config, *changes))
        name = f"bulkhead-{uuid.uuid4().hex[:8]}"
        runc = ["runc", "--root", self.folder / "state"]
        with open(self.folder / "log", "wb") as log:
            done = subprocess.run([*runc, "run", "-d", "--bundle", self.folder, name], stdin=subprocess.DEVNULL,
                                  stdout=log, stderr=log, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, (self.folder / "log").read_text())
        self.addCleanup(engines.tell, *runc, "delete", "-f", name)
        return json.loads(engines.tell(*runc, "state", name))["pid"]

    def test_the_filter_is_the_one_that_the_kernel_then_has(self):
        pid = self.start("default-seccomp")
        installed = engines.tell(TOOL, "live", pid).split()
        self.assertEqual(len(installed), 1)
        alone = engines.tell(TOOL, "profile", self.config, "crun", "")  # without the stub, whose order runc draws by lot
        self.assertTrue(installed[0].endswith(alone), "libseccomp wrote another program than is predicted")
        self.assertRegex(Path(f"/proc/{pid}/status").read_text(), r"Seccomp:\s+2\n")

    def test_its_own_users_are_those_that_it_says(self):
        pid = self.start("own-namespace:user")
        for kind in ("uid", "gid"):
            self.assertEqual(Path(f"/proc/{pid}/{kind}_map").read_text().split(), ["0", "200000", "65536"])
        self.assertNotEqual(os.readlink(f"/proc/{pid}/ns/user"), os.readlink("/proc/self/ns/user"))

    def test_beside_a_namespace_of_the_host_the_kernel_refuses_what_is_refused(self):
        config = json.loads(self.config.read_text())
        config["linux"]["namespaces"] = [
            one for one in config["linux"]["namespaces"] if one["type"] != "network"] + [{"type": "user"}]
        config["linux"]["uidMappings"] = config["linux"]["gidMappings"] = [
            {"containerID": 0, "hostID": 200000, "size": 65536}]
        self.config.write_text(json.dumps(config))
        done = subprocess.run(["runc", "--root", self.folder / "state", "run", "--bundle", self.folder, "refused"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("sysfs", done.stderr)
        config["linux"]["namespaces"].pop()
        self.config.write_text(json.dumps(config))
        with self.assertRaisesRegex(RuntimeError, "mounts no sysfs"):
            changed(self.config, "own-namespace:user")


class Podman(unittest.TestCase):
    def test_auto_maps_nobody_to_the_host(self):
        with engines.podman() as podman:
            (podman.folder / "ids").write_text(IDS)
            line = podman.folder / "line"
            # the machine's own files of ids stay as they are: podman sees others
            private = ["unshare", "--mount", "sh", "-c", "mount --bind \"$0\" /etc/subuid && "
                       "mount --bind \"$0\" /etc/subgid && exec \"$@\"", podman.folder / "ids"]
            for options in ("", "--privileged ", "--userns host ", "--uidmap 0:0:1000 "):
                line.write_text(f"podman run {options}busybox cat /proc/self/uid_map\n")
                words = shlex.split(changed(line, "own-namespace:user"))
                self.assertEqual(words[:2], ["podman", "run"])
                out = engines.tell(*private, *podman.client, "run", "--rm", *podman.defaults, *words[2:])
                maps = [[int(word) for word in row.split()] for row in out.splitlines()]
                self.assertTrue(maps, out)
                for _, outside, length in maps:
                    self.assertGreaterEqual(outside, 2147483647, options)
                    self.assertLessEqual(outside + length, 2147483647 + 1000000, options)
            for kind, shown in (("network", "sysfs"), ("pid", "proc"), ("ipc", "mqueue")):
                line.write_text(f"podman run --{kind} host busybox true\n")
                with self.assertRaisesRegex(RuntimeError, f"refused beside --{kind} host"):
                    changed(line, "own-namespace:user")
                defaults = podman.defaults[2:] if kind == "network" else podman.defaults
                with self.assertRaisesRegex(RuntimeError, f"mounting .?{shown}.* operation not permitted"):
                    engines.tell(*private, *podman.client, "run", "--rm", *defaults, "--" + kind, "host",
                                 "--userns=auto", "busybox", "true")


if __name__ == "__main__":
    engines.main(needs=("runc", "podman"))
