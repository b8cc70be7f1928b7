#!/usr/bin/env python3
"""Policies and specifications on running containers: what was planted is denied, what was left out is not."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import engines

BULKHEAD = os.environ["BULKHEAD"]
SOUND = ["--read-only", "--memory", "32m", "--pids-limit", "20", "--security-opt", "no-new-privileges", "--cap-drop", "ALL",
         "--user", "1000:1000"]


def bulkhead(*arguments, socket=None):
    return subprocess.run([BULKHEAD, *arguments], capture_output=True, timeout=120, check=False, text=True,
                          env=dict(os.environ, **({"DOCKER_HOST": f"unix://{socket}"} if socket else {})))


def decided(done):
    decisions = json.loads(done.stdout)["decisions"]
    return {verdict: {one["rule"] for one in decisions if one["decision"] == verdict} for verdict in ("allow", "deny", "unknown")}


class Docker(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.docker = cls.enterClassContext(engines.docker())
        cls.folder = Path(tempfile.mkdtemp(prefix="bulkhead-policy-live-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)

    def launched(self, *options):
        container = self.docker.run("sleep", "1000", options=options)
        self.addCleanup(container.remove)
        return f"docker:{container.name}"

    def ask(self, *arguments):
        done = bulkhead(*arguments, socket=self.docker.socket)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done

    def test_what_is_planted_is_what_is_denied(self):
        sound = decided(self.ask("check", self.launched(*SOUND), "--policy", "cis-docker", "--format", "json"))
        # this machine's Docker maps no users; its AppArmor and SELinux are as they are
        self.assertEqual(sound["deny"] - {"5.2", "5.3"}, {"5.31"})
        for options, items in [
                (["--pid", "host"], {"5.16"}), (["--ipc", "host"], {"5.17"}), (["--uts", "host"], {"5.21"}),
                (["--cap-add", "SYS_TIME"], {"5.4"}), (["--security-opt", "seccomp=unconfined"], {"5.22"}),
                (["-v", "/etc:/host:ro"], {"5.6"}), (["--device", "/dev/fuse"] if Path("/dev/fuse").exists() else [], None)]:
            if items is None:
                items = {"5.18"} if options else set()
            found = decided(self.ask("check", self.launched(*SOUND, *options), "--policy", "cis-docker", "--format", "json"))
            self.assertEqual(found["deny"] - {"5.2", "5.3"}, {"5.31"} | items, options)

    def test_a_specification_of_a_running_container(self):
        spec = str(self.folder / "spec.yaml")
        sound = self.launched(*SOUND)
        self.assertEqual(self.ask("expect", sound, "--out", spec).returncode, 0)
        self.assertEqual(self.ask("verify", spec).returncode, 0)
        self.assertEqual(self.ask("verify", spec, self.launched(*SOUND)).returncode, 0)
        worse = self.ask("verify", spec, self.launched(*SOUND[:-2], "--cap-add", "KILL"), "--format", "json")
        self.assertEqual(worse.returncode, 1)
        self.assertLessEqual({"not-root", "none-obtainable"}, decided(worse)["deny"])


class Lab(unittest.TestCase):
    def test_the_hardened_scenario_is_launched_and_passes(self):
        with tempfile.TemporaryDirectory() as folder:
            spec = f"{folder}/spec.yaml"
            self.assertEqual(bulkhead("expect", "lab:hardened", "--out", spec).returncode, 0)
            done = bulkhead("verify", spec, "--format", "json")
            self.assertEqual(decided(done)["deny"], set(), done.stderr)
            self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    engines.main(needs=("docker", "runc"))
