#!/usr/bin/env python3
"""The view from inside, of real runc and Docker containers: what a twin tries agrees with what the kernel says
from outside or differs for a known cause, and it leaves no trace. Hostile containers: twin_hostile_test.py."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import engines
import hostile_targets
import lab_machine as machine
from twins import PROGRAM, experienced, inspect, status, target, twins

KNOBS = ["/proc/sys/kernel/core_pattern", "/proc/sys/vm/panic_on_oom", "/proc/irq/default_smp_affinity",
         "/sys/kernel/profiling"]
CAUSES = {"the mount lets writes pass, the file's permissions do not",
          "a process whose root directory is not its mount namespace's may not make one",
          "the number of user namespaces is used up at some level",
          "the kernel is locked down, or a security module forbids it"}
MOST_DEVICES = 64
NEVER = {"securebits", "landlock", "sessionKeyring", "seccompListener", "speculationFlag"}  # nobody can copy or tell


def probes(document, test):
    return {probe["target"]: probe for probe in document["probes"] if probe["test"] == test}


def kernel_log():
    """What the kernel logged of a program of ours, whatever else goes on on this machine."""
    lines = subprocess.run(["dmesg"], capture_output=True, check=False).stdout.splitlines()
    return [line for line in lines if b"bulkhead" in line]


class View(unittest.TestCase):
    def check(self, document, pid):
        """Against /proc, which the twin had no part in; and against what was predicted."""
        facts = status(pid)
        for name, line in (("effective", "CapEff"), ("permitted", "CapPrm"), ("bounding", "CapBnd"),
                           ("inheritable", "CapInh"), ("ambient", "CapAmb")):
            self.assertEqual(len(document["capabilities"][name]), bin(int(facts[line], 16)).count("1"), name)
        self.assertEqual(document["identity"]["noNewPrivileges"], facts["NoNewPrivs"] == "1")
        self.assertEqual(document["seccomp"]["mode"], {"0": "disabled", "2": "filter"}[facts["Seccomp"]])
        differs = {name for name, same in document["twin"].items() if same is not True}
        there = len(json.loads(inspect(pid, "enforced").stdout)["devices"])
        self.assertEqual("tries.devices" in differs, there > MOST_DEVICES)
        self.assertLessEqual(differs - {"tries.devices"}, NEVER)
        self.assertTrue(document["probes"])
        for probe in document["probes"]:
            self.assertNotEqual(probe["result"], "failed", probe)
            if probe.get("agrees") is False:
                self.assertIn(probe["cause"], CAUSES, probe)
        self.assertEqual(twins(), [])


class Lab(View):
    """The scenarios of the lab: user namespaces, read-only roots, strict filters, no_new_privs, host mounts."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="bulkhead-live-")
        os.chmod(cls.folder.name, 0o755)
        cls.lab = subprocess.Popen(machine.command(Path(cls.folder.name) / "state", hold_ms=120000),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = [cls.lab.stdout.readline().split() for _ in machine.SCENARIOS]
        cls.pids = {name: int(pid) for name, pid, _ in lines}

    @classmethod
    def tearDownClass(cls):
        cls.lab.send_signal(signal.SIGINT)
        cls.lab.communicate(timeout=60)
        cls.folder.cleanup()

    def test_every_scenario_agrees_or_says_why(self):
        for name, pid in self.pids.items():
            with self.subTest(name):
                self.check(experienced(self, pid), pid)

    def test_a_read_only_root_takes_no_writes(self):
        for name, allowed in (("default", "allowed"), ("read-only", "denied")):
            document = experienced(self, self.pids[name])
            self.assertEqual(probes(document, "write")["/"]["result"], allowed, name)
            self.assertEqual(document["rootfs"]["writable"], allowed == "allowed", name)

    def test_what_the_filter_forbids_is_not_tried(self):
        skipped = {probe["test"] for probe in experienced(self, self.pids["default"])["probes"]
                   if probe["result"] == "skipped"}
        self.assertIn("unshare-user", skipped)  # Docker's profile without CAP_SYS_ADMIN
        self.assertIn("keyring", skipped)
        self.assertNotIn("raw-socket", skipped)

    def test_a_privileged_container_opens_what_others_may_not(self):
        opened = {name: probes(experienced(self, self.pids[name]), "open-knob")["/proc/sys/kernel/core_pattern"]
                  for name in ("privileged", "default")}
        self.assertEqual((opened["privileged"]["result"], opened["default"]["result"]), ("allowed", "denied"))

    def test_rootless_is_not_the_hosts_root(self):
        for name, result in (("rootless", "denied"), ("default", "allowed")):
            document = experienced(self, self.pids[name])
            self.assertEqual(probes(document, "host-root-mapped")[""]["result"], result, name)

    def test_table(self):
        done = subprocess.run([PROGRAM, "inspect", f"pid:{self.pids['default']}", "--vantage", "all"],
                              capture_output=True, text=True, timeout=60, check=True)
        self.assertIn("enforced vantage", done.stdout)
        self.assertIn("experienced vantage", done.stdout)
        self.assertIn("Tried from inside", done.stdout)

    def test_leaves_no_trace(self):
        pid = self.pids["privileged"]
        before = self.traces(pid)
        experienced(self, pid)
        self.assertEqual(self.traces(pid), before)

    @staticmethod
    def traces(pid):
        root = Path(f"/proc/{pid}/root")
        files = {}
        for place in ("", "bin", "etc", "dev", "tmp", "run"):
            for entry in sorted((root / place).iterdir()) if (root / place).is_dir() else []:
                facts = entry.lstat()
                files[str(entry)] = (facts.st_mode, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
        knobs = [(Path(path).stat().st_mtime_ns, Path(path).read_bytes()) for path in KNOBS if Path(path).exists()]
        log = kernel_log()
        return {"files": files, "knobs": knobs, "log": log, "mounts": Path(f"/proc/{pid}/mountinfo").read_text(),
                "ours": machine.mounts(), "groups": machine.cgroups(), "processes": machine.processes(),
                "descriptors": len(os.listdir("/proc/self/fd")), "status": {key: value for key, value in status(pid).items()
                                                       if "ctxt_switches" not in key and key != "SigQ"}}

    def test_killed_in_the_middle_nothing_stays(self):
        for delay in (0.0, 0.01, 0.03, 0.05, 0.08, 0.12, 0.2):
            run = subprocess.Popen([PROGRAM, "inspect", f"pid:{self.pids['default']}", "--vantage", "experienced"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            run.kill()
            run.wait()
            engines.wait_until(lambda: not twins(), seconds=10, what=f"the end of a twin after {delay} s")


class Overlay(View):
    def test_the_upper_directory_stays_empty(self):
        with tempfile.TemporaryDirectory(prefix="bulkhead-live-") as name:
            folder = Path(name)
            for part in ("upper", "work", "merged"):
                (folder / part).mkdir()
            lower = engines.root_filesystem(folder / "lower")
            options = f"lowerdir={lower},upperdir={folder / 'upper'},workdir={folder / 'work'}"
            script = (f"mount -t overlay o -o {options} {folder / 'merged'} && cd {folder / 'merged'} && "
                      f"mkdir -p old && mount -t proc p proc && rm -rf {folder / 'upper'}/old/x && "
                      "exec chroot . /bin/busybox sleep 1000")
            run = subprocess.Popen(["unshare", "-m", "-p", "-f", "-u", "-i", "-n", "--kill-child", "sh", "-c", script])
            try:
                pid = engines.wait_until(lambda: self.sleeper(run.pid), what="the container")
                before = self.tree(folder / "upper")
                document = experienced(self, pid)
                self.assertEqual(probes(document, "unshare-user")[""]["result"], "denied")  # it was chrooted
                self.assertEqual(self.tree(folder / "upper"), before)
            finally:
                run.kill()
                run.wait()

    @staticmethod
    def tree(folder):
        return sorted((str(path), path.lstat().st_mtime_ns, path.lstat().st_ctime_ns) for path in folder.rglob("*"))

    @staticmethod
    def sleeper(parent):
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and status(entry.name)["PPid"] == str(parent) and \
                        (entry / "cmdline").read_bytes().startswith(b"/bin/busybox\0sleep"):
                    return int(entry.name)
            except OSError:
                continue
        return None


class Engines(View):
    """Docker: its profile, host mounts, tight limits, a pause."""

    @classmethod
    def setUpClass(cls):
        cls.opened = engines.docker()
        cls.docker = cls.opened.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.opened.__exit__(None, None, None)

    def start(self, *command, options=()):
        container = self.docker.run(*command, options=options)
        self.addCleanup(container.remove)
        return container

    def test_containers_agree_or_say_why(self):
        with tempfile.TemporaryDirectory(prefix="bulkhead-live-") as share:
            for options in ((), ("--read-only", "--user", "1000:1000"), ("--security-opt", "no-new-privileges"),
                            ("--cap-drop", "ALL"), ("--security-opt", "seccomp=unconfined"),
                            ("-v", f"{share}:/data:ro"), ("--pid", "host")):
                with self.subTest(options=options):
                    container = self.start("sleep", "1000", options=options)
                    document = experienced(self, container.pid)
                    self.check(document, container.pid)
                    if "-v" in options:
                        self.assertEqual(probes(document, "write")["/data"]["errno"], 30)
                    visible = "allowed" if "--pid" in options else "denied"
                    self.assertEqual(probes(document, "see-host-processes")[""]["result"], visible)

    def test_a_profile_that_kills_kills_nothing(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as profile:
            json.dump({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                {"names": ["bpf", "fsopen", "io_uring_setup", "syslog", "finit_module"],
                 "action": "SCMP_ACT_KILL_PROCESS"}]}, profile)
            profile.flush()
            container = self.start("sleep", "1000", options=("--security-opt", f"seccomp={profile.name}"))
            log = kernel_log()
            document = experienced(self, container.pid)
            self.check(document, container.pid)
            skipped = {probe["test"] for probe in document["probes"] if probe["result"] == "skipped"}
            self.assertEqual(skipped, {"bpf", "new-mount", "io-uring", "kernel-log", "load-module"})
            self.assertNotIn("unshare-user", skipped)
            self.assertEqual(kernel_log(), log)

    def test_refused_where_it_could_starve_the_workload(self):
        fill = ("sh", "-c", "dd if=/dev/zero of=/full/file bs=1M count=45 2>/dev/null; exec sleep 1000")
        for options, command, words in (
                (("--pids-limit", "6"), ("sleep", "1000"), "8 processes"),
                (("--memory", "24m"), ("sleep", "1000"), "32 MiB"),
                (("--memory", "64m", "--tmpfs", "/full:size=60m"), fill, "32 MiB"),  # near its limit, none to reclaim
                (("--ulimit", "nproc=1:1", "--user", "54321:54321"), ("sleep", "1000"), "no further process")):
            container = self.start(*command, options=options)
            engines.wait_until(lambda: Path(f"/proc/{container.pid}/comm").read_text() == "sleep\n", what=words)
            done = inspect(container.pid)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertIn(words, done.stderr)

    def test_refused_where_it_is_paused(self):
        container = self.start("sleep", "1000")
        self.docker.call("pause", container.id)
        try:
            done = inspect(container.pid)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertIn("paused", done.stderr)
        finally:
            self.docker.call("unpause", container.id)

    def test_exec_beside_it(self):
        container = self.start("sleep", "1000")
        with subprocess.Popen([*map(str, self.docker.client), "exec", container.id, "sleep", "5"]) as beside:
            self.check(experienced(self, container.pid), container.pid)
            beside.wait(timeout=60)


class Podman(View):
    def test_containers_agree_or_say_why(self):
        if engines.missing("podman"):
            self.skipTest(engines.missing("podman"))
        with engines.podman() as podman:
            container = podman.run("sleep", "1000")
            self.check(experienced(self, container.pid), container.pid)


class Refusals(unittest.TestCase):
    def test_what_has_no_inside_or_could_not_be_copied(self):
        kinds = {"zombie": (3, 4), "traced_filtered": (4,)}
        if Path("/sys/fs/cgroup/freezer/cgroup.procs").exists():
            kinds["frozen_v1"] = (4,)
        if hostile_targets.unified():
            kinds["frozen_v2"] = (4,)
        words = {"zombie": "ended|zombie|gone|exited", "traced_filtered": "traces the process", "frozen_v1": "paused",
                 "frozen_v2": "paused"}
        for kind, codes in kinds.items():
            with self.subTest(kind), target(kind) as pid:
                done = inspect(pid)
                self.assertIn(done.returncode, codes, done.stderr)
                self.assertRegex(done.stderr, words[kind])
                self.assertEqual((len(done.stderr.splitlines()), done.stdout), (1, ""))
                self.assertEqual(twins(), [])

    def test_a_tracer_does_not_keep_a_process_without_filters_from_having_a_twin(self):
        with target("traced") as pid:
            done = inspect(pid)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_kernel_thread_has_no_inside(self):
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[6]) & 0x200000:
                    done = inspect(int(entry.name))
                    self.assertEqual((done.returncode, done.stdout), (4, ""))
                    self.assertIn("a kernel thread", done.stderr)
                    return
        self.skipTest("no kernel thread is in sight: this is a pid namespace of its own")

    def test_the_task_that_the_facets_describe_is_the_one_copied(self):
        """A thread that may more than the one that leads its process."""
        script = ("import ctypes,threading,time\nlibc=ctypes.CDLL(None)\n"
                  "t=threading.Thread(target=time.sleep,args=(1000,),daemon=True)\nt.start()\n"
                  "header=(ctypes.c_uint32*2)(0x20080522,0)\ndata=(ctypes.c_uint32*6)()\n"
                  "libc.capset(header,data)\nprint('ready',flush=True)\ntime.sleep(1000)")  # the leader gives all up
        with subprocess.Popen(["unshare", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc", sys.executable,
                               "-c", script], stdout=subprocess.PIPE, text=True) as run:
            try:
                self.assertEqual(run.stdout.readline(), "ready\n")
                pid = int(Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()[0])
                thread = next(int(name) for name in os.listdir(f"/proc/{pid}/task") if int(name) != pid)
                self.assertEqual(status(pid)["CapEff"], "0" * 16)
                document = experienced(self, pid)
                self.assertEqual(len(document["capabilities"]["effective"]),
                                 bin(int(status(thread)["CapEff"], 16)).count("1"))
                self.assertIs(document["twin"]["capabilities.effective"], True)
            finally:
                run.kill()

    def test_without_rights_the_missing_ones_are_named(self):
        done = subprocess.run(
            ["setpriv", "--bounding-set=-setuid,-sys_chroot", "--inh-caps=-setuid,-sys_chroot", PROGRAM, "inspect",
             f"pid:{os.getpid()}", "--vantage", "experienced"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("CAP_SETUID, CAP_SYS_CHROOT", done.stderr)

    def test_a_file_is_not_looked_at_from_inside(self):
        done = subprocess.run([PROGRAM, "inspect", "lab:default", "--vantage", "experienced"], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 3, done.stderr)


if __name__ == "__main__":
    engines.main(needs=("docker", "runc"))
