#!/usr/bin/env python3
"""The real window on real containers: canvas, look from inside, live page and paste, driven without a screen.

What the window must show is read from /proc here, with nothing of ours.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import lab_machine

WINDOW = os.environ["WINDOW_MACHINE"]
HOLD_MS = 240_000


def capabilities(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("CapEff")).split()[1], 16).bit_count()


class Window(unittest.TestCase):
    def test_what_it_shows_of_two_living_containers(self):
        with tempfile.TemporaryDirectory(prefix="bulkhead-window-") as folder:
            state = Path(folder) / "state"
            with subprocess.Popen(
                    lab_machine.command(state, HOLD_MS, names=["default", "privileged"]),
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as lab:
                try:
                    pids = dict(lab.stdout.readline().split()[:2] for _ in range(2))
                    self.assertEqual(sorted(pids), ["default", "privileged"], "the lab did not start")
                    default, privileged = int(pids["default"]), int(pids["privileged"])
                    self.assertGreater(capabilities(privileged), capabilities(default))
                    done = subprocess.run(
                        [WINDOW, *map(str, (default, privileged, capabilities(default), capabilities(privileged)))],
                        capture_output=True, text=True, timeout=HOLD_MS // 1000, cwd=lab_machine.ROOT, check=False)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                    self.assertIn("[  PASSED  ] 4 tests", done.stdout)
                finally:
                    lab.terminate()
                    lab.communicate(timeout=60)
            self.assertEqual(lab_machine.processes_naming(folder), [])


def missing():
    if os.geteuid() != 0:
        return "containers are launched by root"
    if not (shutil.which("runc") or shutil.which("crun")):
        return "neither runc nor crun is installed"
    return None


if __name__ == "__main__":
    reason = missing()
    if reason and os.environ.get("BULKHEAD_REQUIRE_ENGINES") != "1":
        print(f"skipped: {reason}")
        sys.exit(77)
    unittest.main(verbosity=2)
