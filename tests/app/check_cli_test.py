"""`check` as pipelines depend on it: exit codes, the four forms, the log.

Usage: check_cli_test.py BULKHEAD
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import sarif_subset

BULKHEAD = sys.argv.pop(1)
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  hostPID: true
  containers:
  - name: a
    image: x
    securityContext:
      privileged: true
"""
STRICT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: a
        image: x
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
"""


def bulkhead(*arguments, text=""):
    clean = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/nonexistent", "COLUMNS": "100"}
    return subprocess.run(
        [BULKHEAD, *arguments], capture_output=True, text=True, timeout=60, input=text, env=clean, check=False)


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulkhead-check-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def decisions(self, *arguments, **options):
        done = bulkhead("check", *arguments, "--format", "json", **options)
        return done.returncode, json.loads(done.stdout)["decisions"]

    def test_trees_of_the_kernel_count_where_they_are_the_hosts(self):
        def refused(policy, rule, options):
            line = f"run:docker run {options} nginx"
            verdicts = {one["rule"]: one["decision"] for one in self.decisions(line, "--policy", policy)[1]}
            return verdicts[rule] == "deny"

        for options in ("-v /proc:/host/proc", "-v /sys:/host/sys"):
            self.assertTrue(refused("cis-docker", "5.6", options + ":ro"), options)
            self.assertTrue(refused("lesson", "no-host-directory", options), options)
            self.assertFalse(refused("lesson", "no-host-directory", options + ":ro"), options)
        for own in ("", "--pid host", "--network host", "--privileged --pid host --network host --cgroupns host"):
            self.assertFalse(refused("cis-docker", "5.6", own), own)
            self.assertFalse(refused("lesson", "no-host-directory", own), own)

    def test_denied_allowed_and_unknown(self):
        bad, good = self.write("bad.yaml", POD), self.write("good.yaml", STRICT)
        code, decisions = self.decisions(bad, "--policy", "pss:baseline")
        self.assertEqual(code, 1)
        denied = [one for one in decisions if one["decision"] == "deny"]
        self.assertEqual([(one["subject"], one["rule"], one["inputs"]) for one in denied], [
            ("pod/p", "hostNamespaces", {"spec.hostPID": "true"}),
            ("pod/p", "privileged", {"spec.containers[0].securityContext.privileged": "true"})])
        self.assertEqual(denied[0]["reason"], "host namespaces (hostPID=true)")
        self.assertEqual(denied[0]["evidence"][0]["line"], 5)
        code, decisions = self.decisions(good, "--policy", "pss:restricted", "--policy", "pss:baseline@v1.20")
        self.assertEqual((code, {one["decision"] for one in decisions}), (0, {"allow"}))
        self.assertEqual({one["policy"] for one in decisions}, {"pss:restricted", "pss:baseline@v1.20"})
        self.assertEqual(bulkhead("check", "-", "--policy", "pss:baseline", text=POD).returncode, 1)
        done = bulkhead("check", "lab:hardened", "--policy", "pss:restricted")
        self.assertEqual((done.returncode, done.stderr), (0, "gate is partial: 1 unknown\n"))
        self.assertEqual(bulkhead("check", "lab:hardened", "--policy", "pss:restricted", "--strict").returncode, 1)

    def test_one_container_of_several_objects(self):
        path = self.write("both.yaml", POD + "---\n" + STRICT)
        self.assertEqual(self.decisions(path, "--policy", "pss:baseline")[0], 1)
        code, decisions = self.decisions(f"{path}#deployment/web/a", "--policy", "pss:baseline")
        self.assertEqual((code, {one["subject"] for one in decisions}), (0, {"deployment/web"}))

    def test_wrong_usage_and_input(self):
        path = self.write("pod.yaml", POD)
        for code, message, arguments in [
                (2, "--policy NAME is required", [path]),
                (2, "REF is required", []),
                (3, "nothing: no such policy; there are pss:privileged", [path, "--policy", "nothing"]),
                (3, "pss:strict: expected pss:privileged, pss:baseline or pss:restricted", [path, "--policy", "pss:strict"]),
                (3, "gone.yaml: no such file", ["gone.yaml", "--policy", "pss:baseline"]),
                (3, f"{path}x:5:12: spec.hostPID: expected true or false",
                 [self.write("pod.yamlx", POD.replace("hostPID: true", "hostPID: 7")), "--policy", "pss:baseline"])]:
            done = bulkhead("check", *arguments)
            self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
            self.assertIn(message, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_sarif_points_at_the_field(self):
        path = self.write("a pod.yaml", POD)
        done = bulkhead("check", path, "--policy", "pss:baseline", "--policy", "pss:privileged", "--format", "sarif")
        document = json.loads(done.stdout)
        sarif_subset.validate(document)
        places = {(result["ruleId"], result["locations"][0]["physicalLocation"]["region"]["startLine"])
                  for result in document["runs"][0]["results"]}
        self.assertEqual(places, {("pss:baseline/hostNamespaces", 5), ("pss:baseline/privileged", 10)})
        uri = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        self.assertEqual(uri, f"file://{path}".replace(" ", "%20"))
        self.assertTrue(all(rule["help"]["text"] for rule in document["runs"][0]["tool"]["driver"]["rules"]))
        unknown = json.loads(bulkhead("check", "lab:default", "--policy", "pss:baseline", "--format", "sarif").stdout)
        sarif_subset.validate(unknown)
        self.assertEqual(unknown["runs"][0]["results"][0]["kind"], "open")

    def test_junit_counts(self):
        done = bulkhead("check", self.write("p.yaml", POD), "--policy", "pss:baseline", "--format", "junit")
        root = xml.etree.ElementTree.fromstring(done.stdout)
        self.assertEqual((root.tag, root.get("failures"), root.get("skipped")), ("testsuites", "2", "0"))
        suite = root.find("testsuite")
        self.assertEqual(int(suite.get("tests")), len(suite.findall("testcase")))
        self.assertEqual([case.find("failure").get("message") for case in suite if case.find("failure") is not None],
                         ["host namespaces (hostPID=true)",
                          'privileged (container "a" must not set securityContext.privileged=true)'])
        skipped = xml.etree.ElementTree.fromstring(
            bulkhead("check", "lab:default", "--policy", "pss:baseline", "--format", "junit").stdout)
        self.assertEqual((skipped.get("skipped"), len(skipped.findall(".//skipped"))), ("1", 1))

    def test_table_is_escaped_and_says_what_to_do(self):
        hostile = POD.replace("name: a", 'name: "a\\e[31m"')
        done = bulkhead("check", self.write("p.yaml", hostile), "--policy", "pss:baseline")
        self.assertNotIn("\x1b", done.stdout)
        self.assertIn("pod/p  pss:baseline: denied", done.stdout)
        self.assertIn("2 rules denied, 0 unknown, 10 allowed", done.stdout)
        self.assertIn("-> Remove hostNetwork, hostPID and hostIPC.", done.stdout)

    def test_log_adds_a_line_for_each_decision(self):
        log = self.folder / "decisions.jsonl"
        path = self.write("p.yaml", POD)
        for count in (1, 2):
            bulkhead("check", path, "--policy", "pss:baseline", "--log", str(log))
            lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
            self.assertEqual(len(lines), 12 * count)
        line = [one for one in lines if one["rule"] == "privileged"][0]
        self.assertEqual(
            list(line), ["time", "subject", "boundary", "policy", "rule", "facts", "decision", "reason", "stage"])
        self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["time"]))
        self.assertEqual((line["decision"], line["boundary"]), ("deny", "document"))
        done = bulkhead("check", path, "--policy", "pss:baseline", "--log", "/nowhere/log")
        self.assertEqual((done.returncode, done.stdout), (3, ""))


if __name__ == "__main__":
    unittest.main()
