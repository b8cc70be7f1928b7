#!/usr/bin/env python3
"""The six scenarios as living containers, held against /proc and the runtime's own records; and runs that are
interrupted, run side by side, or start from bad input: each a one-line error, nothing left."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

import lab_machine as machine

DOCKER = 0x00000000a80425fb  # the 14 capabilities of a Docker container
DOCKER_DEVICES = {"b *:* m", "c *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm",
                  "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 10:200 rwm", "c 136:* rwm"}
READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
MASKED = ["/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
          "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
          "/sys/devices/virtual/powercap"]


def status(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def mountinfo(pid):
    """By mount point: (root, options)."""
    lines = [line.split(" ") for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
    return {line[4]: (line[3], line[5].split(",")) for line in lines}


def devices_list(container):
    path = Path("/sys/fs/cgroup/devices") / container / "devices.list"
    return set(path.read_text().splitlines()) if path.exists() else None


def namespace(pid, kind):
    return os.readlink(f"/proc/{pid}/ns/{kind}")


class Lab(unittest.TestCase):
    """A state folder of its own; whatever a failed test leaves is cleaned, and would fail the test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bulkhead-live-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.folder = Path(folder.name)
        self.state = self.folder / "state"
        self.before = machine.everything(self.state)

    def start(self, **options):
        run = subprocess.Popen(machine.command(self.state, **options), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.end, run)
        return run

    @staticmethod
    def end(run):
        if run.poll() is None:
            run.kill()
        run.wait()
        run.stdout.close()
        run.stderr.close()

    @staticmethod
    def living(run, count):
        lines = [run.stdout.readline().split() for _ in range(count)]
        return {name: (int(pid), container) for name, pid, container in lines}

    def finish(self, run):
        _, log = run.communicate(timeout=60)
        return run.returncode, log

    def assert_nothing_left(self):
        self.assertEqual(machine.everything(self.state), self.before)


