#!/usr/bin/env python3
"""bulkhead list, list --posture and inspect --all on real containers: named, grouped, nested, paused, gone."""

import contextlib
import json
import os
import subprocess
import unittest
from pathlib import Path

import engines

BULKHEAD = os.environ["BULKHEAD"]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def call(*words, before=(), timeout=120):
    done = subprocess.run([*before, BULKHEAD, *map(str, words)], capture_output=True, timeout=timeout, check=False,
                          env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def listed(*words, before=()):
    code, out, err = call("list", "--format", "json", *words, before=before)
    assert code == 0, err
    return json.loads(out)


def of(document, pid):
    """The one subject whose main process this is."""
    found = [subject for subject in document["subjects"] if subject["pid"] == pid]
    assert len(found) == 1, [(subject["ref"], subject["pid"]) for subject in document["subjects"]]
    return found[0]


def processes_in(container):
    """What the kernel's own list of a container's control group holds: its processes, nothing of ours."""
    path = [line.split(":", 2)[2] for line in Path(f"/proc/{container.pid}/cgroup").read_text().splitlines()
            if ":pids:" in line or line.startswith("0::")][0]
    for top in ("/sys/fs/cgroup/pids", "/sys/fs/cgroup"):
        with contextlib.suppress(OSError):
            return len(Path(f"{top}{path}/cgroup.procs").read_text().split())
    raise AssertionError(f"no control group at {path}")


class Docker(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.docker = cls.stack.enter_context(engines.docker())
        cls.state = ["--state", cls.docker.folder / "exec/runtime-runc/moby"]
        cls.web = cls.docker.run("sh", "-c", "sleep 1000 & exec sleep 1000", name="web")
        cls.joined = cls.docker.run("sleep", "1000", name="joined", options=["--net", f"container:{cls.web.id}"])
        # --privileged asks for capabilities that the machine of the tests may lack; this amounts to it
        strong = [word for name in ("SYS_ADMIN", "SYS_RAWIO", "SYS_MODULE") for word in ("--cap-add", name)]
        strong += ["--security-opt", "seccomp=unconfined", "--device-cgroup-rule", "a *:* rwm", "-v", "/etc:/host"]
        cls.strong = cls.docker.run("sleep", "1000", name="strong", options=strong)

    def test_names_come_from_the_engines_own_records(self):
        document = listed(*self.state)
        for container in (self.web, self.joined, self.strong):
            subject = of(document, container.pid)
            self.assertEqual(subject["naming"], "verified")
            self.assertEqual((subject["engine"], subject["name"]), ("docker", container.name))
            self.assertEqual((subject["id"], subject["kind"]), (container.id, "container"))
            self.assertEqual(subject["image"], engines.IMAGE)
            nested = [other["processes"] for other in document["subjects"] if other["parent"] == subject["ref"]]
            self.assertEqual(subject["processes"] + sum(nested), processes_in(container))

    def test_without_state_files_a_path_is_a_claim(self):
        subject = of(listed(), self.web.pid)
        self.assertEqual((subject["naming"], subject["engine"], subject["id"]), ("claimed", "docker", self.web.id))
        self.assertEqual(subject["ref"], f"pid:{self.web.pid}")

    def test_a_joined_network_makes_a_group(self):
        document = listed(*self.state)
        web, joined, strong = (of(document, c.pid) for c in (self.web, self.joined, self.strong))
        self.assertEqual((web["groupKind"], joined["groupKind"], strong["groupKind"]), ("shared", "shared", "none"))
        self.assertEqual(web["group"], joined["group"])
        self.assertEqual(joined["sharedInGroup"], ["net"])

    def test_exec_sessions_are_told(self):
        self.docker.call("exec", "-d", self.web.id, "sleep", "1000")
        engines.wait_until(lambda: processes_in(self.web) == 3, what="the exec session")
        subject = of(listed(*self.state), self.web.pid)
        self.assertEqual((subject["execSessions"], subject["processes"]), (1, 3))
        self.counts_agree(self.web)
        self.counts_agree(self.joined)

    def counts_agree(self, container):
        """Two readers group tasks: the list all of them at once, a snapshot those of one process."""
        subject = of(listed(*self.state), container.pid)
        code, out, err = call("inspect", f"pid:{container.pid}", "--format", "json")
        self.assertEqual(code, 0, err)
        members = json.loads(out)["members"]
        self.assertEqual((members["processes"], members["threads"]), (subject["processes"], subject["threads"]))
        self.assertEqual(members["processes"], processes_in(container))

    def test_a_sandbox_within_a_container_is_nested(self):
        self.docker.call("exec", "-d", self.strong.id, "unshare", "-p", "-m", "-f", "sleep", "1234")
        inner = engines.wait_until(self.inner_sleep, what="the inner sandbox")
        document = listed(*self.state)
        nested = of(document, inner)
        self.assertEqual(nested["parent"], of(document, self.strong.pid)["ref"])
        names = [subject["pid"] for subject in document["subjects"]]
        self.assertGreater(names.index(inner), names.index(self.strong.pid))

    def inner_sleep(self):
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (entry / "cmdline").read_bytes() == b"sleep\x001234\x00":
                    return int(entry.name)
        return None

    def test_paused_is_said_and_nothing_hangs(self):
        self.docker.call("pause", self.joined.id)
        try:
            self.assertEqual(of(listed(*self.state), self.joined.pid)["state"], "paused")
            self.assertEqual(of(listed(*self.state), self.strong.pid)["state"], "running")
        finally:
            self.docker.call("unpause", self.joined.id)
        self.assertEqual(of(listed(*self.state), self.joined.pid)["state"], "running")

    def test_postures_differ_as_the_containers_do(self):
        code, out, err = call("list", "--posture", "--format", "json", *self.state)
        self.assertEqual(code, 0, err)
        rows = {row["subject"]["pid"]: row for row in json.loads(out)["postures"]}
        web, strong = rows[self.web.pid], rows[self.strong.pid]
        self.assertFalse(web["privileged"])
        self.assertTrue(strong["privileged"])
        self.assertEqual((web["seccomp"], strong["seccomp"]), ("filter", "disabled"))
        self.assertTrue(web["rootOnHost"] and strong["rootOnHost"])
        self.assertEqual(strong["writableHostMounts"] - web["writableHostMounts"], 1)  # /etc at /host
        self.assertEqual((strong["worstPath"], strong["worstPathCertain"]), ("host-root", True))
        for row, container in ((web, self.web), (strong, self.strong)):
            code, out, err = call("paths", f"pid:{container.pid}", "--format", "json")
            self.assertEqual(code, 0, err)
            paths = json.loads(out)["paths"]
            certain = [path["reaches"] for path in paths if path["certainty"] == "certain"]
            ends = certain or [path["reaches"] for path in paths] or ["none"]
            self.assertIn(row["worstPath"], ends)
            self.assertEqual(row.get("worstPathCertain"), bool(certain) if paths else None)
            status = Path(f"/proc/{container.pid}/status").read_text()
            mask = int(status.split("CapEff:\t")[1].split()[0], 16)
            self.assertEqual(len(row["capabilitiesOverHost"]), mask.bit_count())

    def test_tables_fit_eighty_columns(self):
        for words in (["list"], ["list", "--posture"]):
            code, out, err = call(*words, *self.state)
            self.assertEqual(code, 0, err)
            self.assertEqual([line for line in out.splitlines() if len(line) > 80], [])
            self.assertIn("strong", out)

    def test_every_snapshot_of_inspect_all_is_a_subjects(self):
        code, out, err = call("inspect", "--all", "--format", "json")
        self.assertEqual(code, 0, err)
        snapshots = {snapshot["subject"]["pid"]: snapshot for snapshot in json.loads(out)}
        for container in (self.web, self.joined, self.strong):
            self.assertEqual(snapshots[container.pid]["vantage"], "enforced")
            self.assertEqual(snapshots[container.pid]["subject"]["id"], container.id)

    def test_an_ordinary_user_sees_what_is_readable(self):
        document = listed(before=NOBODY)
        subject = of(document, self.web.pid)
        self.assertTrue(subject["inferred"])
        self.assertEqual((subject["kind"], subject["id"]), ("container", self.web.id))
        self.assertGreater(document["unreadable"], 1)
        self.assertTrue(any("refused the namespaces of" in gap for gap in document["gaps"]))
        self.assertFalse(any(entry["ref"] == f"pid:{os.getpid()}" for entry in document["subjects"]))

    def test_a_reference_that_list_prints_is_taken(self):
        ref = of(listed(), self.web.pid)["ref"]
        code, out, err = call("inspect", ref, "--format", "json")
        self.assertEqual(code, 0, err)
        self.assertEqual(json.loads(out)["subject"]["pid"], self.web.pid)
        folder = self.docker.folder / "exec/runtime-runc/moby" / self.web.id
        code, out, err = call("inspect", f"oci:{folder}", "--format", "json")
        self.assertEqual(code, 0, err)
        self.assertEqual(json.loads(out)["subject"]["name"], "web")

    def test_containers_that_come_and_go_end_no_sweep(self):
        churn = subprocess.Popen(
            ["sh", "-c", "while :; do unshare -m -u -i sh -c 'sleep 0.01' & unshare -n true; done"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            for _ in range(5):
                self.assertEqual(of(listed(*self.state), self.web.pid)["name"], "web")
                code, _, err = call("list", "--posture", *self.state)
                self.assertEqual(code, 0, err)
        finally:
            os.killpg(churn.pid, 9)
            churn.wait()


class Podman(unittest.TestCase):
    def test_a_running_one_is_named_and_a_removed_one_is_gone(self):
        with engines.podman() as podman:
            container = podman.run("sleep", "1000", name="worker")
            subject = of(listed(), container.pid)
            self.assertEqual((subject["engine"], subject["name"]), ("podman", "worker"))
            self.assertEqual((subject["naming"], subject["ref"]), ("verified", f"oci:{container.id}"))
            self.assertIn("busybox", subject["image"])
            code, out, err = call("inspect", f"oci:{container.id[:12]}", "--format", "json")
            self.assertEqual(code, 0, err)
            self.assertEqual(json.loads(out)["subject"]["pid"], container.pid)
            ref = subject["ref"]
            container.remove()
            self.assertFalse([entry for entry in listed()["subjects"] if entry["id"] == container.id])
            code, _, err = call("inspect", ref)
            self.assertEqual(code, 3, err)
            self.assertIn("no state file of runc, crun or youki names it", err)


if __name__ == "__main__":
    engines.main()
