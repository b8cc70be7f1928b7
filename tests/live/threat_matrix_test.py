#!/usr/bin/env python3
"""Weaknesses planted in live containers of Docker, Podman and runc, one container each, beside a clean neighbour that
differs in one precondition. What is planted is stated here by hand; precision and recall of the certain findings of
kind `path` are computed against it and printed, and both must be 1."""

import json
import os
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

import engines

BULKHEAD = Path(os.environ.get("BULKHEAD", "build/release/bin/bulkhead"))
JUDGE = Path(os.environ.get("JUDGE_DRIVER", "build/release/bin/judge_driver"))
DISK = next((f"/dev/{name}" for name in ("vda", "sda", "nvme0n1", "loop0") if Path("/dev", name).is_block_device()), None)
HYBRID = any(line.split()[2] == "cgroup" for line in Path("/proc/mounts").read_text().splitlines())
TRACING = [name for name in ("debugfs", "tracefs") if f"\t{name}\n" in Path("/proc/filesystems").read_text()]
ADMIN = {"cap-sys-admin-mount", "cap-bpf-perfmon"} | ({"cgroup-v1-release-agent"} if HYBRID else set())
# Below the host's root lie the sockets of the test's own engine and folder.
SOCKETS = {"engine-socket-docker", "engine-socket-cri", "engine-socket-podman", "engine-socket-rootless"}
SETTINGS = {"proc-sys-writable", "core-pattern-writable"}  # sysrq and modprobe are not on every kernel
DENY_MOUNT = {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"], "syscalls": [{
    "names": ["mount", "fsmount", "open_tree", "move_mount", "bpf", "perf_event_open"], "action": "SCMP_ACT_ERRNO"}]}


def settings():
    """What a writable /proc plants, by what this kernel has."""
    planted = set(SETTINGS)
    planted |= {"sysrq-trigger-writable"} if Path("/proc/sysrq-trigger").exists() else set()
    return planted | ({"usermode-helper-writable"} if Path("/proc/sys/kernel/modprobe").exists() else set())


class Score:
    """Findings against plantings, over all containers."""

    def __init__(self):
        self.right, self.wrong, self.missed, self.containers, self.lines = 0, 0, 0, 0, []

    def add(self, label, planted, found):
        self.containers += 1
        self.right += len(planted & found)
        self.wrong += len(found - planted)
        self.missed += len(planted - found)
        if planted != found:
            self.lines.append(f"{label}: not planted {sorted(found - planted)}, not found {sorted(planted - found)}")

    def __str__(self):
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.missed)
        return (f"{self.containers} containers, {self.right + self.missed} planted: "
                f"precision {precision:.3f}, recall {recall:.3f}")


SCORE = Score()

