#!/usr/bin/env python3
"""The root of a container against the process that looks from inside: whatever it may do to processes beside it, it
gains nothing that it had not, reads nothing of ours, and the look ends in time with a document or a refusal."""

import errno
import json
import os
import subprocess
import time
import unittest
from pathlib import Path

import engines
from twins import inspect, status, twins

HOSTILE = os.environ["HOSTILE_ROOT"]
SECONDS = 20  # a look gives up after five; the rest is a busy machine
TRIES = 40
# None of ours may be among what links and descriptors name; what it tries is its own: a socket, a device, and the
# context of a file system, which the kernel gives to who may mount and which holds nothing before it is configured.
OURS = ("bulkhead-plan", "/work", "/usr", "/root", "/tmp", "pipe:", "/dev/pts", "cgroup.procs", "/home", "anon_inode")
TRIED = "anon_inode:[fscontext]"
MAY_MOUNT = 1 << 21  # CAP_SYS_ADMIN
SETS = ("CapPrm", "CapEff", "CapBnd")


class Hostile(unittest.TestCase):
    def look(self, pid, codes=(0, 4)):
        start = time.monotonic()
        done = inspect(pid, timeout=SECONDS)
        self.assertLess(time.monotonic() - start, SECONDS)
        self.assertIn(done.returncode, codes, done.stderr)
        if done.returncode == 0:
            json.loads(done.stdout)
        else:
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual(twins(), [])
        return done

    def judge(self, seen, facts, user):
        """What was seen of the twin, against the container's first process: never more, and nothing of ours."""
        sure = [sight for sight in seen if sight["mapped"] == 1 and sight["ns/user"] in ("", user)]
        self.assertGreaterEqual(len(sure), 3)
        for sight in seen:
            if sight in sure:  # its last try is a user namespace of its own, unmapped, with all rights in there
                for name in SETS:
                    self.assertEqual(int(sight[name], 16) & ~int(facts[name], 16), 0, sight)
            self.assertNotEqual(sight["attach"], 0, sight)
            self.assertEqual(sight["Seccomp_filters"], facts["Seccomp_filters"], sight)
            self.assertEqual(sight["NoNewPrivs"], facts["NoNewPrivs"], sight)
            self.assertIn(sight["cmdline"], ("", "?"), sight)  # at most the zero byte of the empty argument
            self.assertIn(sight["environ"], ("",), sight)
            if int(facts["CapEff"], 16) & MAY_MOUNT:
                sight["descriptors"] = sight["descriptors"].replace(TRIED, "")
            for name in OURS:
                for field in ("exe", "root", "cwd", "descriptors"):
                    self.assertNotIn(name, sight[field], sight)


