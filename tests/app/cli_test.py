"""The command line as scripts depend on it: exit codes, pure output, one-line errors, the recordings as subjects.

Usage: cli_test.py BULKHEAD
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

BULKHEAD = sys.argv.pop(1)


def bulkhead(*arguments, text=None, environment=None):
    clean = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/nonexistent", "COLUMNS": "80", **(environment or {})}
    return subprocess.run(
        [BULKHEAD, *arguments], capture_output=True, text=True, timeout=60, input=text or "", env=clean, check=False)


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulkhead-cli-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def refused(self, code, message, *arguments, **options):
        done = bulkhead(*arguments, **options)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(message, done.stderr)

    def test_a_sweep_starts_nothing_inside_of_anybody(self):
        for vantage in ("experienced", "all", "declared"):
            self.refused(2, "--all takes every subject at the enforced vantage", "inspect", "--all", "--vantage", vantage)

    def test_help_of_every_verb_has_an_example(self):
        listed = bulkhead("--help").stdout
        for verb in ("list", "inspect", "diff", "contradictions", "lab", "report", "watch", "doctor", "workbench", "completion"):
            self.assertIn(f"  {verb} ", listed)
            done = bulkhead(verb, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("Example:", done.stdout)
        for act in ("list", "run", "clean"):
            self.assertEqual(bulkhead("lab", act, "--help").returncode, 0)

    def test_version(self):
        self.assertRegex(bulkhead("--version").stdout, r"^bulkhead \d+\.\d+\.\d+\n$")

    def test_usage_errors(self):
        self.assertEqual(bulkhead().returncode, 2)
        self.refused(2, "no verb is named fly", "fly")
        self.refused(2, "--format", "inspect", "lab:default", "--format", "xml")
        self.refused(2, "--out FILE is required", "report", "lab:default")
        self.refused(2, "the ending must be", "report", "lab:default", "--out", str(self.folder / "x.docx"))
        self.refused(2, "lab needs list, run or clean", "lab")

    def test_lab_list_names_the_six(self):
        listed = bulkhead("lab", "list")
        self.assertEqual((listed.returncode, listed.stderr), (0, ""))
        scenarios, engines = listed.stdout.split("\n\n")
        self.assertEqual([line.split()[0] for line in scenarios.splitlines()],
                         ["default", "read-only", "rootless", "privileged", "host-directory", "hardened"])
        heading, *engines = engines.splitlines()
        self.assertIn("lab run --engine", heading)
        self.assertEqual([line.split(":")[0].strip() for line in engines], ["runc", "crun", "docker", "podman"])
        for line in engines:  # what does not launch is told with its remedy
            self.assertRegex(line, r"^  \w+: (yes, .|no, .*; to change it: .)")

    def test_inspect_json_is_one_pure_document(self):
        done = bulkhead("inspect", "lab:default", "--format", "json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        document = json.loads(done.stdout)
        self.assertEqual(document["schema"], "bulkhead.snapshot/1")
        self.assertEqual(document["vantage"], "enforced")
        several = json.loads(bulkhead("inspect", "lab:default", "--vantage", "all", "--format", "json").stdout)
        self.assertEqual([entry["vantage"] for entry in several], ["enforced", "declared"])

    def test_services_of_a_compose_document(self):
        path = self.write("compose.yaml", "x-all: &all {cap_drop: [ALL]}\nservices:\n  web: {<<: *all, image: 'w:${TAG:-1}'}\n"
                          "  db: {image: d, privileged: true, gpus: all}\n")
        web = json.loads(bulkhead("inspect", f"{path}#web", "--format", "json").stdout)
        self.assertEqual((web["subject"]["image"]["ref"], web["group"]["kind"]), ("w:1", "compose"))
        self.assertEqual(web["capabilities"]["bounding"], [])
        changes = json.loads(bulkhead("diff", f"{path}#web", f"{path}#db", "--format", "json").stdout)
        self.assertIn("config.privileged", json.dumps(changes))
        self.refused(3, "no subject is named x; it holds web, db", "inspect", f"{path}#x")
        bad = self.write("bad.yaml", "services:\n  web: {image: a, pid: hsot}\n")
        self.refused(3, f"{bad}:2:24: services.web.pid: no such mode: hsot", "inspect", bad)

    def test_inspect_of_a_live_process(self):
        document = json.loads(bulkhead("inspect", f"pid:{os.getpid()}", "--format", "json").stdout)
        self.assertEqual(document["subject"]["pid"], os.getpid())
        status = pathlib.Path("/proc/self/status").read_text(encoding="utf-8")
        nnp = [line.split()[1] for line in status.splitlines() if line.startswith("NoNewPrivs")][0]
        self.assertEqual(document["identity"]["noNewPrivileges"], nnp == "1")

    def test_what_was_written_is_read_again(self):
        text = bulkhead("inspect", "lab:privileged", "--format", "json").stdout
        self.assertEqual(bulkhead("inspect", "-", "--format", "json", text=text).stdout, text)

    def test_diff_json(self):
        done = bulkhead("diff", "lab:default", "lab:read-only", "--format", "json")
        document = json.loads(done.stdout)
        self.assertEqual(document["baseline"], "default")
        self.assertEqual(document["vantage"], "enforced")
        self.assertEqual(document["paths"], {"opened": [], "closed": []})
        self.assertEqual({change["direction"] for change in document["changes"]}, {"stronger"})
        for change in document["changes"]:
            self.assertEqual(
                list(change), ["subject", "path", "before", "after", "direction", "reason", "stage"])

    def test_contradictions(self):
        """What the recorded launches asked for and did not get: SYS_RESOURCE, which their launcher lacked itself,
        and the device policy that an unprivileged launch may not set."""
        def told(reference):
            done = bulkhead("contradictions", reference, "--format", "json")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            return json.loads(done.stdout)

        privileged = told("lab:privileged")
        self.assertEqual(privileged["subject"], "privileged")
        self.assertEqual({entry["path"].split(".")[1] for entry in privileged["contradictions"]},
                         {"effective", "permitted", "bounding", "obtainable"})
        for entry in privileged["contradictions"]:
            self.assertTrue(entry["path"].endswith(".CAP_SYS_RESOURCE"))
            self.assertEqual((entry["direction"], entry["stage"], entry["enforced"], entry["experienced"]),
                             ("stronger", "Namespaces / caps", "absent", None))
            self.assertIn("does not hold the capability", entry["cause"])
        (policy,) = told("lab:rootless")["contradictions"]
        self.assertEqual((policy["path"], policy["direction"]), ("cgroup.devicePolicy.effective", "weaker"))
        self.assertEqual(told("lab:default")["contradictions"], [])

        table = bulkhead("contradictions", "lab:rootless").stdout
        self.assertIn("got every device", table)
        self.assertTrue(all(len(line) <= 80 for line in table.splitlines()), table)
        self.assertIn("| rootless | device policy |",
                      bulkhead("contradictions", "lab:rootless", "--format", "markdown").stdout)
        self.assertEqual(bulkhead("contradictions", "lab:default").stdout,
                         "default: what was asked for is what is enforced\n")

    def test_a_document_against_a_live_process(self):
        """A Pod and this very process: vantages that differ are compared only when that is asked for, and marked."""
        pod = self.write("pod.json", json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {
            "containers": [{"name": "app", "image": "x", "securityContext": {"runAsUser": 1000}}]}}))
        live = f"pid:{os.getpid()}"
        self.refused(3, "--vantage mixed compares each at its strongest", "diff", pod, live)
        done = bulkhead("diff", pod, live, "--vantage", "mixed", "--format", "json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        document = json.loads(done.stdout)
        self.assertEqual((document["vantage"], document["baseline"]), ("mixed", "pod/web/app (declared)"))
        self.assertTrue(document["changes"])
        for change in document["changes"]:
            self.assertTrue(change["subject"].endswith(" (enforced)"))
            self.assertTrue(change["reason"].endswith("declared against enforced"), change)
        found = bulkhead("contradictions", live, "--declared", pod, "--format", "json")
        self.assertEqual((found.returncode, found.stderr), (0, ""))
        paths = {entry["path"]: entry for entry in json.loads(found.stdout)["contradictions"]}
        self.assertEqual(paths["namespaces.mnt.sharedWithHost"]["direction"], "weaker")

    def test_contradictions_of_what_has_none_to_tell(self):
        self.refused(2, "REF", "contradictions")
        self.refused(2, "takes one REF", "contradictions", "lab:default", "lab:rootless")
        self.refused(3, "no declared snapshot of it", "contradictions", f"pid:{os.getpid()}")
        folder = pathlib.Path(__file__).parents[2] / "resources/recordings"
        self.refused(3, "choose one of them by", "contradictions", str(folder))
        self.assertEqual(bulkhead("contradictions", f"{folder}#default").returncode, 0)

    def test_gates(self):
        self.assertEqual(bulkhead("diff", "lab:default", "lab:privileged").returncode, 0)
        self.assertEqual(bulkhead("diff", "lab:default", "lab:privileged", "--fail-on", "weaker").returncode, 1)
        self.assertEqual(bulkhead("diff", "lab:default", "lab:read-only", "--fail-on", "any").returncode, 1)
        partial = bulkhead("diff", "lab:default", "lab:read-only", "--fail-on", "weaker")
        self.assertEqual(partial.returncode, 0)
        self.assertRegex(partial.stderr, r"^gate is partial: \d+ unknown\n$")
        for more in ((), ("--only-differences",)):
            strict = bulkhead("diff", "lab:default", "lab:read-only", "--fail-on", "weaker", "--strict", *more)
            self.assertEqual(strict.returncode, 1, more)

    def test_table_fits_eighty_columns(self):
        scenarios = [f"lab:{name}" for name in ("default", "read-only", "rootless", "privileged", "hardened")]
        for line in bulkhead("diff", *scenarios).stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)

    def test_baseline_by_name(self):
        done = bulkhead("diff", "lab:default", "lab:privileged", "--baseline", "privileged", "--format", "json")
        self.assertEqual(json.loads(done.stdout)["baseline"], "privileged")
        self.refused(3, "no subject is named so", "diff", "lab:default", "lab:hardened", "--baseline", "x")

    def test_report_and_check(self):
        for ending in ("md", "mmd", "svg"):
            out = str(self.folder / f"report.{ending}")
            self.assertEqual(bulkhead("report", "lab:default", "lab:privileged", "--out", out).returncode, 0)
            self.assertEqual(
                bulkhead("report", "lab:default", "lab:privileged", "--out", out, "--check").returncode, 0)
            self.assertEqual(
                bulkhead("report", "lab:default", "lab:hardened", "--out", out, "--check").returncode, 1)

    def test_a_flowchart_holds_four(self):
        five = [f"lab:{name}" for name in ("default", "read-only", "rootless", "privileged", "hardened")]
        self.refused(2, "up to four subjects", "diff", *five, "--format", "mermaid")
        self.refused(2, "up to four subjects", "report", *five, "--out", str(self.folder / "x.mmd"))
        self.assertEqual(bulkhead("diff", *five, "--format", "markdown").stdout.count("```mermaid"), 4)

    def test_bad_inputs(self):
        good = bulkhead("inspect", "lab:default", "--format", "json").stdout
        newer = self.write("newer.json", good.replace("bulkhead.snapshot/1", "bulkhead.snapshot/2"))
        self.refused(3, f"{newer}:2: schema: ", "inspect", newer)
        broken = self.write("broken.json", good[: len(good) // 2])
        self.refused(3, f"{broken}:", "inspect", broken)
        typed = self.write("typed.json", good.replace('"effective": 0', '"effective": "root"', 1))
        self.refused(3, "identity.uid.effective: expected a whole number", "inspect", typed)
        self.refused(3, "no such process", "inspect", "pid:4194304")
        self.refused(3, "expected a process number", "inspect", "pid:abc")
        self.refused(3, "no such file", "inspect", "/no/such/file")
        self.refused(3, "no recording of a scenario", "inspect", "lab:nobody")
        self.refused(3, "no scenario is named nobody", "lab", "run", "nobody")
        self.refused(3, "web.tar: no such file", "inspect", "image:web.tar")
        self.refused(3, "at least two subjects", "diff", "lab:default")

    def test_what_is_no_snapshot_is_an_invalid_input(self):
        for text in ("", "[]", "{}", "null", "[" * 100000, '{"schema": null}'):
            path = self.write("x.json", text)
            done = bulkhead("inspect", path)
            self.assertEqual((done.returncode, done.stdout), (3, ""), text[:20])
        fifo = self.folder / "fifo.json"
        os.mkfifo(fifo)
        self.refused(3, "not a regular file", "inspect", str(fifo))

    def test_a_line_of_100_megabytes_is_refused_in_bounded_time(self):
        path = self.folder / "line.json"
        for size, bound in ((100_000_000, 67108864), (40_000_000, 33554432)):
            with path.open("wb") as file:
                file.write(b'{"ociVersion": "')
                file.writelines(b"x" * 1_000_000 for _ in range(size // 1_000_000))
                file.write(b'"}')
            begin = time.monotonic()
            self.refused(3, f"{path}:1:1: larger than {bound} bytes", "inspect", str(path))
            self.assertLess(time.monotonic() - begin, 10)

    def test_a_folder_with_a_broken_snapshot_is_refused(self):
        good = bulkhead("inspect", "lab:default", "--format", "json").stdout
        self.write("default.json", good)
        os.mkfifo(self.folder / "q.json")
        self.assertEqual(bulkhead("inspect", str(self.folder)).returncode, 0)
        self.write("order.txt", "default.json\nzz.json\n")
        self.write("zz.json", "{")
        self.refused(3, "zz.json:1: not valid JSON", "inspect", str(self.folder))

    def test_an_unwritable_folder_is_refused_before_anything_is_launched(self):
        self.refused(3, "Not a directory", "lab", "run", "default", "--out", self.write("file", ""))

    def test_no_display_is_said_in_one_line(self):
        self.refused(4, "there is no display", "workbench", "lab:default")

    def test_many_mounts_are_compared_in_time(self):
        document = json.loads(bulkhead("inspect", "lab:default", "--format", "json").stdout)
        document["subject"]["name"] = "many"
        for number in range(8000):
            document["mounts"].append(dict(document["mounts"][-1], id=10000 + number, kind="tmpfs",
                                           target=f"/x/{number}", fsType="tmpfs"))
        many = self.write("many.json", json.dumps(document))
        self.assertEqual(bulkhead("diff", "lab:default", many).returncode, 0)  # within the bound of bulkhead()

    def test_hostile_names_do_not_reach_the_terminal(self):
        good = bulkhead("inspect", "lab:default", "--format", "json").stdout
        document = json.loads(good)
        document["subject"]["name"] = "evil\x1b[2J\u202e%%{init"
        hostile = self.write("hostile.json", json.dumps(document))
        for arguments in (("inspect", hostile), ("diff", "lab:default", hostile),
                          ("diff", "lab:default", hostile, "--format", "markdown")):
            done = bulkhead(*arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("\x1b", done.stdout)
            self.assertNotIn("\u202e", done.stdout)
        self.assertNotIn("evil\x1b[2J\u202e%%{init", bulkhead("diff", "lab:default", hostile, "--format", "mermaid").stdout)

    def test_no_colour_without_a_terminal(self):
        self.assertNotIn("\x1b", bulkhead("diff", "lab:default", "lab:privileged").stdout)

    def test_completion(self):
        script = bulkhead("completion", "bash").stdout
        done = subprocess.run(
            ["bash", "-c", script + "\nCOMP_WORDS=(bulkhead in) COMP_CWORD=1; _bulkhead; echo ${COMPREPLY[@]}"],
            capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.strip(), "inspect")

    def test_doctor(self):
        findings = json.loads(bulkhead("doctor", "--format", "json").stdout)["findings"]
        self.assertGreater(len(findings), 5)
        for finding in findings:
            self.assertIn(finding["ability"], ("full", "partial", "none"))
            self.assertTrue(finding["why"], finding["id"])
            if finding["ability"] != "full":
                self.assertTrue(finding["remedy"], finding["id"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