# What is planted, the options that plant it, and those of the clean neighbour. {sock}, {filter} and the like are files
# of the test's own folder.
ON_DOCKER = [
    ({"engine-socket-docker"}, ["-v", "{engine}:/var/run/docker.sock"],
     ["-v", "{engine}:/var/run/docker.sock", "--user", "1000:1000"]),
    ({"engine-socket-docker"}, ["-v", "{engine}:/var/run/docker.sock:ro"], ["-v", "/usr/share:/x:ro"]),
    ({"engine-socket-cri"}, ["-v", "{folder}/containerd.sock:/x.sock"], ["-v", "{folder}/other.sock:/x.sock"]),
    ({"engine-socket-podman"}, ["-v", "{folder}/podman.sock:/x.sock"],
     ["-v", "{folder}/podman.sock:/x.sock", "--user", "1000:1000"]),
    ({"engine-socket-rootless"}, ["-v", "{folder}/user/docker.sock:/x.sock", "--user", "1000:1000"],
     ["-v", "{folder}/user/docker.sock:/x.sock", "--user", "2000:2000"]),
    ({"hostpath-root"} | SOCKETS, ["--mount", "type=bind,source=/,target=/x,readonly,bind-nonrecursive=true"],
     ["-v", "/usr/share:/x:ro"]),
    ({"hostpath-root", "host-executed-directory-writable"} | SOCKETS,
     ["--mount", "type=bind,source=/,target=/x,bind-nonrecursive=true"], ["-v", "/usr/share:/x"]),
    ({"hostpath-etc"}, ["-v", "/etc:/x:ro"], ["-v", "/usr/share:/x:ro"]),
    ({"hostpath-etc", "host-executed-directory-writable"}, ["-v", "/etc:/x"], ["-v", "/etc:/x:ro", "--user", "1000:1000"]),
    ({"host-executed-directory-writable"}, ["-v", "/usr:/x"], ["-v", "/usr:/x:ro"]),
    ({"hostpath-home-root"}, ["-v", "/root:/x:ro"], ["-v", "/usr/share:/x:ro"]),
    ({"hostpath-proc"}, ["-v", "/proc:/x:ro", "--cap-add", "SYS_PTRACE"], ["-v", "/proc:/x:ro"]),
    ("settings", ["-v", "/proc:/x"], ["-v", "/proc:/x", "--user", "1000:1000"]),
    ({"hostpath-sys", "sysfs-writable"}, ["--mount", "type=bind,source=/sys,target=/x,bind-nonrecursive=true"],
     ["--mount", "type=bind,source=/sys,target=/x,readonly,bind-nonrecursive=true"]),
    (ADMIN, ["--cap-add", "SYS_ADMIN"], ["--cap-add", "SYS_ADMIN", "--security-opt", "seccomp={filter}"]),
    (ADMIN, ["--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined"], ["--security-opt", "seccomp=unconfined"]),
    ({"host-pid-namespace", "host-pid-with-ptrace"}, ["--pid", "host", "--cap-add", "SYS_PTRACE"], ["--cap-add", "SYS_PTRACE"]),
    ({"host-pid-namespace"}, ["--pid", "host"], ["--pid", "host", "--user", "1000:1000"]),
    ({"host-network-namespace"}, ["--net", "host"], []),
    ({"host-network-namespace", "cap-net-admin-host-netns"}, ["--net", "host", "--cap-add", "NET_ADMIN"],
     ["--cap-add", "NET_ADMIN"]),
    ({"cap-dac-read-search"}, ["--cap-add", "DAC_READ_SEARCH"], ["--cap-add", "DAC_READ_SEARCH", "--user", "1000:1000"]),
    ({"cap-sys-time"}, ["--cap-add", "SYS_TIME"], ["--cap-add", "SYS_TIME", "--user", "1000:1000"]),
    ({"block-device-exposed"}, ["--device", "{disk}:/dev/x"], "mknod"),
    ({"block-device-readable"}, ["--device", "{disk}:/dev/x:r"], ["--device", "{disk}:/dev/x:m"]),
    ({"cap-mknod-open-device-policy"}, ["--device-cgroup-rule", "b *:* rwm"],
     ["--device-cgroup-rule", "b *:* rwm", "--cap-drop", "MKNOD"]),
    ({"passthrough-devices"}, ["--device", "/dev/fuse"], []),
    ("settings", ["--security-opt", "systempaths=unconfined"],
     ["--security-opt", "systempaths=unconfined", "--user", "1000:1000"]),
]
ON_PODMAN = [
    ({"hostpath-etc"}, ["-v", "/etc:/x:ro"], ["-v", "/usr/share:/x:ro"]),
    ({"host-pid-namespace", "host-pid-with-ptrace"}, ["--pid", "host", "--cap-add", "SYS_PTRACE"], ["--cap-add", "SYS_PTRACE"]),
    ({"host-network-namespace"}, ["--net", "host"], []),
    (ADMIN, ["--cap-add", "SYS_ADMIN"], ["--cap-add", "SYS_ADMIN", "--uidmap", "0:100000:65536"]),
    ("settings", ["--security-opt", "unmask=ALL"], ["--security-opt", "unmask=ALL", "--user", "1000:1000"]),
    ({"block-device-exposed"}, ["--device", "{disk}:/dev/x"], []),
    ({"cap-sys-time"}, ["--cap-add", "SYS_TIME"], ["--cap-add", "SYS_TIME", "--uidmap", "0:100000:65536"]),
]


