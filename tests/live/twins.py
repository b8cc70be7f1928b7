"""What the tests of the view from inside share: to ask for it, and to see who of ours lives."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = os.environ.get("BULKHEAD", "build/release/bin/bulkhead")
TARGETS = Path(__file__).with_name("hostile_targets.py")


def inspect(pid, vantage="experienced", timeout=60):
    return subprocess.run([PROGRAM, "inspect", f"pid:{pid}", "--vantage", vantage, "--format", "json"],
                          capture_output=True, text=True, timeout=timeout, check=False)


def experienced(case, pid):
    done = inspect(pid)
    case.assertEqual(done.returncode, 0, done.stderr)
    return json.loads(done.stdout)


def status(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def twins():
    """Living processes that run the probe from memory."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and "memfd:bulkhead-probe" in os.readlink(entry / "exe"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@contextlib.contextmanager
def target(kind):
    """A process of hostile_targets.py, by its pid, for as long as it is looked at."""
    process = subprocess.Popen([sys.executable, "-B", str(TARGETS), kind], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=60)
        process.kill()
        process.wait()
        process.stdout.close()
