#!/usr/bin/env python3
"""The four kinds of live references (docker:, podman:, oci:, pid:) side by side in every verb that takes them; what is
said is held against the engines' own `inspect`, the runtime's own config.json and the kernel."""

import contextlib
import json
import os
import re
import subprocess
import unittest
from pathlib import Path

import engines

BULKHEAD = os.environ["BULKHEAD"]
SETS = {"E": "CapEff", "P": "CapPrm", "I": "CapInh", "B": "CapBnd", "A": "CapAmb"}


def capability_names():
    """linux/capability.h, in the order of the bits."""
    text = Path("/usr/include/linux/capability.h").read_text()
    found = re.findall(r"^#define (CAP_[A-Z0-9_]+)\s+(\d+)$", text, re.MULTILINE)
    return {int(number): name for name, number in found if name != "CAP_LAST_CAP"}


def kernel_sets(pid):
    """By capability, the letters of the sets that hold it: "EPB"."""
    status = Path(f"/proc/{pid}/status").read_text()
    out = {}
    for letter, field in SETS.items():
        mask = int(re.search(rf"^{field}:\s*(\w+)$", status, re.MULTILINE)[1], 16)
        for number, name in capability_names().items():
            if mask >> number & 1:
                out[name] = out.get(name, "") + letter
    return out


def plain(cell):
    """A cell of Markdown as it is read."""
    return re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), cell.replace("\\", "")).strip()