def capabilities(*names):
    def change(config):
        config["process"]["capabilities"] = dict.fromkeys(("bounding", "effective", "permitted"), list(names))
    return change


def without(kind):
    def change(config):
        config["linux"]["namespaces"] = [n for n in config["linux"]["namespaces"] if n["type"] != kind]
    return change


def user(number):
    return lambda config: config["process"].update(user={"uid": number, "gid": number})


def mapped(config):
    config["linux"]["namespaces"].append({"type": "user"})
    mapping = [{"containerID": 0, "hostID": 100000, "size": 65536}]
    config["linux"] |= {"uidMappings": mapping, "gidMappings": mapping}


def disk(permitted):
    def change(config):
        facts = os.stat(DISK)
        numbers = {"type": "b", "major": os.major(facts.st_rdev), "minor": os.minor(facts.st_rdev)}
        config["linux"]["devices"] = [numbers | {"path": "/dev/x", "fileMode": 0o600, "uid": 0, "gid": 0}]
        rule = [numbers | {"allow": True, "access": "rw"}] if permitted else []
        config["linux"]["resources"] = {"devices": [{"allow": False, "access": "rwm"}, *rule]}
    return change


def cgroup_writable(config):
    for mount in config["mounts"]:
        if mount["type"] == "cgroup":
            mount["options"] = [word for word in mount["options"] if word != "ro"]


def unmasked(config):
    config["linux"].update(maskedPaths=[], readonlyPaths=[])


def filtered(config):
    config["linux"]["seccomp"] = DENY_MOUNT


def tracing(config):
    config["mounts"].append({"destination": "/trace", "type": TRACING[0], "source": TRACING[0], "options": ["ro"]})


ON_RUNC = [
    (ADMIN, [capabilities("CAP_SYS_ADMIN")], [capabilities("CAP_SYS_ADMIN"), filtered]),
    (ADMIN, [capabilities("CAP_SYS_ADMIN")], [capabilities("CAP_SYS_ADMIN"), mapped]),
    ({"cap-bpf-perfmon"}, [capabilities("CAP_PERFMON")], [capabilities("CAP_PERFMON"), filtered]),
    ({"cap-sys-boot", "host-pid-namespace"}, [capabilities("CAP_SYS_BOOT"), without("pid")], [capabilities("CAP_SYS_BOOT")]),
    ({"cap-dac-read-search"}, [capabilities("CAP_DAC_READ_SEARCH")], [capabilities()]),
    ({"host-network-namespace"}, [without("network")], []),
    ("settings", [unmasked], [unmasked, user(1000)]),
    ({"block-device-exposed"}, [disk(True)], [disk(False)]),
    ({"host-pid-namespace"}, [without("pid")], [without("pid"), user(1000), capabilities()]),
]
ON_RUNC += [({"cgroupfs-writable"}, [cgroup_writable], [])] if HYBRID else []
ON_RUNC += [({"debug-filesystems-exposed"}, [tracing], [tracing, user(1000)])] if TRACING else []


