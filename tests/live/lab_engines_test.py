#!/usr/bin/env python3
"""`lab run --engine docker|podman`: the scenarios as real containers of engines, held against /proc and the engine's
own client; and runs that are interrupted or killed, after which the engine is as it was before."""

import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import engines

BULKHEAD = os.environ["BULKHEAD"]
ROUNDS = int(os.environ.get("LAB_KILLS", "8"))
DOCKER_CAPABILITIES = 0x00000000a80425fb
ROOTS = (Path("/run/bulkhead/lab"), Path("/var/lib/bulkhead/lab"))


def environment(engine):
    name, url = engines.serve(engine)
    others = {key: value for key, value in os.environ.items() if key not in ("DOCKER_HOST", "CONTAINER_HOST")}
    return {**others, "HOME": "/nonexistent", "NO_COLOR": "1", "COLUMNS": "120", name: url}


def marked(owner):
    """Living processes that carry the marker of a run of this owner."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"BULKHEAD_LAB={owner}-".encode() in entry.read_bytes() and engines.alive(int(entry.parent.name)):
                found.append(int(entry.parent.name))
    return found


def folders(owner):
    return [path for root in ROOTS for path in root.glob(f"{owner}-*")]


def status(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def options(pid, target):
    lines = [line.split(" ") for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
    return {line[4]: line[5].split(",") for line in lines}[target]


class EngineLab:
    """What both engines must show."""

    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.engine = cls.stack.enter_context(getattr(engines, cls.name)())
        cls.out = Path(cls.stack.enter_context(tempfile.TemporaryDirectory(prefix="bulkhead-lab-")))
        cls.environment = environment(cls.engine)
        cls.before = cls.holds()

    @classmethod
    def holds(cls):
        """Containers and images of the engine, as its own client tells."""
        return sorted(cls.engine.call("ps", "-aq").split()), sorted(cls.engine.call("images", "-q").split())

    def lab(self, *words):
        return [BULKHEAD, "lab", "run", "--engine", self.name, "--no-progress", *words]

    def start(self, *words):
        run = subprocess.Popen(self.lab(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env=self.environment)
        self.addCleanup(self.end, run)
        return run

    @staticmethod
    def end(run):
        if run.poll() is None:
            run.kill()
        run.communicate()

    def held(self, *names):
        """A run whose containers stay until it is interrupted, and what it wrote."""
        out = self.out / f"held-{time.monotonic_ns()}"
        run = self.start("--hold", "--out", out, *names)
        engines.wait_until(lambda: (out / "order.txt").exists() or run.poll() is not None, 90, "the results")
        engines.wait_until(lambda: (out / "diagram.mmd").exists() or run.poll() is not None, 90, "the diagram")
        self.assertIsNone(run.poll(), run.poll() is None or run.communicate())
        views = {}
        for file in (out / "order.txt").read_text().split():
            views[file.removesuffix(".json")] = {one["vantage"]: one for one in json.loads((out / file).read_text())}
        return run, views

    def interrupt(self, run):
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=90)
        self.assertEqual(marked(run.pid), [])
        self.assertEqual(folders(run.pid), [])
        self.assertEqual(self.holds(), self.before)
        return run.returncode, out, err

    def clean(self):
        return subprocess.run([BULKHEAD, "lab", "clean"], capture_output=True, text=True, timeout=120, check=False,
                              env=self.environment)

    def test_the_scenarios_are_containers_of_the_engine(self):
        run, views = self.held()
        self.assertEqual(set(views), self.launched)
        for name, view in views.items():
            subject = view["enforced"]["subject"]
            engines_account = json.loads(self.engine.call("inspect", subject["id"]))[0]
            self.assertEqual(engines_account["State"]["Pid"], subject["pid"], name)
            self.assertEqual(engines_account["Config"]["Labels"]["bulkhead.lab.run"].split("-")[0], str(run.pid))
            self.assertEqual((subject["engine"]["name"], subject["ref"]), (self.name, f"lab:{name}"))
            self.assertEqual(subject["runtime"]["name"], "runc")
            inside = Path(f"/proc/{subject['pid']}/root/bulkhead-probe").read_bytes()
            ours = Path(BULKHEAD).with_name("bulkhead-probe").read_bytes()
            self.assertEqual(hashlib.sha256(inside).digest(), hashlib.sha256(ours).digest(), name)
            self.assertEqual(view["declared"]["captureId"], view["enforced"]["captureId"])
        facts = {name: status(view["enforced"]["subject"]["pid"]) for name, view in views.items()}
        pids = {name: view["enforced"]["subject"]["pid"] for name, view in views.items()}
        for name in ("default", "read-only", "host-directory"):
            self.assertEqual([int(facts[name][key], 16) for key in ("CapEff", "CapBnd")], [DOCKER_CAPABILITIES] * 2)
            self.assertEqual((facts[name]["Seccomp"], facts[name]["NoNewPrivs"]), ("2", "0"))
        self.assertIn("rw", options(pids["default"], "/"))
        self.assertIn("ro", options(pids["read-only"], "/"))
        self.assertIn("rw", options(pids["host-directory"], "/host"))
        self.assertTrue(Path(f"/proc/{pids['host-directory']}/root/host/README").exists())
        hardened = facts["hardened"]
        self.assertEqual([int(hardened[key], 16) for key in ("CapEff", "CapPrm", "CapBnd", "CapAmb")], [0] * 4)
        self.assertEqual((hardened["NoNewPrivs"], hardened["Seccomp"]), ("1", "2"))
        self.assertEqual(hardened["Uid"].split(), [str(self.hardened_uid)] * 4)
        limits = Path(f"/proc/{pids['hardened']}/limits").read_text()
        self.assertRegex(limits, r"Max open files +1024 +1024")
        self.assertEqual(views["hardened"]["enforced"]["cgroup"]["limits"]["pids"]["value"], 64)
        self.assertEqual(views["hardened"]["enforced"]["cgroup"]["limits"]["memory"]["value"], 67108864)
        code, _, err = self.interrupt(run)
        self.assertEqual(code, 0, err)  # the results were written: an interrupt of --hold is its end
        self.said(err)

    def test_what_was_asked_for_is_what_is_enforced(self):
        out = self.out / "contradictions"
        done = subprocess.run(self.lab("--out", out), capture_output=True, text=True, timeout=120, check=False,
                              env=self.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.holds(), self.before)
        for name in sorted(self.launched):
            told = subprocess.run([BULKHEAD, "contradictions", out / f"{name}.json", "--format", "json"],
                                  capture_output=True, text=True, timeout=60, check=True, env=self.environment)
            paths = {entry["path"] for entry in json.loads(told.stdout)["contradictions"]}
            self.assertEqual(paths - self.known_causes, set(), name)

    def test_an_interrupt_at_any_moment_leaves_nothing(self):
        chance = random.Random(time.time_ns())
        for _ in range(3):
            run = self.start("--out", self.out / "interrupted")
            delay = chance.uniform(0.05, 3)
            time.sleep(delay)
            with self.subTest(delay=delay):
                code, _, err = self.interrupt(run)
                self.assertIn(code, (130, 0, -signal.SIGINT), err)  # by the signal: before it had a handler
                if code == 130:
                    self.assertIn("interrupted", err)

    def test_clean_after_sigkill_at_random_moments(self):
        seed = int(os.environ.get("LAB_SEED", time.time_ns()))
        chance = random.Random(seed)
        begun = time.monotonic()
        run = self.start("--out", self.out / "whole")
        run.communicate(timeout=120)
        whole = time.monotonic() - begun
        left = 0
        for number in range(ROUNDS):
            delay = chance.uniform(0, whole)
            with self.subTest(round=number, delay=delay, seed=seed):
                run = self.start("--out", self.out / "killed")
                time.sleep(delay)
                run.kill()
                run.communicate()
                left += self.holds() != self.before
                cleaned = self.clean()
                self.assertEqual((cleaned.returncode, cleaned.stdout), (0, ""), cleaned.stderr)
                self.assertEqual((self.holds(), marked(run.pid), folders(run.pid)), (self.before, [], []),
                                 cleaned.stderr)
        self.assertGreater(left, ROUNDS // 4)  # kills that always come too early or too late prove nothing

    def test_a_lost_journal_is_no_loss(self):
        """A reboot empties /run: the engine's own labels lead to what a run left."""
        run, views = self.held("default", "hardened")
        run.kill()
        run.communicate()
        for folder in folders(run.pid):
            if ROOTS[0] in folder.parents:
                (folder / "journal").unlink()
        cleaned = self.clean()
        self.assertEqual(cleaned.returncode, 0, cleaned.stderr)
        self.assertRegex(cleaned.stderr, rf"removed run {run.pid}-[^:]*: 2 containers of an engine, 1 image of an engine")
        self.assertEqual((self.holds(), marked(run.pid), folders(run.pid)), (self.before, [], []))

    def test_a_living_run_is_left_alone(self):
        run, views = self.held("default")
        cleaned = self.clean()
        self.assertEqual(cleaned.returncode, 0, cleaned.stderr)
        self.assertTrue(engines.alive(views["default"]["enforced"]["subject"]["pid"]))
        self.interrupt(run)

    def test_an_engine_that_does_not_answer_is_said_and_remembered(self):
        run, _ = self.held("default")
        run.kill()
        run.communicate()
        moved = self.engine.socket.with_suffix(".away")
        self.engine.socket.rename(moved)
        try:
            cleaned = self.clean()
            self.assertEqual(cleaned.returncode, 4, cleaned.stderr)
            self.assertIn("start that engine and run bulkhead lab clean again", cleaned.stderr)
            self.assertEqual(marked(run.pid), [])
            self.assertEqual(len(folders(run.pid)) > 0, True)
        finally:
            moved.rename(self.engine.socket)
        self.assertEqual(self.clean().returncode, 0)
        self.assertEqual((self.holds(), folders(run.pid)), (self.before, []))

    def test_list_and_doctor_say_that_it_can_launch(self):
        told = subprocess.run([BULKHEAD, "lab", "list"], capture_output=True, text=True, timeout=60, check=True,
                              env=self.environment).stdout
        self.assertRegex(told, rf"  {self.name}: (yes|partly), {self.name} [0-9.]+.* at unix://{self.engine.socket}")
        told = subprocess.run([BULKHEAD, "doctor", "--format", "json"], capture_output=True, text=True, timeout=60,
                              check=True, env=self.environment).stdout
        found = {finding["id"]: finding for finding in json.loads(told)["findings"]}
        self.assertNotEqual(found[self.name]["ability"], "none")

    def test_an_engine_elsewhere_is_refused(self):
        for url, words in (("tcp://127.0.0.1:9", "the lab launches on this machine only"),
                           ("unix:///nonexistent/engine.sock", "start it: ")):
            name = engines.serve(self.engine)[0]
            done = subprocess.run(self.lab(), capture_output=True, text=True, timeout=60, check=False,
                                  env={**self.environment, name: url})
            self.assertIn(done.returncode, (3, 4), done.stderr)
            self.assertIn(words, done.stderr)