def table(report, first):
    """The rows of the table whose head begins with this cell, by their first cell: a value for each column."""
    rows, head = {}, None
    for line in report.splitlines():
        cells = [plain(cell) for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if cells and cells[0] == first:
            head = cells
        elif head and not cells:
            break
        elif head and not set(cells[0]) <= set("-: "):
            rows[cells[0]] = dict(zip(head[1:], cells[1:]))
    return rows


class References(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.docker, cls.podman = stack.enter_context(engines.docker()), stack.enter_context(engines.podman())
        cls.environment = {**os.environ, **dict(map(engines.serve, (cls.docker, cls.podman))), "HOME": "/nonexistent",
                           "COLUMNS": "80", "NO_COLOR": "1"}
        cls.web = cls.docker.run("sleep", "1000", name="web", options=[
            "--cap-add", "SYS_ADMIN", "--read-only", "-v", "/usr/share:/shared:ro", "--memory", "64m"])
        cls.other = cls.docker.run("sleep", "1000", name="other", options=["--user", "1000:1000"])
        cls.plain = cls.podman.run("sleep", "1000", name="plain")
        cls.folder = cls.docker.folder / "bundle"
        engines.root_filesystem(cls.folder / "rootfs")
        engines.tell("runc", "spec", cwd=cls.folder)
        cls.config = json.loads((cls.folder / "config.json").read_text())
        cls.config["process"] |= {"terminal": False, "args": ["/bin/sleep", "1000"]}
        (cls.folder / "config.json").write_text(json.dumps(cls.config))
        state = cls.folder / "state"
        stack.callback(lambda: engines.tell("runc", "--root", state, "delete", "-f", "bare"))
        with open(cls.folder / "log", "wb") as log:
            subprocess.run(["runc", "--root", state, "run", "-d", "bare"], cwd=cls.folder, stdin=subprocess.DEVNULL,
                           stdout=log, stderr=log, timeout=60, check=True)
        cls.bare = json.loads(engines.tell("runc", "--root", state, "state", "bare"))["pid"]
        cls.references = ["docker:web", "podman:plain", f"oci:{state}/bare", f"pid:{cls.other.pid}"]
        cls.pids = [cls.web.pid, cls.plain.pid, cls.bare, cls.other.pid]

    def call(self, *words, code=0):
        done = subprocess.run([BULKHEAD, *map(str, words)], capture_output=True, text=True, timeout=120, check=False,
                              env=self.environment)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def test_inspect_says_what_the_engines_say(self):
        snapshots = json.loads(self.call("inspect", *self.references, "--vantage", "enforced", "--format", "json"))
        self.assertEqual([one["subject"]["pid"] for one in snapshots], self.pids)
        said = self.web.inspect()
        web = snapshots[0]
        self.assertEqual(web["subject"]["id"], said["Id"])
        self.assertEqual(web["subject"]["image"]["digest"], said["Image"])
        self.assertEqual(web["rootfs"]["writable"], not said["HostConfig"]["ReadonlyRootfs"])
        self.assertEqual(web["cgroup"]["limits"]["memory"]["value"], said["HostConfig"]["Memory"])
        (bind,) = [mount for mount in web["mounts"] if mount["target"] == "/shared"]
        (asked,) = [mount for mount in said["Mounts"] if mount["Destination"] == "/shared"]
        self.assertEqual((bind["readOnly"], bind["hostPaths"]), (not asked["RW"], [asked["Source"]]))
        self.assertEqual(snapshots[1]["subject"]["id"], self.plain.inspect()["Id"])
        self.assertEqual(sorted(snapshots[2]["capabilities"]["bounding"]),
                         sorted(self.config["process"]["capabilities"]["bounding"]))
        uid = int(self.other.inspect()["Config"]["User"].split(":")[0])
        self.assertEqual(snapshots[3]["identity"]["uid"]["real"], uid)

    def test_the_host_is_the_outermost_boundary(self):
        host = json.loads(self.call("inspect", "host", "--vantage", "enforced", "--format", "json"))
        self.assertEqual((host["subject"]["name"], host["subject"]["pid"]), ("host", 1))
        widest = host["members"]["describedBy"]  # the facts are those of a task that has most
        effective = sorted(name for name, letters in kernel_sets(widest).items() if "E" in letters)
        self.assertEqual(sorted(host["capabilities"]["effective"]), effective)
        self.assertEqual({space["sharedWithHost"] for space in host["namespaces"].values()}, {True})
        changes = json.loads(self.call("diff", "host", *self.references, "--format", "json"))
        self.assertEqual(changes["baseline"], "host")
        found = {(one["subject"], one["path"]): one["direction"] for one in changes["changes"]}
        for subject in ("web", "plain", "bare"):
            self.assertEqual(found[subject, "namespaces.pid.sharedWithHost"], "stronger")
            self.assertEqual(found[subject, "capabilities.effective.CAP_SYS_MODULE"], "stronger")
        inside = subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", BULKHEAD, "inspect", "host"], text=True,
                                capture_output=True, timeout=60, check=False)
        self.assertEqual((inside.returncode, inside.stdout), (4, ""), inside.stderr)
        self.assertIn("host: ", inside.stderr)

    def test_diff_compares_all_with_the_first(self):
        changes = json.loads(self.call("diff", *self.references, "--format", "json"))
        self.assertEqual(changes["baseline"], "web")
        found = {(one["subject"], one["path"]): one["direction"] for one in changes["changes"]}
        names = sorted({subject for subject, _ in found})
        self.assertEqual(len(names), 3, names)
        for subject in names:
            self.assertEqual(found[subject, "capabilities.effective.CAP_SYS_ADMIN"], "stronger")
        self.assertEqual(found["plain", "rootfs.writable"], "weaker")
        self.assertNotIn(("bare", "rootfs.writable"), found)  # runc's own specification is read-only too

    def test_contradictions_of_each_are_none(self):
        refused = subprocess.run([BULKHEAD, "contradictions", self.references[3]], capture_output=True, text=True,
                                 timeout=60, check=False, env=self.environment)
        self.assertEqual((refused.returncode, refused.stdout), (3, ""))
        self.assertIn("name its container (docker:NAME", refused.stderr)  # of a number nobody declared anything
        for reference in [*self.references[:3], "docker:other"]:
            with self.subTest(reference=reference):
                self.assertEqual(json.loads(self.call("contradictions", reference, "--format", "json"))["contradictions"],
                                 [])

    def test_the_report_holds_what_kernel_and_engines_say(self):
        out = self.docker.folder / "report.md"
        self.call("report", *self.references, "--out", out)
        report = out.read_text()
        self.assertIn("```mermaid", report)
        capabilities = table(report, "capability")
        names = list(next(iter(capabilities.values())))
        self.assertEqual(names[:3], ["web", "plain", "bare"])
        for name, pid in zip(names, self.pids):
            shown = {row: cells[name] for row, cells in capabilities.items() if cells[name]}
            self.assertEqual(shown, kernel_sets(pid), name)
        added = {f"CAP_{one.removeprefix('CAP_')}" for one in self.web.inspect()["HostConfig"]["CapAdd"]}
        self.assertLessEqual(added, {row for row, cells in capabilities.items() if "E" in cells["web"]})
        namespaces = table(report, "namespace")
        for kind, cells in namespaces.items():
            for name, pid in zip(names, self.pids):
                inode = os.stat(f"/proc/{pid}/ns/{kind}").st_ino
                host = inode == os.stat(f"/proc/self/ns/{kind}").st_ino
                self.assertIn(f"({inode})", cells[name], (kind, name))
                self.assertEqual(cells[name].startswith("the host's"), host, (kind, name))
        provenance = table(report[report.index("Provenance"):], "subject")
        version = self.docker.call("version", "--format", "{{.Server.Version}}")
        self.assertEqual(provenance["web"]["engine"], f"docker {version}")
        self.assertEqual(provenance["plain"]["engine"].split()[0], "podman")
        self.call("report", *self.references, "--out", out, "--check")  # also a second later
        self.call("report", *reversed(self.references), "--out", out, "--check", code=1)

    def test_the_pictures_name_every_column(self):
        for ending in ("mmd", "svg"):
            out = self.docker.folder / f"report.{ending}"
            self.call("report", *self.references, "--out", out)
            for name in ("web", "plain", "bare"):
                self.assertIn(name, out.read_text(), ending)

    def test_the_verbs_that_judge(self):
        for found, pid in zip(json.loads(self.call("paths", *self.references, "--format", "json")), self.pids):
            self.assertIn("paths", found, pid)
        decisions = json.loads(self.call("check", *self.references, "--policy", "cis-docker", "--format", "json", code=1))
        denied = {one["subject"] for one in decisions["decisions"] if one["decision"] == "deny"}
        self.assertTrue(any("web" in subject for subject in denied), denied)
        for reference in self.references:
            spec = self.docker.folder / "spec.yaml"
            self.call("expect", reference, "--out", spec)
            self.call("verify", spec, reference)
            self.call("seccomp", "show", reference)


if __name__ == "__main__":
    engines.main(needs=("docker", "podman", "runc"))
