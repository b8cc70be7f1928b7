#!/usr/bin/env python3
"""30 SIGKILLs of a running lab at random moments: after `clean` the machine is as it was before."""

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
        self.state = Path(folder.name) / "state"
        self.addCleanup(lambda: machine.clean(self.state))

    def time_of_a_run(self):
        start = time.monotonic()
        subprocess.run(machine.command(self.state), capture_output=True, check=True, timeout=120)
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
                run = subprocess.Popen(machine.command(self.state), stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
                time.sleep(delay)
                machine.kill(run)
                left_something += machine.everything(self.state) != before
                cleaned = machine.clean(self.state)
                self.assertEqual((cleaned.returncode, cleaned.stderr), (0, ""), cleaned.stdout)
                self.assertEqual(machine.everything(self.state), before, cleaned.stdout)
        # a test whose kills always come too early or too late would prove nothing
        self.assertGreater(left_something, ROUNDS // 3)


if __name__ == "__main__":
    unittest.main()