class Launching(Lab):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory(prefix="bulkhead-live-")
        os.chmod(cls.holder.name, 0o755)
        cls.run_state = Path(cls.holder.name) / "state"
        cls.launched = subprocess.Popen(machine.command(cls.run_state, hold_ms=60000), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        cls.containers = Lab.living(cls.launched, len(machine.SCENARIOS))

    @classmethod
    def tearDownClass(cls):
        cls.launched.send_signal(signal.SIGINT)
        cls.launched.communicate(timeout=60)
        cls.holder.cleanup()

    def pid(self, name):
        return self.containers[name][0]

    def test_scenarios_stand_in_teaching_order(self):
        self.assertEqual(list(self.containers), machine.SCENARIOS)

    def test_default_is_what_docker_does(self):
        facts = status(self.pid("default"))
        for name in ("CapPrm", "CapEff", "CapBnd"):
            self.assertEqual(int(facts[name], 16), DOCKER, name)
        self.assertEqual((facts["CapInh"], facts["CapAmb"]), ("0" * 16, "0" * 16))
        self.assertEqual((facts["Seccomp"], facts["Seccomp_filters"], facts["NoNewPrivs"]), ("2", "1", "0"))
        self.assertEqual(facts["Uid"].split(), ["0"] * 4)

    def test_default_protects_what_docker_protects(self):
        mounts = mountinfo(self.pid("default"))
        for path in READ_ONLY:
            if Path(path).is_dir():
                self.assertIn("ro", mounts[path][1], path)
        for path in MASKED:
            if Path(path).exists():
                inside = Path(f"/proc/{self.pid('default')}/root{path}")
                empty = not list(inside.iterdir()) if inside.is_dir() else inside.stat().st_rdev == os.makedev(1, 3)
                self.assertTrue(empty, path)
        self.assertIn("ro", mounts["/sys"][1])
        self.assertIn("rw", mounts["/"][1])

    def test_default_shares_user_time_and_cgroup_namespaces_only(self):
        unified = Path("/sys/fs/cgroup/cgroup.controllers").exists()
        shared = {kind for kind in ("user", "pid", "mnt", "net", "ipc", "uts", "cgroup", "time")
                  if namespace(self.pid("default"), kind) == namespace("self", kind)}
        self.assertEqual(shared, {"user", "time"} | (set() if unified else {"cgroup"}))

    def test_device_policies(self):
        if devices_list(self.containers["default"][1]) is None:
            self.skipTest("no v1 devices controller on this machine")
        for name in ("default", "read-only", "host-directory", "hardened"):
            self.assertEqual(devices_list(self.containers[name][1]), DOCKER_DEVICES, name)
        self.assertEqual(devices_list(self.containers["privileged"][1]), {"a *:* rwm"})
        self.assertIsNone(devices_list(self.containers["rootless"][1]))

    def test_read_only_differs_in_its_root_alone(self):
        one, other = mountinfo(self.pid("default")), mountinfo(self.pid("read-only"))
        self.assertEqual({path for path in one.keys() | other.keys()
                          if one.get(path, ("", 0))[1] != other.get(path, ("", 0))[1]}, {"/"})
        self.assertIn("ro", other["/"][1])
        for field in ("CapEff", "CapBnd", "Seccomp", "NoNewPrivs", "Uid", "Gid", "Groups"):
            self.assertEqual(status(self.pid("default"))[field], status(self.pid("read-only"))[field], field)

    def test_rootless_root_is_an_id_that_nobody_has(self):
        pid = self.pid("rootless")
        inside, outside, length = Path(f"/proc/{pid}/uid_map").read_text().split()
        self.assertEqual((inside, length), ("0", "1"))
        self.assertGreaterEqual(int(outside), 100000)
        self.assertNotIn(f":{outside}:", Path("/etc/passwd").read_text())
        self.assertEqual(int(status(pid)["CapEff"], 16), DOCKER)
        self.assertEqual(status(pid)["Groups"].split(), [])
        self.assertNotEqual(namespace(pid, "net"), namespace("self", "net"))

    def test_privileged_gets_all_that_the_launcher_has(self):
        pid = self.pid("privileged")
        ours = int(status("self")["CapPrm"], 16)
        self.assertEqual(int(status(pid)["CapEff"], 16), ours)
        self.assertEqual(status(pid)["Seccomp"], "0")
        mounts = mountinfo(pid)
        self.assertEqual([path for path in mounts if path.startswith("/proc/")], [])
        self.assertIn("rw", mounts["/sys"][1])
        inside = {path.name for path in Path(f"/proc/{pid}/root/dev").iterdir()}
        host = {path.name for path in Path("/dev").iterdir()
                if not path.is_symlink() and (path.is_char_device() or path.is_block_device())} - {"console"}
        self.assertEqual(host - inside, set())

    def test_host_directory_is_the_folder_of_the_lab(self):
        pid = self.pid("host-directory")
        folder, = self.run_state.rglob("host-directory-1")
        self.assertTrue((folder / "README").exists())
        inside = Path(f"/proc/{pid}/root/host")
        (inside / "written").write_text("x")
        self.assertEqual((folder / "written").read_text(), "x")
        self.assertEqual((folder.stat().st_ino, folder.stat().st_dev), (inside.stat().st_ino, inside.stat().st_dev))

    def test_hardened_has_nothing_and_gains_nothing(self):
        pid, container = self.containers["hardened"]
        facts = status(pid)
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(facts[name], 16), 0, name)
        self.assertEqual((facts["NoNewPrivs"], facts["Seccomp"]), ("1", "2"))
        self.assertEqual(facts["Uid"].split(), ["201000"] * 4)
        self.assertEqual(Path(f"/proc/{pid}/uid_map").read_text().split(), ["0", "200000", "65536"])
        self.assertIn("ro", mountinfo(pid)["/"][1])
        limits = {"pids/pids.max": "64", "memory/memory.limit_in_bytes": "67108864", "cpu/cpu.cfs_quota_us": "50000"}
        for file, value in limits.items():
            hierarchy, _, name = file.partition("/")
            path = Path("/sys/fs/cgroup") / hierarchy / container / name
            if path.exists():
                self.assertEqual(path.read_text().strip(), value, file)

    def test_the_runtime_knows_each_by_the_same_process(self):
        for name, (pid, container) in self.containers.items():
            state, = [path.parent for path in self.run_state.rglob(f"{container}.pid")]
            if "trial" in str(state):
                continue
            runtime = state.name.rpartition("-")[2]
            answer = json.loads(subprocess.run([runtime, "--root", str(state), "state", container],
                                               capture_output=True, check=True, timeout=30).stdout)
            self.assertEqual((answer["pid"], answer["status"]), (pid, "running"), name)


