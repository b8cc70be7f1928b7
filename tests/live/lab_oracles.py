"""Holds the facts of all six lab containers against tools nobody here wrote, while the containers run.

Usage: lab_oracles.py BULKHEAD. Starts `bulkhead lab run --hold`, reads the snapshots it writes and compares them
field by field with lsns, findmnt, getpcaps, the runtime's own state, and /proc read by a shell.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SCENARIOS = ["default", "read-only", "rootless", "privileged", "host-directory", "hardened"]
failures = []
compared = 0


def run(*command, check=True):
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr.strip()}")
    return done.stdout


def equal(what, ours, theirs):
    global compared
    compared += 1
    if ours != theirs:
        failures.append(f"{what}: ours {ours!r}, theirs {theirs!r}")


def shell(text):
    return run("/bin/sh", "-c", text)


def status_field(pid, name):
    return shell(f"grep '^{name}:' /proc/{pid}/status").split(":", 1)[1].split()


def capability_names():
    header = pathlib.Path("/usr/include/linux/capability.h").read_text(encoding="utf-8")
    return {int(number): name for name, number in re.findall(r"#define (CAP_[A-Z_]+)\s+(\d+)\s", header)}


def names_of_mask(mask, names):
    return sorted(names[bit] for bit in range(64) if int(mask, 16) >> bit & 1)


def lsns(pid):
    """lsns looks at every process of the machine, and gives up when one of them ends under its eyes."""
    for attempt in range(10):
        try:
            return json.loads(run("lsns", "-J", "-p", str(pid), "-o", "NS,TYPE"))["namespaces"]
        except RuntimeError:
            if attempt == 9:
                raise
            time.sleep(0.1)
    return []


def compare_namespaces(name, pid, snapshot):
    listed = lsns(pid)
    equal(f"{name}: namespace types", sorted(snapshot["namespaces"]), sorted(entry["type"] for entry in listed))
    for entry in listed:
        ours = snapshot["namespaces"][entry["type"]]["inode"]
        equal(f"{name}: namespaces.{entry['type']}.inode", ours, int(entry["ns"]))
    own = {entry["type"]: int(entry["ns"]) for entry in lsns(os.getpid())}
    for kind, inode in own.items():
        ours = snapshot["namespaces"][kind]
        equal(f"{name}: namespaces.{kind}.sharedWithHost", ours["sharedWithHost"], ours["inode"] == inode)


def compare_mounts(name, pid, snapshot):
    columns = "ID,PARENT,TARGET,SOURCE,FSTYPE,FSROOT,MAJ:MIN,VFS-OPTIONS,FS-OPTIONS,PROPAGATION"
    listed = json.loads(run("findmnt", "-N", str(pid), "-J", "--list", "-o", columns))["filesystems"]
    theirs = {entry["id"]: entry for entry in listed}
    ours = {mount["id"]: mount for mount in snapshot["mounts"]}
    equal(f"{name}: mount ids", sorted(ours), sorted(theirs))
    for number, entry in theirs.items():
        mount = ours.get(number, {})
        at = f"{name}: mount {number} at {entry['target']}"
        equal(f"{at}: target", mount.get("target"), entry["target"])
        equal(f"{at}: parent", mount.get("parent"), entry["parent"])
        equal(f"{at}: fsType", mount.get("fsType"), entry["fstype"])
        equal(f"{at}: root", mount.get("root"), entry["fsroot"])
        equal(f"{at}: device", mount.get("device"), entry["maj:min"])
        equal(f"{at}: options", mount.get("options"), entry["vfs-options"].split(","))
        equal(f"{at}: superOptions", mount.get("superOptions"), entry["fs-options"].split(","))
        # libmount says "private,slave" where the kernel has a master and no peer group (mount_namespaces(7): slave)
        equal(f"{at}: propagation", mount.get("propagation"), entry["propagation"].removeprefix("private,"))
        read_only = "ro" in entry["vfs-options"].split(",") or "ro" in entry["fs-options"].split(",")
        equal(f"{at}: readOnly", mount.get("readOnly"), read_only)


def parse_getpcaps(text, names):
    """The text form of cap_to_text(3): clauses of a list, then operators with flags."""
    sets = {flag: set() for flag in "eip"}
    everything = set(names.values())
    for clause in text.split(":", 1)[1].split():
        match = re.match(r"([a-z_0-9,]*)((?:[=+-][eip]*)+)$", clause)
        chosen = {word.upper() for word in match[1].split(",")} if match[1] else everything
        for operator, flags in re.findall(r"([=+-])([eip]*)", match[2]):
            for flag in "eip":
                if operator == "=":
                    sets[flag] = (sets[flag] - chosen) | (chosen if flag in flags else set())
                elif flag in flags:
                    sets[flag] = sets[flag] | chosen if operator == "+" else sets[flag] - chosen
    return sets


def compare_capabilities(name, pid, snapshot, names):
    done = subprocess.run(["getpcaps", str(pid)], capture_output=True, text=True, timeout=30, check=True)
    sets = parse_getpcaps((done.stdout + done.stderr).strip(), names)
    last = int(shell("cat /proc/sys/kernel/cap_last_cap"))
    known = {word for number, word in names.items() if number <= last}
    ours = snapshot["capabilities"]
    for flag, key in (("e", "effective"), ("p", "permitted"), ("i", "inheritable")):
        equal(f"{name}: capabilities.{key}", ours[key], sorted(sets[flag] & known))
    for field, key in (("CapBnd", "bounding"), ("CapAmb", "ambient")):
        equal(f"{name}: capabilities.{key}", ours[key], names_of_mask(status_field(pid, field)[0], names))


def compare_status(name, pid, snapshot):
    modes = {"0": "disabled", "1": "strict", "2": "filter"}
    equal(f"{name}: seccomp.mode", snapshot["seccomp"]["mode"], modes[status_field(pid, "Seccomp")[0]])
    filters = int(status_field(pid, "Seccomp_filters")[0])
    equal(f"{name}: seccomp.filterCount", snapshot["seccomp"]["filterCount"], filters)
    identity = snapshot["identity"]
    equal(f"{name}: noNewPrivileges", identity["noNewPrivileges"], status_field(pid, "NoNewPrivs")[0] == "1")
    equal(f"{name}: oomScoreAdj", identity["oomScoreAdj"], int(shell(f"cat /proc/{pid}/oom_score_adj")))
    for key, file in (("uidMap", "uid_map"), ("gidMap", "gid_map")):
        lines = [tuple(map(int, line.split())) for line in shell(f"cat /proc/{pid}/{file}").splitlines()]
        ours = [(line["inside"], line["outside"], line["length"]) for line in identity[key]]
        equal(f"{name}: {key}", ours, lines)
    for key, field in (("uid", "Uid"), ("gid", "Gid")):
        theirs = [inside(int(number), identity[key + "Map"]) for number in status_field(pid, field)]
        equal(f"{name}: {key}", [identity[key][part] for part in ("real", "effective", "saved", "fs")], theirs)
    limits = shell(f"grep 'Max open files' /proc/{pid}/limits").split()
    ours = identity["rlimits"]["RLIMIT_NOFILE"]
    equal(f"{name}: RLIMIT_NOFILE", [str(ours["soft"]), str(ours["hard"])], limits[3:5])


def inside(outside, ranges):
    for line in ranges:
        if line["outside"] <= outside < line["outside"] + line["length"]:
            return line["inside"] + outside - line["outside"]
    return 65534


def compare_devices(name, pid, snapshot):
    blocks = shell(f"find /proc/{pid}/root/dev -type b | wc -l").strip()
    equal(f"{name}: host disks", sum(device["hostDisk"] for device in snapshot["devices"]), int(blocks))
    path = shell(f"grep ':devices:' /proc/{pid}/cgroup || true").strip()
    if path:
        rules = shell(f"cat /sys/fs/cgroup/devices{path.split(':', 2)[2]}/devices.list").splitlines()
        equal(f"{name}: devicePolicy.v1", snapshot["cgroup"]["devicePolicy"]["v1"], [line.strip() for line in rules])


def compare_runtime(name, snapshot, state_root):
    subject = snapshot["subject"]
    for folder in pathlib.Path(state_root).rglob(subject["id"]):
        if not folder.is_dir() or not (folder / "state.json").exists():
            continue
        state = json.loads(run(subject["runtime"]["name"], "--root", str(folder.parent), "state", subject["id"]))
        equal(f"{name}: runtime's pid", subject["pid"], state["pid"])
        equal(f"{name}: runtime's status", "running", state["status"])
        return
    failures.append(f"{name}: the runtime's state of {subject['id']} was not found below {state_root}")


def lives(pid):
    """A zombie is gone: it waits for the init of the machine to look."""
    try:
        return status_field(pid, "State")[0] != "Z"
    except (RuntimeError, IndexError):
        return False


def wait_for(folder, process):
    for _ in range(600):
        if (folder / "diagram.mmd").exists() and (folder / "report.md").exists():
            return
        if process.poll() is not None:
            raise RuntimeError(f"bulkhead ended early with {process.returncode}: {process.stderr.read()}")
        time.sleep(0.1)
    raise RuntimeError("no results after a minute")


def main():
    names = capability_names()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bulkhead-oracles-"))
    command = [sys.argv[1], "lab", "run", *SCENARIOS, "--hold", "--out", str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    pids = []
    try:
        wait_for(folder, process)
        for name in SCENARIOS:
            vantages = {entry["vantage"]: entry for entry in json.loads((folder / f"{name}.json").read_text())}
            snapshot = vantages["enforced"]
            pid = snapshot["subject"]["pid"]
            pids.append(pid)
            compare_namespaces(name, pid, snapshot)
            compare_mounts(name, pid, snapshot)
            compare_capabilities(name, pid, snapshot, names)
            compare_status(name, pid, snapshot)
            compare_devices(name, pid, snapshot)
            compare_runtime(name, snapshot, "/run/bulkhead/lab")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        shutil.rmtree(folder)
    equal("exit code after the interrupt", process.returncode, 0)
    equal("processes left", [pid for pid in pids if lives(pid)], [])
    print(f"{compared} facts compared, {len(failures)} differ")
    print("\n".join(failures[:40]))
    return 1 if failures or compared < 500 else 0


if __name__ == "__main__":
    sys.exit(main())
