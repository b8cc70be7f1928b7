"""What the lab predicts of the filters it asks for, against what the kernel holds once the runtime has installed
them; and profiles given to `bulkhead seccomp diff`, against containers that were started with them."""

import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import engines
import lab_machine as machine

BULKHEAD = os.environ["BULKHEAD"]


def bulkhead(*words):
    done = subprocess.run([BULKHEAD, *map(str, words)], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.stderr}")
    return done.stdout


def libseccomp_of_runc():
    return re.search(r"^libseccomp: (\S+)$", engines.tell("runc", "--version"), re.M)[1]


class Predicted(unittest.TestCase):
    def test_the_scenarios_get_the_verdicts_that_were_predicted(self):
        with tempfile.TemporaryDirectory(prefix="bulkhead-predicted-") as folder:
            bulkhead("lab", "run", "--out", folder, "--no-progress")
            for name in machine.SCENARIOS:
                views = {view["vantage"]: view for view in json.loads((Path(folder) / f"{name}.json").read_text())}
                declared, enforced = (views[vantage]["seccomp"] for vantage in ("declared", "enforced"))
                for fact in ("mode", "filterCount", "verdicts", "defaultAction", "archGaps"):
                    self.assertEqual(declared.get(fact), enforced.get(fact), f"{name}: {fact}")
                self.assertIn("x86_64" if os.uname().machine == "x86_64" else "aarch64", declared["verdicts"])

    def test_the_profile_that_docker_wrote(self):
        with engines.docker() as docker:
            container = docker.run("sleep", "1000")
            config = next(docker.folder.glob(f"**/{container.id}/config.json"))
            words = ("seccomp", "diff", config, f"pid:{container.pid}", "--libseccomp", libseccomp_of_runc())
            lines = bulkhead(*words).splitlines()
            self.assertEqual([line.split(":")[0] for line in lines], ["x86_64", "i386", "x32"])
            self.assertEqual([line.endswith(" no difference") for line in lines], [True] * 3, lines)

    def test_the_profile_file_of_podman(self):
        with engines.podman() as podman:
            for options in ([], ["--cap-add", "SYS_TIME", "--cap-drop", "CHOWN"]):
                container = podman.run("sleep", "1000", options=options)
                words = ("seccomp", "diff", "/usr/share/containers/seccomp.json", f"pid:{container.pid}", "--format",
                         "json", "--libseccomp", libseccomp_of_runc())
                same = json.loads(bulkhead(*words, "--bounding", f"pid:{container.pid}"))
                self.assertEqual(same["changes"], [])
                other = json.loads(bulkhead(*words, "--bounding", "all"))["changes"]
                self.assertIn("seccomp.x86_64.bpf", {change["path"] for change in other})
                self.assertEqual({change["direction"] for change in other if change["path"].endswith(".bpf")},
                                 {"stronger"})

    def test_live_against_live(self):
        with engines.podman() as podman:
            plain, wide = (podman.run("sleep", "1000", options=options)
                           for options in ([], ["--cap-add", "SYS_ADMIN"]))
            changes = json.loads(bulkhead("seccomp", "diff", f"pid:{plain.pid}", f"pid:{wide.pid}", "--format", "json"))
            weaker = {change["path"] for change in changes["changes"] if change["direction"] == "weaker"}
            # containers/common seccomp.json: what needs CAP_SYS_ADMIN
            self.assertLessEqual({f"seccomp.x86_64.{call}" for call in ("bpf", "quotactl", "perf_event_open", "sethostname")}, weaker)
            self.assertEqual(bulkhead("seccomp", "diff", f"pid:{plain.pid}", f"pid:{plain.pid}", "--arch", "x86_64"),
                             "x86_64: no difference\n")


if __name__ == "__main__":
    engines.main(needs=("docker", "podman", "runc"))
