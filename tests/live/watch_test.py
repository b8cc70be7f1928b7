#!/usr/bin/env python3
"""bulkhead watch on real containers: what departs is told once, and when it ends; gates, figures, ends."""

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import engines

BULKHEAD = os.environ["BULKHEAD"]
INTERVAL = "0.3"
UNMASKED = 'paths["/proc/acpi"]'
PATIENCE = 60  # seconds: the machine of the tests may be busy


class Watch:
    """A running watch; its lines as they come."""

    def __init__(self, *arguments, env=None, interval=INTERVAL):
        self.process = subprocess.Popen(
            [BULKHEAD, "watch", *map(str, arguments), "--interval", interval, "--format", "jsonl"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(env or {})}, preexec_fn=engines.end_with_parent)
        self.lines, self.heard = queue.Queue(), []
        self.began = threading.Event()
        self.errors = []
        for stream, take in ((self.process.stdout, self.lines.put), (self.process.stderr, self.hear)):
            threading.Thread(target=lambda s=stream, t=take: [t(line) for line in s], daemon=True).start()
        assert self.began.wait(PATIENCE), self.errors

    def hear(self, line):
        self.errors.append(line)
        if line.startswith("watching "):
            self.began.set()

    def next(self, event, fact=None, **fields):
        """The next line of that kind with these fields and that fact; what comes before it is kept in `heard`."""
        while True:
            try:
                line = json.loads(self.lines.get(timeout=PATIENCE))
            except queue.Empty:
                raise AssertionError(f"no {event} {fields}; heard {self.heard}, said {self.errors}") from None
            self.heard.append(line)
            told = fact is None or has(line, fact)
            if line["event"] == event and told and all(line.get(name) == value for name, value in fields.items()):
                return line

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        code = self.process.wait(timeout=PATIENCE)
        while not self.lines.empty():
            self.heard.append(json.loads(self.lines.get()))
        return code


def samples(text):
    """The text format of Prometheus, read strictly: HELP and TYPE once, before the samples of that name."""
    values, typed = {}, {}
    assert text.endswith("\n"), "the last line has no end"
    for line in text.splitlines():
        head = re.fullmatch(r"# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)", line)
        if head:
            kind, name, rest = head.groups()
            assert (kind, name) not in typed, f"twice: {line}"
            assert kind == "HELP" or rest in ("gauge", "counter"), line
            typed[kind, name] = rest
            continue
        sample = re.fullmatch(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="[^"\\\n]*"\})? (\S+)', line)
        assert sample, f"no sample: {line!r}"
        name, label, value = sample.groups()
        assert ("TYPE", name) in typed and ("HELP", name) in typed, line
        assert typed["TYPE", name] != "counter" or name.endswith("_total"), line
        assert name + (label or "") not in values, line
        values[name + (label or "")] = float(value)
    return values


def has(line, path):
    """Whether a line of departures tells of that fact; what one act moves is one line."""
    return any(change["path"] == path for change in line.get("changes", []))


