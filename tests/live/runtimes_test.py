#!/usr/bin/env python3
"""Containers of containerd alone (started by its own client) and of crun: found, named and held against what was asked.
Kubernetes nodes run the first, Podman elsewhere the second."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import engines

BULKHEAD = os.environ["BULKHEAD"]
NAMESPACE = f"bulkhead-test-{os.getpid()}"


def call(*words):
    done = subprocess.run([BULKHEAD, *map(str, words)], capture_output=True, text=True, timeout=120, check=False,
                          env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"})
    return done.returncode, done.stdout, done.stderr


def told(*words):
    code, out, err = call(*words, "--format", "json")
    assert code == 0, err
    return json.loads(out)


def listed(pid, *words):
    found = [subject for subject in told("list", *words)["subjects"] if subject["pid"] == pid]
    assert len(found) == 1, found
    return found[0]


class Containerd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("ctr") is None or shutil.which("containerd") is None:
            raise unittest.SkipTest("containerd or ctr is not installed")
        cls.engine = engines.Engine("containerd", tempfile.mkdtemp(prefix="bulkhead-containerd-"))
        cls.addClassCleanup(cls.close)
        folder = cls.engine.folder
        cls.engine.client = ["ctr", "-a", folder / "containerd.sock", "-n", NAMESPACE]
        cls.engine.daemon("containerd", "--config", "/dev/null", "--root", folder / "root", "--state", folder / "state",
                          "--address", folder / "containerd.sock")
        engines.wait_until((folder / "containerd.sock").exists, what="containerd's socket")
        tree = engines.root_filesystem(folder / "tree")
        cls.engine.call("run", "-d", "--rootfs", tree, "web", "/bin/sleep", "1000")
        cls.engine.call("run", "-d", "--rootfs", "--cap-add", "CAP_SYS_ADMIN", tree, "worker", "/bin/sleep", "1000")
        rows = [line.split() for line in cls.engine.call("task", "ls").splitlines()[1:]]
        cls.pids = {name: int(pid) for name, pid, _ in rows}

    @classmethod
    def close(cls):
        for name in ("web", "worker"):
            for words in (("task", "rm", "-f", name), ("containers", "rm", name)):
                with contextlib.suppress(RuntimeError):
                    cls.engine.call(*words)
        for daemon in cls.engine.daemons:
            daemon.terminate()
            daemon.wait(timeout=30)
        engines.unmount_below(cls.engine.folder)
        shutil.rmtree(cls.engine.folder, ignore_errors=True)
        engines.remove_groups(engines.parents(NAMESPACE))
        with contextlib.suppress(OSError):
            os.rmdir(f"/run/containerd/runc/{NAMESPACE}")

    def test_the_list_names_them(self):
        for name, pid in self.pids.items():
            subject = listed(pid)
            self.assertEqual((subject["engine"], subject["id"], subject["name"], subject["naming"]),
                             ("containerd", name, name, "verified"))
            self.assertEqual(subject["namedBy"], f"/run/containerd/runc/{NAMESPACE}/{name}/state.json")

    def test_a_process_number_leads_to_the_same_name(self):
        for name, pid in self.pids.items():
            subject = told("inspect", f"pid:{pid}")["subject"]
            self.assertEqual((subject["ref"], subject["engine"]["name"], subject["id"]),
                             (f"pid:{pid}", "containerd", name))

    def test_an_id_brings_the_configuration(self):
        for name, pid in self.pids.items():
            folder = f"/run/containerd/runc/{NAMESPACE}/{name}"
            snapshot = told("inspect", f"oci:{folder}")
            self.assertEqual(snapshot["subject"]["pid"], pid)
            self.assertEqual(told("contradictions", f"oci:{folder}")["contradictions"], [], name)
        held = told("inspect", f"pid:{self.pids['worker']}")["capabilities"]["effective"]
        self.assertIn("CAP_SYS_ADMIN", held)

    def test_what_ended_is_gone(self):
        self.engine.call("run", "-d", "--rootfs", self.engine.folder / "tree", "brief", "/bin/sleep", "1000")
        self.engine.call("task", "rm", "-f", "brief")
        self.engine.call("containers", "rm", "brief")
        self.assertNotIn("brief", [subject["name"] for subject in told("list")["subjects"]])


class Crun(unittest.TestCase):
    """crun refuses a machine with cgroups of both versions; where it sees those of the first alone, it works."""

    def setUp(self):
        if shutil.which("crun") is None:
            self.skipTest("crun is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="bulkhead-crun-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        engines.root_filesystem(self.folder / "bundle/rootfs")
        engines.tell("crun", "spec", cwd=self.folder / "bundle")
        config = json.loads((self.folder / "bundle/config.json").read_text())
        config["process"].update(args=["/bin/sleep", "1000"], terminal=False)
        config["process"].pop("rlimits", None)
        config["linux"].pop("resources", None)  # without a cgroup of its own
        config["linux"]["namespaces"] = [one for one in config["linux"]["namespaces"] if one["type"] != "cgroup"]
        config["mounts"] = [mount for mount in config["mounts"] if mount["type"] != "cgroup"]
        (self.folder / "bundle/config.json").write_text(json.dumps(config))
        self.config = config
        self.name = f"bulkhead-crun-{os.getpid()}"
        self.addCleanup(self.crun, "delete", "-f", self.name)
        self.crun("run", "-d", "--bundle", self.folder / "bundle", self.name)
        self.pid = json.loads(self.crun("state", self.name))["pid"]

    def crun(self, *words):
        """Without the second version's mount, which only this call cannot see."""
        inner = 'umount /sys/fs/cgroup/unified 2>/dev/null; exec crun --cgroup-manager=disabled --root "$@"'
        with open(self.folder / "said", "w+") as said:  # no pipe: the container would hold its other end
            subprocess.run(["unshare", "--mount", "sh", "-c", inner, "sh", self.folder / "state", *words],
                           stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=60, check=True)
        return (self.folder / "said").read_text()

    def test_its_state_folder_names_it(self):
        subject = listed(self.pid, "--state", self.folder / "state")
        self.assertEqual((subject["engine"], subject["id"], subject["naming"]), ("crun", self.name, "verified"))

    def test_its_configuration_is_held_against_the_kernel(self):
        folder = self.folder / "state" / self.name
        snapshot = told("inspect", f"oci:{folder}")
        self.assertEqual((snapshot["subject"]["pid"], snapshot["subject"]["runtime"]["name"]), (self.pid, "crun"))
        self.assertEqual(snapshot["capabilities"]["bounding"], sorted(self.config["process"]["capabilities"]["bounding"]))
        # and that a launch without a control group has no device policy, whatever the runtime allows by default
        found = told("contradictions", f"oci:{folder}")["contradictions"]
        self.assertEqual([(entry["path"], entry["enforced"], entry["direction"]) for entry in found],
                         [("cgroup.devicePolicy.effective", "every device", "weaker")])


if __name__ == "__main__":
    engines.main(needs=("runc",))
