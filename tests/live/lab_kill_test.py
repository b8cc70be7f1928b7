#!/usr/bin/env python3
"""30 SIGKILLs of `bulkhead lab run` at random moments: after `clean` the machine is as it was before."""

import os
import random
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import lab_machine as machine

ROUNDS = int(os.environ.get("LAB_KILLS", "30"))


class KilledRuns(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bulkhead-kill-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.state = Path("/run/bulkhead/lab")
        self.command = [os.environ["BULKHEAD"], "lab", "run", "--out", folder.name]
        self.addCleanup(self.clean)

    def clean(self):
        return subprocess.run([os.environ["BULKHEAD"], "lab", "clean"], capture_output=True, text=True, timeout=60)

    def time_of_a_run(self):
        start = time.monotonic()
        subprocess.run(self.command, capture_output=True, check=True, timeout=120)
        return time.monotonic() - start

    def test_clean_after_sigkill_at_random_moments(self):
        whole = self.time_of_a_run()
        before = machine.everything(self.state)
        seed = int(os.environ.get("LAB_SEED", time.time_ns()))
        chance = random.Random(seed)
        left_something = 0
        for round_number in range(ROUNDS):
            delay = chance.uniform(0, whole)
            with self.subTest(round=round_number, delay=delay, seed=seed):
                run = subprocess.Popen(self.command, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
                time.sleep(delay)
                machine.kill(run)
                left_something += machine.everything(self.state) != before
                cleaned = self.clean()
                self.assertEqual((cleaned.returncode, cleaned.stdout), (0, ""), cleaned.stderr)
                self.assertEqual(machine.everything(self.state), before, cleaned.stderr)
        # a test whose kills always come too early or too late would prove nothing
        self.assertGreater(left_something, ROUNDS // 3)


if __name__ == "__main__":
    unittest.main()