class Runc(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="bulkhead-watch-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        engines.root_filesystem(self.folder / "rootfs")
        engines.tell("runc", "spec", cwd=self.folder)
        config = json.loads((self.folder / "config.json").read_text())
        config["process"] |= {"terminal": False, "args": ["/bin/sleep", "1000"]}
        (self.folder / "config.json").write_text(json.dumps(config))
        self.reference = f"oci:{self.folder}/state/it"
        self.addCleanup(self.runc, "delete", "-f", "it")
        self.launch()

    def runc(self, *words):
        with open(self.folder / "log", "ab") as log:
            subprocess.run(["runc", "--root", self.folder / "state", *words], cwd=self.folder, stdin=subprocess.DEVNULL,
                           stdout=log, stderr=log, timeout=60, check=True)

    def launch(self):
        self.runc("run", "-d", "it")
        self.pid = json.loads(engines.tell("runc", "--root", self.folder / "state", "state", "it"))["pid"]

    def inside(self, *words):
        engines.tell("nsenter", "-t", self.pid, "-m", *words)

    def watch(self, *arguments):
        watch = Watch(self.reference, *arguments)
        self.addCleanup(watch.close)
        return watch

    def once(self, *arguments):
        done = subprocess.run([BULKHEAD, "watch", self.reference, "--once", "--format", "jsonl", *map(str, arguments)],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, [line for line in lines if line["event"] == "departure"], done.stderr

    def test_a_mount_made_later_is_told_once_and_when_it_ends(self):
        metrics = self.folder / "bulkhead.prom"
        watch = self.watch("--metrics", metrics)
        self.inside("mount", "-t", "proc", "planted", "/proc/acpi")
        line = watch.next("departure", fact=UNMASKED)
        change = next(one for one in line["changes"] if one["path"] == UNMASKED)
        self.assertEqual((line["direction"], line["boundary"], change["before"]), ("weaker", "declared", "masked"))
        self.assertEqual((line["pid"], line["subject"].split(":")[0]), (self.pid, "oci"))
        self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertTrue(line["reason"] and line["action"] and line["facts"])

        def seen_since():
            looks = samples(metrics.read_text())["bulkhead_watch_looks_total"]
            return lambda: samples(metrics.read_text())["bulkhead_watch_looks_total"] > looks + 3

        engines.wait_until(seen_since(), seconds=PATIENCE, what="three looks")
        figures = samples(metrics.read_text())
        self.assertEqual(figures["bulkhead_watch_subjects"], 1)
        self.assertGreaterEqual(figures['bulkhead_watch_departures{direction="weaker"}'], 1)
        promtool = shutil.which("promtool")
        if promtool:
            engines.tell(promtool, "check", "metrics", input=metrics.read_bytes())
        self.inside("umount", "/proc/acpi")
        watch.next("ended", fact=UNMASKED)
        engines.wait_until(seen_since(), seconds=PATIENCE, what="three looks")
        self.assertEqual(samples(metrics.read_text())['bulkhead_watch_departures{direction="weaker"}'], 0)
        self.assertEqual(watch.end(), 130)
        told = [(one["event"], one["direction"]) for one in watch.heard if "changes" in one]
        self.assertEqual(told, [("departure", "weaker"), ("ended", "weaker")], watch.heard)  # one act, one line

    def test_a_session_that_entered_with_more(self):
        watch = self.watch()
        self.runc("exec", "-d", "--cap", "CAP_SYS_ADMIN", "it", "/bin/sleep", "1000")
        line = watch.next("departure", fact="capabilities.effective.CAP_SYS_ADMIN")
        self.assertEqual((line["direction"], line["before"]), ("weaker", "absent"))
        inside = json.loads(engines.tell("runc", "--root", self.folder / "state", "ps", "-f", "json", "it"))
        entered = next(pid for pid in inside if pid != self.pid)
        self.assertIn(f"end process {entered},", line["action"])
        self.assertEqual(watch.end(signal.SIGTERM), 130)

    def test_a_restart_under_the_same_name_is_the_same_subject(self):
        watch = self.watch()
        self.runc("delete", "-f", "it")
        subject = watch.next("gone")["subject"]
        self.launch()
        line = watch.next("restarted")
        self.assertEqual((line["subject"], line["pid"]), (subject, self.pid))
        self.inside("mount", "-t", "proc", "planted", "/proc/acpi")
        self.assertEqual(watch.next("departure", fact=UNMASKED)["subject"], subject)
        watch.end()
        self.assertEqual([one["event"] for one in watch.heard if one["event"] in ("gone", "restarted")],
                         ["gone", "restarted"])

    def test_a_limit_that_is_changed_in_place(self):
        self.runc("delete", "-f", "it")
        config = json.loads((self.folder / "config.json").read_text())
        config["linux"]["resources"]["pids"] = {"limit": 100}
        (self.folder / "config.json").write_text(json.dumps(config))
        self.launch()
        watch = self.watch()
        self.runc("update", "--pids-limit", "5000", "it")
        line = watch.next("departure")
        self.assertEqual((line["path"], line["before"], line["after"], line["direction"]),
                         ("cgroup.limits.pids", "100", "5000", "weaker"))

    def test_once_is_a_gate(self):
        spec, record = self.folder / "spec.yaml", self.folder / "record.json"
        engines.tell(BULKHEAD, "expect", self.reference, "--out", spec)
        record.write_text(engines.tell(BULKHEAD, "inspect", self.reference, "--vantage", "enforced", "--format", "json"))
        for arguments in ((), ("--against", spec), ("--against", record)):
            with self.subTest(arguments=arguments):
                code, lines, said = self.once(*arguments)
                self.assertEqual((code, [one for one in lines if one["direction"] != "unknown"]), (0, []), said)
        self.runc("exec", "-d", "--cap", "CAP_SYS_ADMIN", "it", "/bin/sleep", "1000")
        for arguments in ((), ("--against", spec), ("--against", record)):
            with self.subTest(arguments=arguments):
                code, lines, said = self.once(*arguments)
                self.assertEqual(code, 1, said)
                self.assertIn("weaker", {one["direction"] for one in lines})

    def test_a_reader_that_leaves_ends_it(self):
        process = subprocess.Popen([BULKHEAD, "watch", self.reference, "--interval", INTERVAL], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=engines.end_with_parent)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=PATIENCE), 4)


