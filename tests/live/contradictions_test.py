#!/usr/bin/env python3
"""bulkhead contradictions on running containers: empty where the kernel enforces what was asked, and true where not."""

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


def contradictions(reference):
    done = subprocess.run([BULKHEAD, "contradictions", reference, "--format", "json"], capture_output=True,
                          timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)["contradictions"]


class Runc(unittest.TestCase):
    """A bundle of `runc spec`, changed by the test and launched by runc itself."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="bulkhead-contradictions-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        engines.root_filesystem(self.folder / "rootfs")
        engines.tell("runc", "spec", cwd=self.folder)
        self.config = json.loads((self.folder / "config.json").read_text())
        self.config["process"] |= {"terminal": False, "args": ["/bin/sleep", "1000"]}

    def runc(self, *words):
        """A call whose container keeps its output: nothing of ours is a pipe that it could hold open."""
        with open(self.folder / "log", "ab") as log:
            subprocess.run(["runc", "--root", self.folder / "state", *words], cwd=self.folder, stdin=subprocess.DEVNULL,
                           stdout=log, stderr=log, timeout=60, check=True)

    def launched(self):
        (self.folder / "config.json").write_text(json.dumps(self.config))
        self.runc("run", "-d", "it")
        self.addCleanup(self.runc, "delete", "-f", "it")
        self.pid = json.loads(engines.tell("runc", "--root", self.folder / "state", "state", "it"))["pid"]
        return f"oci:{self.folder}/state/it"

    def test_what_runc_makes_of_its_own_specification(self):
        self.assertEqual(contradictions(self.launched()), [])

    def test_every_protection_gone(self):
        self.config["linux"]["maskedPaths"] = []
        self.config["linux"]["readonlyPaths"] = None
        self.config["root"]["readonly"] = False
        self.config["process"]["noNewPrivileges"] = False
        self.assertEqual(contradictions(self.launched()), [])

    def test_a_session_that_entered_with_more(self):
        reference = self.launched()
        self.runc("exec", "-d", "--cap", "CAP_SYS_ADMIN", "it", "/bin/sleep", "1000")
        found = {entry["path"]: entry for entry in contradictions(reference)}
        entry = found["capabilities.effective.CAP_SYS_ADMIN"]
        self.assertEqual((entry["declared"], entry["direction"]), ("absent", "weaker"))
        self.assertIn("entered later", entry["cause"])

    def test_a_mount_made_later_over_a_mask(self):
        reference = self.launched()
        self.assertEqual(contradictions(reference), [])
        engines.tell("nsenter", "-t", self.pid, "-m", "mount", "-t", "proc", "proc", "/proc/acpi")
        found = {entry["path"]: entry for entry in contradictions(reference)}
        entry = next(found[path] for path in found if path.startswith('paths["/proc/acpi"]'))
        self.assertEqual((entry["declared"], entry["direction"]), ("masked", "weaker"))
        self.assertIn("a mount lies over", entry["cause"])


class Engines(unittest.TestCase):
    """What an engine hands to its runtime, against the kernel."""

    def test_the_configurations_of_docker_and_podman(self):
        with contextlib.ExitStack() as stack:
            for engine in stack.enter_context(engines.each()):
                plain = engine.run("sleep", "1000", name="plain")
                firm = engine.run("sleep", "1000", name="firm", options=[
                    "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "1000:1000",
                    "--pids-limit", "50", "--tmpfs", "/tmp"])
                for container in (plain, firm):
                    with self.subTest(engine=engine.name, container=container.name):
                        self.assertEqual(contradictions(self.reference(engine, container)), [])

    @staticmethod
    def reference(engine, container):
        states = [engine.folder / "exec/runtime-runc/moby", Path("/run/runc")]
        found = [state / container.id for state in states if (state / container.id).exists()]
        assert found, f"no state of {engine.name}'s container below {states}"
        return f"oci:{found[0]}"


if __name__ == "__main__":
    engines.main(needs=("runc", "docker", "podman"))
