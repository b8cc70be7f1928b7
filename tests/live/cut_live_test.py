#!/usr/bin/env python3
"""The cut of the lab's scenarios, launched: a scenario is hardened by `paths --cut --apply`, started as a real
container, and what the kernel then enforces has no certain way to the host, and no possible one that a
configuration could close."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import engines

BULKHEAD = os.environ["BULKHEAD"]
ROOT = pathlib.Path(__file__).resolve().parents[2]
OPEN = ("privileged",)  # the one scenario with a way to the host: the shared directory of another is the lab's own


class Cut(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulkhead-cut-"))
        os.chmod(self.folder, 0o755)
        self.addCleanup(shutil.rmtree, self.folder)
        os.symlink(ROOT / "resources", self.folder / "resources")

    def run_bulkhead(self, *arguments, data=None):
        environment = dict(os.environ)
        if data is not None:
            environment["BULKHEAD_DATA"] = str(data)
        return subprocess.run([BULKHEAD, *arguments], capture_output=True, text=True, timeout=300, env=environment,
                              check=False)

    def paths(self, reference):
        done = self.run_bulkhead("paths", reference, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)
        return found if isinstance(found, list) else [found]

    def launch(self, data, name):
        out = self.folder / ("out-" + name)
        done = self.run_bulkhead("lab", "run", name, "--out", str(out), data=data)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return self.paths(str(out / (name + ".json")))[0]

    def test_the_hardened_variant_enforces_what_the_cut_promises(self):
        for name in OPEN:
            with self.subTest(name):
                target = self.folder / name / "scenarios" / name
                target.mkdir(parents=True)
                os.symlink(ROOT / "resources", self.folder / name / "resources")
                done = self.run_bulkhead("paths", "lab:" + name, "--cut", "--apply", str(target / "scenario.yaml"))
                self.assertEqual(done.returncode, 0, done.stderr)
                before = self.launch(None, name)
                self.assertEqual(before["vantage"], "enforced")
                self.assertTrue([path for path in before["paths"] if path["certainty"] == "certain"], name)
                after = self.launch(self.folder / name, name)
                self.assertEqual(after["vantage"], "enforced")
                certain = [path["id"] for path in after["paths"] if path["certainty"] == "certain"]
                self.assertEqual(certain, [], (target / "scenario.yaml").read_text())
                closable = {path["id"] for path in after["paths"]} - set(after["beyond"])
                self.assertEqual(closable, set(), after["cut"])


if __name__ == "__main__":
    engines.main(needs=("runc",))
