#!/usr/bin/env python3
"""What doctor says where something is in its way: each obstacle is put there, and the finding must name it and a
remedy; where it is not there, nothing is said of it."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import engines
import hostile_targets

PATH = "/usr/bin:/bin:/usr/sbin:/sbin"


class Doctor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="bulkhead-doctor-")
        os.chmod(cls.folder.name, 0o755)
        cls.program = shutil.copy(os.environ["BULKHEAD"], cls.folder.name)  # where anybody may execute it

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def ask(self, before=(), prepare=None):
        done = subprocess.run([*before, self.program, "doctor", "--format", "json"], capture_output=True, text=True,
                              timeout=60, check=False, preexec_fn=prepare, env={"PATH": PATH, "HOME": "/nonexistent"})
        self.assertEqual(done.returncode, 0, done.stderr)
        findings = {finding["id"]: finding for finding in json.loads(done.stdout)["findings"]}
        for finding in findings.values():
            self.assertTrue(finding["ability"] == "full" or finding["remedy"], finding)
        return findings

    def nobody(self, *before):
        return self.ask([*before, "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"])

    def test_nobody_is_told_what_root_sees(self):
        found, root = self.nobody(), self.ask()
        self.assertEqual(found["processes"]["ability"], "partial")
        self.assertIn("CAP_SYS_PTRACE is not held", found["processes"]["why"])
        self.assertIn("root", found["processes"]["remedy"])
        self.assertEqual((found["filters"]["ability"], root["filters"]["ability"]), ("none", "full"))
        self.assertTrue(found["filters"]["why"].endswith("not held: CAP_SYS_ADMIN, CAP_SYS_PTRACE"), found["filters"])
        self.assertEqual((found["devicePolicy"]["ability"], root["devicePolicy"]["ability"]), ("none", "full"))

    def test_one_missing_right_is_the_one_that_is_named(self):
        found = self.ask(["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"])
        self.assertTrue(found["filters"]["why"].endswith("not held: CAP_SYS_PTRACE"), found["filters"])

    def test_hidepid(self):
        hide = ["unshare", "--mount", "sh", "-c", "mount -t proc -o hidepid=invisible proc /proc && exec \"$@\"", "sh"]
        self.assertEqual(self.nobody()["hidden"]["ability"], "full")
        found = self.nobody(*hide)
        self.assertEqual(found["hidden"]["ability"], "partial")
        self.assertIn("hidepid", found["hidden"]["why"])
        self.assertIn("gid=", found["hidden"]["remedy"])

    def test_a_filter_of_its_own(self):
        found = self.ask(prepare=lambda: hostile_targets.stack_filters(1))
        self.assertEqual(found["filters"]["ability"], "none")
        self.assertIn("bulkhead itself runs under a system-call filter", found["filters"]["why"])

    def test_a_sandbox_of_its_own(self):
        self.assertEqual(self.ask()["place"]["ability"], "full")
        found = self.ask(["unshare", "--net", "--uts"])
        self.assertEqual(found["place"]["ability"], "partial")
        self.assertRegex(found["place"]["why"], "differs from the host in these namespaces: .*net.*uts|.*uts.*net")

    def test_no_runtime_in_sight(self):
        hide = "for p in runc crun; do f=$(command -v $p) && mount --bind /dev/null $f; done; exec \"$@\""
        found = self.ask(["unshare", "--mount", "sh", "-c", hide, "sh"])
        self.assertEqual(found["runtime"]["ability"], "none")
        self.assertRegex(found["runtime"]["remedy"], "runc|crun")

    def test_the_freezer_of_version_1(self):
        there = Path("/sys/fs/cgroup/freezer/cgroup.procs").exists()
        self.assertEqual(self.ask()["freezer"]["ability"], "partial" if there else "full")

    def test_state_folders_that_may_not_be_read(self):
        with tempfile.TemporaryDirectory(prefix="bulkhead-doctor-") as folder:
            os.chmod(folder, 0o755)
            closed = Path(folder) / "runc"
            closed.mkdir(mode=0o700)
            hidden = ["unshare", "--mount", "sh", "-c", f"mount --bind {folder} /run && exec \"$@\"", "sh"]
            found = self.nobody(*hidden)
            self.assertEqual(found["names"]["ability"], "partial", found["names"])
            self.assertRegex(found["names"]["why"], "not readable: /run.*runc")


if __name__ == "__main__":
    engines.main(needs=())