class Containers(Hostile):
    @classmethod
    def setUpClass(cls):
        cls.opened = engines.docker()
        cls.docker = cls.opened.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.opened.__exit__(None, None, None)

    def start(self, *command, options=()):
        container = self.docker.run("/hostile_root", *command, options=("-v", f"{HOSTILE}:/hostile_root:ro", *options))
        self.addCleanup(container.remove)
        return container

    def said(self, container):
        lines = self.docker.call("logs", container.id).splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    def test_a_spy_sees_the_twin_and_gets_nothing(self):
        for options in ((), ("--cap-add", "SYS_PTRACE"),
                        ("--cap-add", "SYS_PTRACE", "--security-opt", "no-new-privileges", "--user", "1000:1000"),
                        ("--cap-add", "SYS_PTRACE", "--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined")):
            with self.subTest(options=options):
                container = self.start("spy", options=options)
                facts, user = status(container.pid), os.readlink(f"/proc/{container.pid}/ns/user")
                for _ in range(TRIES):
                    self.look(container.pid)
                    seen = self.said(container)
                    if len(seen) >= 20:
                        break
                self.assertGreaterEqual(len(seen), 3)  # else it proves nothing
                self.judge(seen, facts, user)

    def test_a_storm_of_stops_stops_nothing(self):
        container = self.start("stop")
        codes = [self.look(container.pid).returncode for _ in range(10)]
        self.assertTrue(any(line["sent"] > 0 for line in self.said(container)))
        self.assertIn(0, codes)  # SIGSTOP reaches the tracer, and goes no further

    def test_killed_from_inside_it_is_said(self):
        container = self.start("kill")
        told = [self.look(container.pid) for _ in range(10)]
        self.assertTrue(any(line["sent"] > 0 for line in self.said(container)))
        refused = [done.stderr for done in told if done.returncode == 4]
        broken = [done.stdout for done in told if done.returncode == 0 and "ended by signal 9" in done.stdout]
        self.assertTrue(refused or broken)
        for text in refused:
            self.assertIn("the twin", text)

    def test_a_flood_of_processes(self):
        container = self.start("flood", options=("--pids-limit", "200"))
        for _ in range(5):
            done = self.look(container.pid)
            if done.returncode == 4:
                self.assertRegex(done.stderr, "8 processes|no further process")

    def test_a_file_system_that_never_answers(self):
        """Below the place of settings, of devices, and of everything."""
        for folder in ("/proc/sys/kernel", "/sys", "/dev"):
            with self.subTest(folder=folder):
                container = self.start("stall", folder, options=(
                    "--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined", "--device", "/dev/fuse"))
                engines.wait_until(lambda: self.said(container), what="the mount")
                self.assertEqual(self.said(container), [{"stalls": 1}])
                document = json.loads(self.look(container.pid, codes=(0,)).stdout)
                self.assertTrue([mount for mount in document["mounts"] if mount["fsType"] == "fuse"])
                tried = [probe for probe in document["probes"] if probe["target"].startswith(folder + "/")]
                self.assertEqual([probe for probe in tried if probe["result"] == "allowed"], [])

    def test_a_tree_of_traps(self):
        """FIFOs, loops and a false /proc where the probe looks: nothing blocks, nothing of it is taken for real."""
        script = ("mkfifo /pipe && ln -s /loop /loop && mkdir -p /false/sys/kernel /false/1 && "
                  "echo fake > /false/sys/kernel/core_pattern && mkfifo /false/sysrq-trigger && "
                  "ln -s /loop /false/kcore && mount --bind /pipe /dev/null && rm -f /dev/zero && mkfifo /dev/zero && "
                  "mkdir -p /var && rm -rf /var/run && ln -s /loop /var/run && mkfifo /run/docker.sock && "
                  "mount -t tmpfs t /sys && mkfifo /sys/profiling && mount --bind /false /proc && exec sleep 1000")
        container = self.docker.run("sh", "-c", script, options=("--cap-add", "SYS_ADMIN", "--security-opt",
                                                                 "seccomp=unconfined"))
        self.addCleanup(container.remove)
        engines.wait_until(lambda: Path(f"/proc/{container.pid}/comm").read_text() == "sleep\n", what="the traps")
        document = json.loads(self.look(container.pid, codes=(0,)).stdout)
        found = {(probe["test"], probe["target"]): probe["result"] for probe in document["probes"]}
        self.assertNotIn("allowed", [result for (test, _), result in found.items() if test == "open-knob"])
        for device in ("/dev/null", "/dev/zero"):
            self.assertNotEqual(found["open-device", device], "allowed")
        failed = {(probe["target"], probe["errno"]) for probe in document["probes"] if probe["result"] == "failed"}
        self.assertEqual(failed, {("/var/run/docker.sock", errno.ELOOP)})
        self.assertEqual(document["kernel"]["writableKnobs"], [])


class OwnUserNamespace(Hostile):
    def test_the_root_of_a_user_namespace_sees_the_twin_and_gets_nothing(self):
        command = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child",
                   "--mount-proc", HOSTILE, "spy"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            try:
                child = engines.wait_until(lambda: Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split(),
                                           what="the process inside")
                pid = int(child[0])
                engines.wait_until(lambda: Path(f"/proc/{pid}/comm").read_text() == "hostile_root\n", what="the spy")
                facts, user = status(pid), os.readlink(f"/proc/{pid}/ns/user")
                for _ in range(TRIES):
                    self.look(pid)
            finally:
                run.kill()
            seen = [json.loads(line) for line in run.stdout.read().splitlines()]
        self.assertGreaterEqual(len(seen), 3)
        self.judge(seen, facts, user)
        for sight in seen:
            self.assertNotEqual(sight["memory"], 0, sight)
            self.assertEqual((sight["maps"], sight["descriptors"], sight["taken"]), ("", "", 0), sight)


if __name__ == "__main__":
    engines.main(needs=("docker",))