class Ending(Lab):
    def test_a_run_that_ends_leaves_nothing(self):
        run = self.start()
        code, log = self.finish(run)
        self.assertEqual(code, 0, log)
        self.assert_nothing_left()

    def test_an_interrupted_run_leaves_nothing(self):
        for names in (["default"], machine.SCENARIOS):
            run = self.start(hold_ms=60000, names=names)
            self.living(run, 1)
            run.send_signal(signal.SIGINT)
            code, log = self.finish(run)
            self.assertEqual((code, log.splitlines()[-1]), (130, "interrupted"))
            self.assert_nothing_left()

    def test_two_runs_at_once_do_not_meet(self):
        one = self.start(hold_ms=60000)
        first = self.living(one, 6)
        other = self.start(hold_ms=60000)
        second = self.living(other, 6)
        self.assertEqual(len({pid for pid, _ in [*first.values(), *second.values()]}), 12)
        other.send_signal(signal.SIGINT)
        self.finish(other)
        self.assertEqual([name for name, (pid, _) in first.items() if not Path(f"/proc/{pid}").exists()], [])
        one.send_signal(signal.SIGINT)
        self.finish(one)
        self.assert_nothing_left()

    def test_clean_leaves_a_living_run_alone_and_takes_a_dead_one(self):
        living = self.start(hold_ms=60000, names=["default"])
        kept, = self.living(living, 1).values()
        dead = self.start(hold_ms=60000)
        lost = self.living(dead, 6)
        machine.kill(dead)
        cleaned = machine.clean(self.state)
        self.assertEqual(cleaned.returncode, 0, cleaned.stdout + cleaned.stderr)
        self.assertRegex(cleaned.stdout, rf"run {dead.pid}-\d+-[0-9a-f]{{8}}: 6 processes, \d+ control groups, its folder")
        self.assertRegex(cleaned.stdout, rf"process {living.pid} owns it and lives; left alone")
        self.assertTrue(Path(f"/proc/{kept[0]}").exists())
        self.assertEqual([name for name, (pid, _) in lost.items() if pid in machine.processes()], [])
        living.send_signal(signal.SIGINT)
        self.finish(living)
        self.assert_nothing_left()


class BadInput(Lab):
    def refused(self, **options):
        code, log = self.finish(self.start(**options))
        self.assert_nothing_left()
        self.assertEqual(code, 3, log)
        return log.splitlines()[-1]

    def scenario(self, text):
        folder = self.folder / "scenarios" / "mine"
        folder.mkdir(parents=True)
        (folder / "scenario.yaml").write_text("name: mine\ntitle: Mine\norder: 1\n" + text)
        return folder.parent

    def test_a_capability_that_does_not_exist(self):
        scenarios = self.scenario("capabilities: [CAP_CHOWN,\n  CAP_FOO]\n")
        self.assertEqual(self.refused(scenarios=scenarios),
                         f"{scenarios}/mine/scenario.yaml:5: capabilities: no capability is named CAP_FOO; "
                         "capabilities(7) lists them, CAP_CHOWN for example")

    def test_an_unknown_key(self):
        scenarios = self.scenario("capability: none\n")
        self.assertTrue(self.refused(scenarios=scenarios).startswith(
            f"{scenarios}/mine/scenario.yaml:4: capability: no such key; there are name, title,"))

    def test_a_probe_that_is_not_there(self):
        self.assertEqual(self.refused(probe_path="/nowhere/bulkhead-probe"),
                         "/nowhere/bulkhead-probe: no such program; cmake --build builds bulkhead-probe beside bulkhead")

    def test_a_probe_that_needs_a_loader(self):
        self.assertTrue(self.refused(probe_path=shutil.which("true")).endswith(
            ": not statically linked; cmake --build builds bulkhead-probe beside bulkhead"))

    def test_a_seccomp_profile_that_is_not_there(self):
        scenarios = self.scenario("seccomp: nowhere\n")
        self.assertEqual(self.refused(scenarios=scenarios), f"{scenarios}/mine/scenario.yaml:4: seccomp: no profile "
                         "is named nowhere; there are docker-default, none")

    def test_the_least_limits_start_a_container(self):
        """What a scenario file may ask for at the least is enough for the runtime: the bounds refuse, and lie not."""
        scenarios = self.scenario("limits:\n  pids: 1\n  memory: 33554432\n  cpu: 10\nrlimits:\n"
                                  "  RLIMIT_AS: 4294967296\n  RLIMIT_CPU: 4\n  RLIMIT_DATA: 536870912\n"
                                  "  RLIMIT_NOFILE: 16\n  RLIMIT_STACK: 65536\n  RLIMIT_NPROC: 0\n")
        run = self.start(scenarios=scenarios)
        out, err = run.communicate(timeout=120)
        self.assertEqual((run.returncode, out.split()[:1]), (0, ["mine"]), err)

    def test_a_runtime_that_does_not_work_here_says_why(self):
        if not shutil.which("crun") or Path("/sys/fs/cgroup/cgroup.controllers").exists():
            self.skipTest("crun is missing, or cgroups are v2 and it works")
        self.assertRegex(self.refused(engine="crun"),
                         "^no container runtime works here: crun [0-9.]+: cgroups in hybrid mode not supported")


if __name__ == "__main__":
    missing = "runc is not installed" if not shutil.which("runc") else "root is needed" if os.geteuid() else ""
    if missing and os.environ.get("BULKHEAD_REQUIRE_ENGINES") != "1":
        print("skipped:", missing)
        raise SystemExit(77)
    unittest.main()
