"""What a run of the lab may leave on a machine, read with nothing of ours: processes, mounts, control groups,
folders. And how the lab is started for a test."""

import os
import re
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ["default", "read-only", "rootless", "privileged", "host-directory", "hardened"]


def driver():
    return Path(os.environ["LAB_DRIVER"])


def probe():
    return Path(os.environ["LAB_PROBE"])


def command(state, hold_ms=0, engine="auto", names=(), scenarios=None, probe_path=None):
    return [str(driver()), "run", str(scenarios or ROOT / "scenarios"), str(ROOT / "resources/profiles"),
            str(probe_path or probe()), str(state), str(hold_ms), engine, *names]


def clean(state):
    return subprocess.run([str(driver()), "clean", str(state)], capture_output=True, text=True, timeout=60)


def processes():
    """Living processes of the lab: by their command, whoever started them."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        name = b" ".join(words[:3])
        if state not in "ZX" and re.search(rb"bulkhead-probe hold|(^|/)(runc|crun)( |$)|^/proc/self/exe init", name):
            found[int(entry.name)] = name.decode(errors="replace")
    return found


def processes_naming(text):
    """Command lines of living processes that name `text`."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if entry.name.isdigit() and int(entry.name) != os.getpid() and text in line:
            found.append(f"{entry.name}: {line}")
    return found


def cgroups():
    found = set()
    for folder, names, _ in os.walk("/sys/fs/cgroup"):
        found.update(os.path.join(folder, name) for name in names)
    return found


def mounts():
    return sorted(line.split(" ", 1)[1] for line in Path("/proc/self/mountinfo").read_text().splitlines())


def folders():
    places = ["/run/bulkhead", "/var/lib/bulkhead", "/run/runc", "/run/crun"]
    return {place: sorted(str(path) for path in Path(place).rglob("*")) if Path(place).exists() else None
            for place in places}


def everything(state):
    return {"processes": processes(), "cgroups": cgroups(), "mounts": mounts(), "folders": folders(),
            "state": sorted(str(path) for path in Path(state).rglob("*"))}


def kill(process, number=signal.SIGKILL):
    process.send_signal(number)
    return process.wait(timeout=60)