class Matrix(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bulkhead-threat-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.folder.chmod(0o755)
        (self.folder / "user").mkdir()
        for name, owner, mode in (("containerd.sock", 0, 0o660), ("podman.sock", 0, 0o660), ("other.sock", 0, 0o660),
                                  ("user/docker.sock", 1000, 0o600)):
            listener = socket.socket(socket.AF_UNIX)
            self.addCleanup(listener.close)
            listener.bind(str(self.folder / name))
            listener.listen()
            os.chown(self.folder / name, owner, owner)
            (self.folder / name).chmod(mode)
        (self.folder / "filter.json").write_text(json.dumps(DENY_MOUNT))

    def certain(self, pid):
        done = subprocess.run([BULKHEAD, "inspect", f"pid:{pid}", "--format", "json"], capture_output=True, timeout=120, check=True)
        file = self.folder / "snapshot.json"
        file.write_bytes(done.stdout)
        judged = subprocess.run([JUDGE, file], capture_output=True, timeout=60, check=True)
        findings = json.loads(judged.stdout)[0]
        return {f["weakness"] for f in findings if f["kind"] == "path" and f["truth"] == "yes"}

    def hold(self, label, planted, pid):
        planted = settings() if planted == "settings" else planted
        found = self.certain(pid)
        SCORE.add(label, planted, found)
        self.assertEqual(sorted(found), sorted(planted), label)

    def options(self, engine, words):
        return [word.format(engine=engine.socket, folder=self.folder, filter=self.folder / "filter.json", disk=DISK)
                for word in words]

    def on_engine(self, engine, cases):
        for planted, plant, clean in cases:
            label = f"{engine.name} {' '.join(plant)}"
            for what, options in ((planted, plant), (set(), clean)):
                with self.subTest(label, options=options):
                    command = ["sleep", "1000"]
                    if options == "mknod":  # the node is there, the right to open it is not
                        facts = os.stat(DISK)
                        options = []
                        command = ["sh", "-c", f"mknod /dev/x b {os.major(facts.st_rdev)} {os.minor(facts.st_rdev)}; exec sleep 1000"]
                    container = engine.run(*command, options=self.options(engine, options))
                    if command[0] == "sh":
                        engines.wait_until(lambda: Path(f"/proc/{container.pid}/root/dev/x").exists(), what="the node")
                    self.hold(f"{label} -> {options}", what, container.pid)
                    container.remove()

    def test_docker(self):
        with engines.docker() as docker:
            self.on_engine(docker, ON_DOCKER)

    def test_podman(self):
        with engines.podman() as podman:
            self.on_engine(podman, ON_PODMAN)

    def test_runc(self):
        for number, (planted, plant, clean) in enumerate(ON_RUNC):
            for side, (what, changes) in enumerate(((planted, plant), (set(), clean))):
                with self.subTest(runc=number, side=side):
                    self.on_runc(f"{number}-{side}", what, changes)

    def on_runc(self, name, planted, changes):
        bundle = self.folder / f"bundle-{name}"
        bundle.mkdir()
        engines.root_filesystem(bundle / "rootfs")
        engines.tell("runc", "spec", "--bundle", bundle)
        config = json.loads((bundle / "config.json").read_text())
        config["process"] |= {"terminal": False, "args": ["sleep", "1000"], "rlimits": []}
        for change in changes:
            change(config)
        (bundle / "config.json").write_text(json.dumps(config))
        state, identifier = self.folder / "state", f"threat-{os.getpid()}-{name}"
        self.start(state, bundle, identifier)
        try:
            pid = json.loads(engines.tell("runc", "--root", state, "state", identifier))["pid"]
            engines.wait_until(lambda: b"sleep" in Path(f"/proc/{pid}/cmdline").read_bytes(), what="the command")
            self.hold(f"runc {name}", planted, pid)
        finally:
            engines.tell("runc", "--root", state, "delete", "-f", identifier)

    def start(self, state, bundle, identifier):
        """Without pipes: the container would hold them open."""
        with open(self.folder / f"{identifier}.log", "wb") as log:
            done = subprocess.run(["runc", "--root", state, "run", "-d", "--bundle", bundle, identifier],
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, (self.folder / f"{identifier}.log").read_text(errors="replace"))


def tearDownModule():
    print(SCORE)
    for line in SCORE.lines:
        print(" ", line)


if __name__ == "__main__":
    if DISK is None:
        raise SystemExit("skipped: no block device of the host to plant" if not engines.required() else 1)
    engines.main(needs=("docker", "podman", "runc"))
