#!/usr/bin/env python3
"""Targets that resist: every verb answers in bounded time and memory, with facts that are the kernel's, with nothing
raw on the terminal, and leaves the target as it was."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import engines
import hostile_targets
import lab_oracles
from twins import PROGRAM as BULKHEAD
from twins import TARGETS as SCRIPT
from twins import target

SECONDS = 60  # far above what any verb takes on a busy machine: a bound against hanging, no measurement
MOST_PROCESSOR = 15  # seconds of processor time: does not grow with what else runs here
MOST_MEMORY = 256 * 1024  # KiB of resident memory
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def unescaped(field):
    """proc(5): a backslash and three octal digits are a byte."""
    return re.sub(rb"\\([0-3][0-7]{2})", lambda match: bytes([int(match[1], 8)]), field)


def shown(raw):
    """Bytes as a snapshot writes them: printable UTF-8, every other byte and the backslash as \\xNN."""
    text = raw.decode(errors="surrogateescape")
    return "".join(char if char.isprintable() and char != "\\" else
                   "".join(f"\\x{byte:02x}" for byte in char.encode(errors="surrogateescape")) for char in text)


def unique(pairs):
    """A JSON object in which no key stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise AssertionError("a key stands twice")
    return found


def mountinfo(pid):
    """By id: parent, device, root and target of every mount, in bytes, read with nothing of ours."""
    found = {}
    ended = lab_oracles.status_field(pid, "State")[0] == "Z"  # then a thread that runs on shows them
    task = max(os.listdir(f"/proc/{pid}/task"), key=int) if ended else pid
    for line in Path(f"/proc/{pid}/task/{task}/mountinfo").read_bytes().rstrip(b"\n").split(b"\n"):
        fields = line.split(b" ")
        dash = fields.index(b"-", 6)
        found[int(fields[0])] = (int(fields[1]), fields[2].decode(), unescaped(fields[3]), unescaped(fields[4]),
                                 fields[dash + 1].decode(), unescaped(fields[dash + 2]))
    return found


class Answer:
    """What one command said and used."""

    def __init__(self, *words, seconds=SECONDS):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            environment = {**os.environ, "COLUMNS": "80"}
            process = subprocess.Popen([BULKHEAD, *map(str, words)], stdout=out, stderr=err, env=environment)
            end = time.monotonic() + seconds
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() > end:
                    process.kill()
                    os.wait4(process.pid, 0)
                    process.returncode = -9
                    raise AssertionError(f"{words}: no answer within {seconds} s")
                time.sleep(0.02)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            self.code, self.memory = process.returncode, usage.ru_maxrss
            self.processor = usage.ru_utime + usage.ru_stime
            self.out, self.err = out.read().decode(), err.read().decode()  # strict: what is printed is UTF-8