def has_every_capability():
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    return int(status("self")["CapPrm"], 16) == 2 ** (last + 1) - 1


class Docker(EngineLab, unittest.TestCase):
    name = "docker"
    hardened_uid = 1000  # Docker has no user namespace for one container
    known_causes = set()
    launched = {"default", "read-only", "host-directory", "hardened"} | ({"privileged"} if has_every_capability() else set())

    def said(self, err):
        self.assertIn("user namespace: Docker has none for one container", err)
        self.assertRegex(err, "skipped rootless: this docker runs as root")
        if not has_every_capability():
            # the engine's own words, and what can be done
            self.assertRegex(err, "skipped privileged: docker: .*apply caps: operation not permitted.*"
                                  "run it where the engine holds them all")


class Podman(EngineLab, unittest.TestCase):
    name = "podman"
    hardened_uid = 201000
    launched = {"default", "read-only", "host-directory", "hardened", "privileged"}
    # users that the image does not know are added to its passwd; see claims_matrix_test.py
    known_causes = {f'mounts["{path}"]' for path in ("/etc/passwd", "/etc/group", "/run/.containerenv")}

    def said(self, err):
        self.assertRegex(err, "skipped rootless: this podman runs as root")
        self.assertIn("pids limit: the scenario has none, Podman sets its own", err)


if __name__ == "__main__":
    engines.main()