class Docker(unittest.TestCase):
    def test_an_engine_that_does_not_answer_is_one_line(self):
        docker = self.enterClassContext(engines.docker())
        container = docker.run("sleep", "1000", name="web")
        watch = Watch("docker:web", env={"DOCKER_HOST": f"unix://{docker.socket}"})
        self.addCleanup(watch.close)
        daemon = docker.daemons[-1]
        daemon.send_signal(signal.SIGSTOP)
        try:
            self.assertIn("docker", watch.next("gap")["text"])
            engines.tell("nsenter", "-t", container.pid, "-m", "mount", "-t", "proc", "planted", "/proc/acpi")
            line = watch.next("departure", fact=UNMASKED)
            self.assertEqual((line["subject"], line["pid"]), ("docker:web", container.pid))
        finally:
            daemon.send_signal(signal.SIGCONT)
        watch.next("gap-closed")
        self.assertEqual(watch.end(), 130)
        told = [(one["event"], change["path"]) for one in watch.heard if one["event"] not in ("gap", "gap-closed")
                for change in one["changes"]]
        self.assertEqual({event for event, _ in told}, {"departure"}, watch.heard)  # neither gone nor new
        self.assertEqual(len(told), len(set(told)), watch.heard)
        self.assertEqual([one["event"] for one in watch.heard if one["event"].startswith("gap")], ["gap", "gap-closed"])


class Events(unittest.TestCase):
    """An interval of an hour: what is told in time is told because the engine said that something happened."""

    def follow(self, engine):
        variable, url = engines.serve(engine)
        env = {variable: url, "HOME": "/nonexistent"}
        engine.run("sleep", "1000", name="plain")
        record = engine.folder / "record.json"
        record.write_text(engines.tell(BULKHEAD, "inspect", f"{engine.name}:plain", "--vantage", "enforced", "--format",
                                       "json", env={**os.environ, **env}))
        watch = Watch("--against", record, env=env, interval="3600")
        self.addCleanup(watch.close)
        return watch

    def told(self, watch, engine, name):
        """The container is weak and is told in time, in one line."""
        engine.run("sleep", "1000", name=name, options=["--cap-add", "SYS_ADMIN"])
        line = watch.next("departure", subject=f"{engine.name}:{name}", fact="capabilities.effective.CAP_SYS_ADMIN")
        self.assertEqual(line["direction"], "weaker")
        self.assertIn("--cap-drop SYS_ADMIN", line["action"])

    def test_docker_also_after_its_restart(self):
        docker = self.enterClassContext(engines.docker())
        watch = self.follow(docker)
        self.told(watch, docker, "weak")
        daemon = docker.daemons.pop()
        daemon.terminate()
        daemon.wait(timeout=PATIENCE)
        watch.next("gone", subject="docker:weak")  # Docker ends its containers with it
        engines.start_dockerd(docker)
        self.told(watch, docker, "again")
        self.assertEqual(watch.end(), 130)
        weaker = [one["subject"] for one in watch.heard if one["event"] == "departure" and one["direction"] == "weaker"
                  and one["subject"] in ("docker:plain", "docker:weak", "docker:again")]
        self.assertEqual(weaker, ["docker:weak", "docker:again"], watch.heard)

    def test_podman(self):
        podman = self.enterClassContext(engines.podman())
        watch = self.follow(podman)
        self.told(watch, podman, "weak")
        podman.call("exec", "--privileged", "-d", "plain", "sleep", "1000")
        line = watch.next("departure", subject="podman:plain")
        self.assertTrue(has(line, "capabilities.effective.CAP_SYS_ADMIN") and len(line["changes"]) > 10, line)
        self.assertRegex(line["action"], r"^end process \d+, ")
        self.assertEqual(watch.end(), 130)
        weaker = [one["subject"] for one in watch.heard if one["event"] == "departure" and one["direction"] == "weaker"
                  and one["subject"].startswith("podman:")]
        self.assertEqual(weaker, ["podman:weak", "podman:plain"], watch.heard)  # one line for each act


class Refusals(unittest.TestCase):
    def test_what_does_not_run(self):
        for words, code, said in [
                (["lab:default"], 3, "lab:default: does not run here"),
                (["pid:1"], 3, "pid:1: runs on the host"),
                (["--interval", "0"], 2, "--interval takes seconds from 0.1 to 86400"),
                (["--once", "--against", "/proc/none"], 3, "/proc/none: no such file or folder")]:
            with self.subTest(words=words):
                done = subprocess.run([BULKHEAD, "watch", *words], capture_output=True, text=True, timeout=PATIENCE, check=False)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(said, done.stderr)
                self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    engines.main(needs=("runc", "docker", "podman"))