class Hostile(unittest.TestCase):
    most_memory = MOST_MEMORY

    def setUp(self):
        lab_oracles.failures.clear()
        folder = tempfile.TemporaryDirectory(prefix="bulkhead-hostile-out-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def ask(self, *words, codes=(0,), lines=None):
        answer = Answer(*words)
        self.assertIn(answer.code, codes, f"{words}: {answer.err}")
        self.assertLess(answer.memory, self.most_memory, words)
        self.assertLess(answer.processor, MOST_PROCESSOR, words)
        for text in (answer.out, answer.err):
            found = CONTROLS.search(text)
            self.assertIsNone(found, f"{words}: {found and text[max(0, found.start() - 60):found.end() + 20]!r}")
        if lines is not None:
            self.assertLessEqual(len(answer.err.splitlines()), lines, answer.err)
        return answer

    def every_verb(self, pid):
        """Table, json, diff and report of one target; returns its enforced snapshot."""
        table = self.ask("inspect", f"pid:{pid}").out
        self.assertLessEqual(max(map(len, table.splitlines())), 80 * 2)  # cells, of which a character may be none
        snapshot = self.snapshot_of(pid)
        self.ask("diff", f"pid:{os.getpid()}", f"pid:{pid}")
        json.loads(self.ask("diff", f"pid:{os.getpid()}", f"pid:{pid}", "--format", "json").out)
        self.ask("report", f"pid:{pid}", "--out", self.folder / "report.md")
        self.ask("report", f"pid:{pid}", "--out", self.folder / "report.mmd")
        for name in ("report.md", "report.mmd"):
            self.assertIsNone(CONTROLS.search((self.folder / name).read_text()), name)
        return snapshot

    def snapshot_of(self, pid):
        """Taken while the mounts stand still: a mount point that is removed elsewhere takes its mount from here."""
        for _ in range(5):
            self.kernels = mountinfo(pid)
            answer = self.ask("inspect", f"pid:{pid}", "--format", "json")
            if mountinfo(pid) == self.kernels:
                return json.loads(answer.out, object_pairs_hook=unique)
        raise AssertionError("the mounts of this machine never stand still")

    def namespaces_are_the_kernels(self, pid, snapshot):
        """By the links themselves: lsns gives up on a hostile name."""
        for kind, space in snapshot["namespaces"].items():
            link = os.readlink(f"/proc/{pid}/ns/{kind}")
            self.assertEqual(f"{kind}:[{space['inode']}]", link)
            self.assertEqual(space["sharedWithHost"], link == os.readlink(f"/proc/self/ns/{kind}"), kind)

    def facts_are_the_kernels(self, pid, snapshot):
        self.namespaces_are_the_kernels(pid, snapshot)
        lab_oracles.compare_status("target", pid, snapshot)
        lab_oracles.compare_capabilities("target", pid, snapshot, lab_oracles.capability_names())
        self.assertEqual(lab_oracles.failures, [])
        ours = {mount["id"]: (mount["parent"], mount["device"], mount["root"], mount["target"], mount["fsType"],
                              mount["source"]) for mount in snapshot["mounts"]}
        self.assertEqual(sorted(ours), sorted(self.kernels))
        for number, (parent, device, root, target, kind, source) in self.kernels.items():
            root = root.removesuffix(b"//deleted")
            self.assertEqual(ours[number], (parent, device, shown(root), shown(target), kind, shown(source)))

    def test_ten_thousand_mounts_on_one_another(self):
        with target("many_mounts") as pid:
            snapshot = self.every_verb(pid)
            self.facts_are_the_kernels(pid, snapshot)
            stack = [mount for mount in snapshot["mounts"] if mount["target"].endswith("/place")]
            self.assertEqual(len(stack), hostile_targets.MANY)
            visible = [mount["id"] for mount in stack if mount["visible"]]
            top = set(mount["id"] for mount in stack) - {mount["parent"] for mount in stack}
            self.assertEqual(visible, list(top))  # that on which no other stands

    def test_ten_thousand_mounts_side_by_side(self):
        with target("wide_mounts") as pid:
            snapshot = self.every_verb(pid)
            self.facts_are_the_kernels(pid, snapshot)
            placed = [mount for mount in snapshot["mounts"] if re.search(r"/m\d+$", mount["target"])]
            self.assertEqual(len(placed), hostile_targets.MANY)
            self.assertTrue(all(mount["visible"] for mount in placed))

    def test_names_that_speak_to_the_terminal(self):
        with target("names") as pid:
            self.assertEqual(Path(f"/proc/{pid}/comm").read_bytes(), hostile_targets.COMM[:15] + b"\n")
            snapshot = self.every_verb(pid)
            self.facts_are_the_kernels(pid, snapshot)
            sources = {mount["source"] for mount in snapshot["mounts"]}
            self.assertLessEqual({shown(name) for name in hostile_targets.NAMES}, sources)

    def test_a_process_that_forks_and_exits_all_the_time(self):
        with target("churn") as pid:
            for _ in range(3):
                self.facts_are_the_kernels(pid, self.every_verb(pid))

    def test_a_process_that_is_gone_when_it_is_looked_at(self):
        """A relay of short lives in one pid namespace: each answer is of one process, or says that it is gone."""
        with target("relay") as keeper:
            answered, gone = 0, 0
            for _ in range(30):
                pid = next((pid for pid in self.others_in_namespace(keeper)), None)
                if pid is None:
                    continue
                answer = self.ask("inspect", f"pid:{pid}", "--format", "json", codes=(0, 3))
                if answer.code == 0:
                    json.loads(answer.out)
                    answered += 1
                else:
                    self.assertEqual(len(answer.err.splitlines()), 1, answer.err)
                    self.assertIn(f"pid:{pid}", answer.err.replace(f"pid {pid}", f"pid:{pid}"))
                    self.assertEqual(answer.out, "")
                    gone += 1
            self.assertGreater(answered + gone, 0)

    def test_a_number_that_another_process_has_by_now(self):
        """Inside a namespace of few numbers: a snapshot is of one process, whichever, or says that it is not."""
        if tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2]) < (6, 14):
            self.skipTest("before Linux 6.14 the highest number is the whole machine's, not a namespace's")
        ask = ("for i in $(seq 30); do for p in $(ls /proc | grep -E '^[0-9]+$' | sort -rn | head -3); do "
               f"{BULKHEAD} inspect pid:$p --format json 2>/dev/null | tr -d '\\n'; echo; done; done")
        done = subprocess.run([sys.executable, "-B", str(SCRIPT), "reuse"], capture_output=True, text=True,
                              input=json.dumps(["sh", "-c", ask]) + "\n", timeout=240, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        pids, families = [], set()
        for line in filter(None, done.stdout.splitlines()):
            snapshot = json.loads(line)
            identity = snapshot["identity"]
            if not snapshot["stability"]["stable"] or identity["oomScoreAdj"] not in (100, 200):
                continue
            family = identity["oomScoreAdj"] // 100
            core = identity["rlimits"]["RLIMIT_CORE"]
            self.assertEqual((identity["uid"]["real"], identity["gid"]["real"], core["soft"]),
                             (family + 1000, family + 1000, family))
            families.add(family)
            pids.append(snapshot["subject"]["pid"])
        self.assertEqual(families, {1, 2})
        self.assertLess(len(set(pids)), len(pids))  # numbers did come again

    @staticmethod
    def others_in_namespace(keeper):
        wanted = os.readlink(f"/proc/{keeper}/ns/pid")
        for entry in os.listdir("/proc"):
            with contextlib.suppress(OSError):
                if entry.isdigit() and int(entry) != keeper and os.readlink(f"/proc/{entry}/ns/pid") == wanted:
                    yield int(entry)

    def test_a_process_that_another_tracer_holds(self):
        with target("traced") as pid:
            tracer = lab_oracles.status_field(pid, "TracerPid")
            self.assertNotEqual(tracer, ["0"])
            self.facts_are_the_kernels(pid, self.every_verb(pid))
            self.assertEqual(lab_oracles.status_field(pid, "TracerPid"), tracer)
            self.assertEqual(lab_oracles.status_field(pid, "State")[0], "S")

    def test_the_filters_of_a_process_that_another_tracer_holds(self):
        """Two cannot trace one process: mode and count by its status, the programs a gap that names who holds it."""
        with target("traced_filtered") as pid:
            tracer = lab_oracles.status_field(pid, "TracerPid")
            snapshot = self.every_verb(pid)
            self.facts_are_the_kernels(pid, snapshot)
            self.assertEqual((snapshot["seccomp"]["mode"], snapshot["seccomp"]["filterCount"]), ("filter", 1))
            for fact in ("filters", "verdicts"):
                self.assertIsNone(snapshot["seccomp"][fact])
                reasons = [gap["reason"] for gap in snapshot["gaps"] if gap["path"] == f"seccomp.{fact}"]
                self.assertEqual(len(reasons), 1)
                self.assertIn(tracer[0], reasons[0])
            self.assertEqual(lab_oracles.status_field(pid, "TracerPid"), tracer)
            self.assertEqual(lab_oracles.status_field(pid, "State")[0], "S")

    def test_thirty_two_filters(self):
        with target("filters") as pid:
            self.assertEqual(lab_oracles.status_field(pid, "Seccomp_filters"), ["32"])
            snapshot = self.every_verb(pid)
            self.facts_are_the_kernels(pid, snapshot)
            filters = snapshot["seccomp"]["filters"]
            self.assertEqual([one["instructions"] for one in filters], list(range(2, 34)))  # oldest first
            self.assertEqual(lab_oracles.status_field(pid, "TracerPid"), ["0"])
            self.assertEqual(lab_oracles.status_field(pid, "State")[0], "S")

    def test_a_main_thread_that_has_ended(self):
        """A container is no less one for it: listed, with the facts of the thread that runs on."""
        with target("leaderless") as pid:
            self.assertEqual(lab_oracles.status_field(pid, "State")[0], "Z")
            self.assertIn(pid, self.listed())
            self.assertIn(pid, self.snapshots_of_all())
            threads = [int(name) for name in os.listdir(f"/proc/{pid}/task") if int(name) != pid]
            self.assertEqual(len(threads), 1)
            snapshot = self.every_verb(pid)
            self.assertEqual(snapshot["members"]["describedBy"], threads[0])
            self.assertEqual([one["instructions"] for one in snapshot["seccomp"]["filters"]], [2])
            self.assertTrue(snapshot["stability"]["stable"])
            self.namespaces_are_the_kernels(f"{pid}/task/{threads[0]}", snapshot)

    def test_a_thread_that_is_wider_than_its_main_thread(self):
        with target("uneven") as pid:
            thread = next(int(name) for name in os.listdir(f"/proc/{pid}/task") if int(name) != pid)
            self.assertEqual(lab_oracles.status_field(f"{pid}/task/{thread}", "Seccomp_filters"), ["1"])
            self.assertEqual(lab_oracles.status_field(pid, "Seccomp_filters"), ["2"])
            snapshot = self.every_verb(pid)
            seccomp = snapshot["seccomp"]
            self.assertEqual(snapshot["members"]["describedBy"], thread)
            self.assertEqual((len(seccomp["filters"]), seccomp["filterCount"]), (1, 1))
            self.assertEqual([(one["threads"], one["mode"], len(one["filters"])) for one in seccomp["otherThreads"]],
                             [(1, "filter", 2)])

    def test_as_many_groups_as_there_can_be(self):
        self.most_memory = 2 * MOST_MEMORY  # a comparison has 65,536 changes, each with its reason
        with target("many_groups") as pid:
            self.assertGreater(len(Path(f"/proc/{pid}/status").read_bytes()), 700000)
            self.assertIn(pid, self.listed())
            snapshot = self.every_verb(pid)
            self.assertTrue(snapshot["stability"]["stable"])
            self.assertEqual(snapshot["tasks"][0]["pids"], [pid])
            self.assertEqual(len(snapshot["identity"]["groups"]), 65536)

    def listed(self):
        return {subject["pid"] for subject in json.loads(self.ask("list", "--format", "json").out)["subjects"]}

    def snapshots_of_all(self):
        return {snapshot["subject"]["pid"] for snapshot in
                json.loads(self.ask("inspect", "--all", "--format", "json").out)}

    def test_a_zombie(self):
        with target("zombie") as pid:
            answer = self.ask("inspect", f"pid:{pid}", "--format", "json", codes=(0, 3))
            if answer.code == 3:
                self.assertEqual(len(answer.err.splitlines()), 1, answer.err)
                self.assertIn(str(pid), answer.err)
            else:
                snapshot = json.loads(answer.out)
                gaps = {gap["path"] for gap in snapshot["gaps"]}
                self.assertIsNone(snapshot["mounts"])
                self.assertIn("mounts", gaps)
            self.ask("inspect", f"pid:{pid}", codes=(answer.code,))

    def test_a_kernel_thread(self):
        threads = [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and self.is_kernel_thread(entry)]
        if not threads:
            self.skipTest("no kernel thread is in sight: this is a pid namespace of its own")
        for words in (["inspect"], ["inspect", "--format", "json"], ["report", "--out", self.folder / "report.md"]):
            answer = self.ask(*words, f"pid:{threads[0]}", codes=(4,))
            self.assertEqual((answer.out, answer.err.splitlines()),
                             ("", [f"bulkhead: pid {threads[0]}: a kernel thread, it has no boundary"]))

    @staticmethod
    def is_kernel_thread(pid):
        with contextlib.suppress(OSError):
            flags = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[6])
            return bool(flags & 0x00200000)  # PF_KTHREAD (include/linux/sched.h)
        return False

    def test_frozen_by_cgroup_v1(self):
        if not Path("/sys/fs/cgroup/freezer/cgroup.procs").exists():
            self.skipTest("no freezer hierarchy of cgroup v1 here")
        with target("frozen_v1") as pid:
            group = Path("/sys/fs/cgroup/freezer") / self.group_of(pid, "freezer")
            self.facts_are_the_kernels(pid, self.every_verb(pid))
            self.assertEqual((group / "freezer.state").read_text(), "FROZEN\n")
            self.assertEqual(lab_oracles.status_field(pid, "TracerPid"), ["0"])

    def test_frozen_by_cgroup_v2(self):
        top = hostile_targets.unified()
        if not top:
            self.skipTest("no cgroup v2 here")
        with target("frozen_v2") as pid:
            group = Path(top) / self.group_of(pid, "")
            self.facts_are_the_kernels(pid, self.every_verb(pid))
            self.assertIn("frozen 1", (group / "cgroup.events").read_text())
            self.assertEqual((group / "cgroup.freeze").read_text(), "1\n")
            self.assertEqual(lab_oracles.status_field(pid, "TracerPid"), ["0"])

    @staticmethod
    def group_of(pid, controllers):
        for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
            _, names, path = line.split(":", 2)
            if names == controllers:
                return path.lstrip("/")
        raise AssertionError(f"{pid} has no group of {controllers!r}")

    def test_all_of_them_at_once_in_the_list(self):
        help_text = Answer("--help").out
        if " list" not in help_text:
            self.skipTest("this build has no verb list")
        with contextlib.ExitStack() as stack:
            held = {kind: stack.enter_context(target(kind)) for kind in
                    ("many_mounts", "names", "churn", "relay", "traced", "traced_filtered", "filters", "zombie",
                     "leaderless", "many_groups")}
            self.ask("list")
            json.loads(self.ask("list", "--format", "json").out)
            self.ask("list", "--posture")
            self.ask("inspect", "--all")
            pids = {snapshot["subject"]["pid"] for snapshot in
                    json.loads(self.ask("inspect", "--all", "--format", "json").out)}
            shown_too = ("many_mounts", "names", "filters", "leaderless", "many_groups")
            self.assertLessEqual({held[kind] for kind in shown_too}, pids)
            self.ask("doctor")


if __name__ == "__main__":
    engines.main(needs=("runc",))
