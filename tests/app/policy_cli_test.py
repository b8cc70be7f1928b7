"""Policies over facts, specifications and exports as pipelines meet them.

Usage: policy_cli_test.py BULKHEAD
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import sarif_subset

BULKHEAD = sys.argv.pop(1)
BROKEN = ("default", "read-only", "rootless", "privileged", "host-directory")


def bulkhead(*arguments, text=""):
    clean = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/nonexistent", "COLUMNS": "100"}
    return subprocess.run(
        [BULKHEAD, *arguments], capture_output=True, text=True, timeout=60, input=text, env=clean, check=False)


def rules(done, decision):
    return [one["rule"] for one in json.loads(done.stdout)["decisions"] if one["decision"] == decision]


class Policies(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulkhead-policy-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def denied(self, subject, policy):
        done = bulkhead("check", subject, "--policy", policy, "--format", "json")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        found = rules(done, "deny")
        self.assertEqual(done.returncode, 1 if found else 0)
        return found

    # What each scenario asks for stands in scenarios/NAME/scenario.yaml; what Docker's defaults are is known.
    def test_the_lesson_accepts_the_hardened_scenario_alone(self):
        self.assertEqual(self.denied("lab:hardened", "lesson"), [])
        lacking = {"no-capability", "none-obtainable", "no-new-privileges", "not-root", "limited"}
        for name in BROKEN:
            self.assertLessEqual(lacking, set(self.denied(f"lab:{name}", "lesson")), name)
        self.assertIn("no-host-directory", self.denied("lab:host-directory", "lesson"))
        self.assertNotIn("read-only-image", self.denied("lab:read-only", "lesson"))
        self.assertNotIn("user-namespace", self.denied("lab:rootless", "lesson"))
        self.assertLessEqual({"filtered", "protected-paths", "no-device", "path-to-host-root"},
                             set(self.denied("lab:privileged", "lesson")))

    def test_cis_docker_by_items(self):
        self.assertEqual(self.denied("lab:default", "cis-docker"), ["5.11", "5.13", "5.26", "5.29", "5.31"])
        self.assertEqual(self.denied("lab:hardened", "cis-docker"), [])
        line = "docker run --pid host --network host --ipc host --uts host --privileged -v /etc:/e:ro " \
               "-v /var/run/docker.sock:/s busybox"
        self.assertEqual(
            set(self.denied(f"run:{line}", "cis-docker")) - {"5.18"},
            {"5.4", "5.5", "5.6", "5.10", "5.11", "5.13", "5.16", "5.17", "5.21", "5.22", "5.26", "5.29", "5.31", "5.32"})
        clean = "docker run --read-only --memory 64m --pids-limit 9 --security-opt no-new-privileges -v /data:/d busybox"
        self.assertEqual(self.denied(f"run:{clean}", "cis-docker"), ["5.31"])

    def test_nist_by_sections(self):
        self.assertEqual(self.denied("lab:hardened", "nist-800-190"), [])
        self.assertEqual(self.denied("lab:default", "nist-800-190"),
                         ["4.1.2-user", "4.4.3-privileges", "4.4.4-root", "4.4-memory"])
        self.assertIn("4.5.5-files", self.denied("run:docker run -v /etc:/e busybox", "nist-800-190"))
        self.assertNotIn("4.5.5-files", self.denied("run:docker run -v /etc:/e:ro busybox", "nist-800-190"))

    def test_a_policy_of_ones_own(self):
        path = self.write("mine.yaml", "policy: mine\nrules:\n  - id: root\n    title: Not root\n    message: it is root\n"
                          "    refuse: {fact: identity.uid.effective, is: 0}\n")
        done = bulkhead("check", "lab:default", "--policy", path, "--format", "json")
        decision = json.loads(done.stdout)["decisions"][0]
        self.assertEqual((decision["decision"], decision["reason"], decision["inputs"], decision["boundary"]),
                         ("deny", "it is root", {"identity.uid.effective": "0"}, "enforced"))
        table = bulkhead("check", "lab:default", "--policy", path).stdout
        self.assertEqual(table, "default  mine (enforced): denied\n  deny     root  Not root\n           it is root\n"
                         "             identity.uid.effective = 0\n  1 rule denied, 0 unknown, 0 allowed\n")
        bad = self.write("bad.yaml", "policy: mine\nrules:\n  - id: a\n    title: t\n    refuse: {fact: rootfs.wrtable, is: 1}\n")
        done = bulkhead("check", "lab:default", "--policy", bad)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn(f"{bad}:5: ", done.stderr)
        self.assertIn("rootfs.wrtable", done.stderr)
        done = bulkhead("check", "lab:default", "--policy", "none")
        self.assertEqual(done.returncode, 3)
        self.assertIn("none: no such policy; there are pss:privileged, pss:baseline, pss:restricted, cis-docker, lesson, "
                      "nist-800-190, and files of your own", done.stderr)

    def test_what_is_denied_stands_first_with_what_decides(self):
        text = bulkhead("check", "lab:privileged", "--policy", "cis-docker").stdout
        words = [line.split()[0] for line in text.splitlines() if line.startswith(("  deny ", "  unknown "))]
        self.assertEqual(words, sorted(words), text)
        # Docker's default set has 14, and is not what the rule objects to
        path = self.write("mine.yaml", "policy: mine\nrules:\n  - {id: a, title: t, message: m, "
                          "refuse: {fact: capabilities.bounding, contains: [CAP_KILL, CAP_SYS_ADMIN, CAP_CHOWN]}}\n")
        done = bulkhead("check", "lab:default", "--policy", path, "--format", "json")
        self.assertEqual(json.loads(done.stdout)["decisions"][0]["inputs"],
                         {"capabilities.bounding": "CAP_CHOWN, CAP_KILL (of 14)"})
        wide = self.write("wide.yaml", "policy: mine\nrules:\n  - {id: a, title: t, message: m, "
                          "refuse: {fact: capabilities.bounding, empty: 'false'}}\n")
        done = bulkhead("check", "lab:privileged", "--policy", wide, "--format", "json")
        self.assertRegex(json.loads(done.stdout)["decisions"][0]["inputs"]["capabilities.bounding"],
                         r"^(CAP_[A-Z_]+, )+CAP_[A-Z_]+ and [0-9]+ more$")

    def test_sarif_of_facts_points_into_the_document(self):
        path = self.write("compose.yaml", "services:\n  web:\n    image: w\n    privileged: true\n")
        done = bulkhead("check", path, "--policy", "cis-docker", "--format", "sarif")
        document = json.loads(done.stdout)
        sarif_subset.validate(document)
        places = {result["locations"][0]["physicalLocation"]["region"]["startLine"]
                  for result in document["runs"][0]["results"]
                  if result["ruleId"] == "cis-docker/5.5" and "physicalLocation" in result["locations"][0]}
        self.assertEqual(places, {4})

    def test_sarif_of_a_comparison_points_into_the_candidate(self):
        before = self.write("before.yaml", "services:\n  web:\n    image: w\n    read_only: true\n")
        after = self.write("after.yaml", "services:\n  web:\n    image: w\n\n\n    cap_add: [SYS_ADMIN]\n")
        done = bulkhead("diff", before, after, "--format", "sarif", "--fail-on", "weaker")
        self.assertEqual(done.returncode, 1, done.stderr)
        document = json.loads(done.stdout)
        sarif_subset.validate(document)
        results = document["runs"][0]["results"]
        weaker = [result for result in results if result["ruleId"] == "weaker/capabilities"]
        self.assertTrue(weaker)
        for result in weaker:
            self.assertEqual(result["level"], "error")
        added = [result for result in weaker if "CAP_SYS_ADMIN" in result["message"]["text"]]
        self.assertTrue(any(
            result["locations"][0].get("physicalLocation", {}).get("region", {}).get("startLine") == 6 and
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("/after.yaml")
            for result in added), added)
        self.assertIn("weaker/rootfs", {result["ruleId"] for result in results})
        self.assertEqual(json.loads(bulkhead("diff", before, before, "--format", "sarif").stdout)["runs"][0]["results"], [])

    def test_the_examples_of_the_page_are_policies(self):
        page = pathlib.Path("resources/policies/README.md").read_text(encoding="utf-8")
        blocks = [part.split("```")[0] for part in page.split("```yaml\n")[1:]]
        self.assertEqual(len(blocks), 3)
        for block in blocks:
            path = self.write("example.yaml", block)
            self.assertEqual(self.denied("lab:hardened", path), [])
        self.assertEqual(self.denied("lab:privileged", path)[0], "calls")

    def test_a_specification_fails_on_each_broken_scenario(self):
        spec = str(self.folder / "hardened.spec.yaml")
        done = bulkhead("expect", "lab:hardened", "--out", spec)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn(f"written to {spec}", done.stderr)
        self.assertLess(len(pathlib.Path(spec).read_text(encoding="utf-8").splitlines()), 150)
        self.assertEqual(bulkhead("verify", spec, "lab:hardened", "--strict").returncode, 0)
        for name in BROKEN:
            done = bulkhead("verify", spec, f"lab:{name}", "--format", "json")
            self.assertEqual(done.returncode, 1, name)
            self.assertLessEqual({"not-root", "no-new-privileges", "limit-pids"}, set(rules(done, "deny")))

    def test_every_subject_passes_its_own(self):
        subjects = [f"lab:{name}" for name in BROKEN] + [
            "run:docker run --cap-add SYS_ADMIN -v /srv:/data:rw --device /dev/fuse busybox",
            self.write("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostPID: true\n  volumes:\n"
                       "  - {name: v, hostPath: {path: /srv}}\n  containers:\n  - name: a\n    image: x\n"
                       "    volumeMounts: [{name: v, mountPath: \"/it's, a: [path]\"}]\n")]
        for subject in subjects:
            done = bulkhead("expect", subject, "--out", "-")
            self.assertEqual(done.returncode, 0, done.stderr)
            spec = self.write("own.yaml", done.stdout)
            again = bulkhead("verify", spec, subject, "--format", "json")
            self.assertEqual((again.returncode, rules(again, "deny")), (0, []), subject + again.stderr)
        worse = bulkhead("verify", spec, subjects[-2], "--format", "json")
        self.assertIn("host-mounts", rules(worse, "deny"))

    def test_a_specification_fails_on_what_is_mounted_anew(self):
        line = "run:docker run --cap-drop ALL --security-opt no-new-privileges -u 1000:1000 --read-only "
        spec = str(self.folder / "spec.yaml")
        self.assertEqual(bulkhead("expect", line + "-v /srv/data:/data:ro nginx", "--out", spec).returncode, 0)
        kept = bulkhead("verify", spec, line + "-v /srv/data:/data:ro --tmpfs /tmp nginx", "--format", "json")
        self.assertEqual((kept.returncode, rules(kept, "deny"), kept.stderr), (0, [], ""))
        for more in ("-v /root/.kube:/k:ro", "-v /etc:/e:ro", "-v /run/some.sock:/s:ro",
                     "--mount type=bind,source=/usr,target=/u,readonly"):
            done = bulkhead("verify", spec, f"{line}{more} nginx", "--format", "json")
            self.assertEqual(done.returncode, 1, more)
            self.assertIn("host-mounts-at-most", rules(done, "deny"), more)
        self.assertIn("no-device", rules(bulkhead("verify", spec, line + "--device /dev/sda nginx", "--format", "json"), "deny"))
        # which device it is, the machine of the container says: not known is said, and objects with --strict
        device = line + "--device /dev/bulkhead-none nginx"
        done = bulkhead("verify", spec, device, "--format", "json")
        self.assertEqual((done.returncode, set(rules(done, "unknown"))), (0, {"device-policy", "no-device"}))
        self.assertIn("gate is partial: 2 unknown", done.stderr)
        self.assertEqual(bulkhead("verify", spec, device, "--strict").returncode, 1)

    # Which host path is at a place is held as well as the place; a person reads and edits it.
    def test_a_specification_fails_on_another_host_path_at_a_known_place(self):
        spec = str(self.folder / "spec.yaml")
        line = "run:docker run -u 1000:1000 -v {} -v {} -v {} nginx"
        sound = line.format("/srv/data:/data", "/var/run/docker.sock:/s:ro", "cache:/cache")
        self.assertEqual(bulkhead("expect", sound, "--out", spec).returncode, 0)
        text = pathlib.Path(spec).read_text(encoding="utf-8")
        for place in ("/data: /srv/data", "/s: /var/run/docker.sock", "/cache: volume"):
            self.assertIn(place, text)
        self.assertIn("No path of the host is mounted but /srv/data at /data, /var/run/docker.sock at /s", text)

        def denied(*mounts, file=spec):
            done = bulkhead("verify", file, line.format(*mounts), "--format", "json")
            return set(rules(done, "deny")) & {"host-mounts", "host-mounts-at-most"}

        self.assertEqual(denied("/srv/data:/data", "/var/run/docker.sock:/s:ro", "cache:/cache"), set())
        # the same place of the host in another spelling
        self.assertEqual(denied("/srv/./data/:/data", "/run/docker.sock:/s:ro", "cache:/cache"), set())
        both = {"host-mounts", "host-mounts-at-most"}
        for other in ("/etc:/data", "/srv:/data", "/srv/data/inner:/data", "/:/data"):
            self.assertEqual(denied(other, "/run/docker.sock:/s:ro", "cache:/cache"), both, other)
        self.assertEqual(denied("/etc:/data:ro", "/run/docker.sock:/s:ro", "cache:/cache"), {"host-mounts-at-most"})
        self.assertEqual(denied("/srv/data:/data", "/run/containerd/containerd.sock:/s:ro", "cache:/cache"),
                         {"host-mounts-at-most"})
        self.assertEqual(denied("/srv/data:/data", "/run/docker.sock:/s:ro", "/root:/cache"), both)
        wrong = bulkhead("verify", spec, line.format("/etc:/data", "/run/docker.sock:/s:ro", "cache:/cache"))
        self.assertIn('mounts["/data"].hostPaths = /etc', wrong.stdout)
        # as a person may edit it: from anywhere, or from one of several
        wide = self.write("wide.yaml", text.replace("/data: /srv/data", "/data: any", 1).replace(
            "/data: /srv/data", "/data: [/srv/data, /etc]"))
        self.assertEqual(denied("/etc:/data", "/run/docker.sock:/s:ro", "cache:/cache", file=wide), set())
        self.assertEqual(denied("/usr:/data", "/run/docker.sock:/s:ro", "cache:/cache", file=wide), {"host-mounts-at-most"})
        for bad in ("[]", "srv/data", "{}", "no"):
            done = bulkhead("verify", self.write("bad.yaml", text.replace("/data: /srv/data", f"/data: {bad}", 1)), sound)
            self.assertEqual((done.returncode, done.stdout), (3, ""), bad)
            self.assertIn("places in the container and what is mounted there are expected", done.stderr)

    def pod(self, name, spec):
        return self.write(name, f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}\n")

    # gvisor.dev, Security Model: what the host enforces is on the sandbox, not on what runs in it.
    def test_behind_a_sandbox_paths_are_possible(self):
        spec = "{%s hostUsers: true, containers: [{name: a, image: x, securityContext: {privileged: true, runAsUser: 0}}]}"
        plain, behind = self.pod("plain.yaml", spec % ""), self.pod("behind.yaml", spec % "runtimeClassName: gvisor,")
        for subject, decision in ((plain, "deny"), (behind, "unknown")):
            done = bulkhead("check", subject, "--policy", "lesson", "--format", "json")
            self.assertIn("path-to-host-root", rules(done, decision))
        decided = next(one for one in json.loads(done.stdout)["decisions"] if one["rule"] == "path-to-host-root")
        self.assertIn("subject.sandbox", decided["inputs"])
        written = bulkhead("expect", behind, "--out", "-").stdout
        self.assertNotIn("host-root", written.partition("refuse-paths:")[2])

    # An implicit key is one line of at most 1024 characters (YAML 1.2, 7.4.2).
    def test_paths_of_every_kind_are_held(self):
        long = "/srv/" + "x" * 80
        for mount, other in ((f"{long}:'/reports, archive'", "/etc:'/reports, archive'"),
                             (f"{long}:'/a,  b'", "/etc:'/a,  b'"), (f"'{long}/a,  b':/c", "/etc:/c"),
                             (f"/srv:/{'y' * 1100}", f"/etc:/{'y' * 1100}"),
                             (f"/{'y/' * 1100}:/z", "/etc:/z"),
                             ("\"/srv/it's \\\"#1 {x}, y\":'/{a}, [b]'", "/etc:'/{a}, [b]'")):
            subject = f"run:docker run -u 1000 -v {mount} nginx"
            spec = str(self.folder / "spec.yaml")
            self.assertEqual(bulkhead("expect", subject, "--out", spec).returncode, 0)
            done = bulkhead("verify", spec, subject, "--format", "json")
            self.assertEqual((done.returncode, done.stderr), (0, ""), mount)
            done = bulkhead("verify", spec, f"run:docker run -u 1000 -v {other} nginx", "--format", "json")
            self.assertLessEqual({"host-mounts", "host-mounts-at-most"}, set(rules(done, "deny")), mount)

    def test_a_subject_of_any_text_is_found_again(self):
        spec = str(self.folder / "spec.yaml")
        for subject in ("run:docker run \\\n -u 1000 nginx", "run:docker run -u 1000 -v '/srv/a\\b':/c nginx", "run:docker run -v /\u00e4:/x nginx"):
            self.assertEqual(bulkhead("expect", subject, "--out", spec).returncode, 0)
            done = bulkhead("verify", spec, "--format", "json")
            self.assertEqual((done.returncode, done.stderr, rules(done, "deny")), (0, "", []), subject)

    # kubernetes pkg/kubelet/kubelet_pods.go, makeMounts: a mountPath is made absolute; runtime-spec config.md: a
    # source is relative to the bundle.
    def test_what_does_not_begin_at_the_root_is_written_and_read(self):
        volumes = "volumes: [{name: v, hostPath: {path: %s}}]"
        pod = self.pod("relative.yaml", "{%s, containers: [{name: a, image: x, volumeMounts: "
                       "[{name: v, mountPath: data}]}]}" % (volumes % "/srv"))
        bundle = self.write("config.json", json.dumps({"ociVersion": "1.2.0", "root": {"path": "rootfs"},
            "process": {"cwd": "/", "args": ["x"], "user": {"uid": 0, "gid": 0}}, "linux": {}, "mounts": [
            {"destination": "/data", "type": "bind", "source": "data", "options": ["rbind"]}]}))
        for subject, held in (("run:docker run --mount type=bind,src=./data,dst=/data x", "/data: any"),
                              (pod, "/data: /srv"), (bundle, "/data: any")):
            spec = str(self.folder / "spec.yaml")
            done = bulkhead("expect", subject, "--out", spec)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(held, pathlib.Path(spec).read_text(encoding="utf-8"))
            done = bulkhead("verify", spec, subject, "--format", "json")
            self.assertEqual((done.returncode, rules(done, "deny")), (0, []), done.stderr)

    # A Pod's own volumes are an engine's; those of another are what somebody chose (kubelet_getters.go).
    def test_volumes_of_another_pod_are_host_paths(self):
        form = "{volumes: [{name: v, %s}], containers: [{name: a, image: x, volumeMounts: [{name: v, mountPath: /v%s}]}]}"
        spec = str(self.folder / "spec.yaml")
        self.assertEqual(bulkhead("expect", self.pod("own.yaml", form % ("emptyDir: {}", "")), "--out", spec).returncode, 0)
        self.assertIn("/v: volume", pathlib.Path(spec).read_text(encoding="utf-8"))
        other = "hostPath: {path: /var/lib/kubelet/pods/1b2c/volumes/kubernetes.io~secret/s}"
        for text, found in ((form % ("emptyDir: {}", ""), set()), (form % (other, ""), {"host-mounts", "host-mounts-at-most"}),
                            (form % (other, ", readOnly: true"), {"host-mounts-at-most"})):
            done = bulkhead("verify", spec, self.pod("next.yaml", text), "--format", "json")
            self.assertEqual(set(rules(done, "deny")) & {"host-mounts", "host-mounts-at-most"}, found, text)

    def test_volumes_are_held_by_the_names_that_people_gave_them(self):
        def inspected(*paths):
            mounts = [{"Type": "volume", "Name": path.split("/")[-2], "Source": path, "Destination": f"/v{i}",
                       "Driver": "local", "Mode": "", "RW": True, "Propagation": ""} for i, path in enumerate(paths)]
            return self.write("inspect.json", json.dumps([{
                "Id": "a" * 64, "Name": "/web", "Config": {"Image": "nginx", "User": "1000"},
                "HostConfig": {"NetworkMode": "none"}, "Mounts": mounts}]))
        folder, spec = "/var/lib/docker/volumes/", str(self.folder / "spec.yaml")
        sound = inspected(f"{folder}db/_data", f"{folder}{'0a' * 32}/_data")
        self.assertEqual(bulkhead("expect", sound, "--out", spec).returncode, 0)
        text = pathlib.Path(spec).read_text(encoding="utf-8")
        self.assertIn("/v0: 'volume db', /v1: volume", text)
        for code, paths in ((0, (f"{folder}db/_data", f"{folder}{'bb' * 32}/_data")),
                            (1, (f"{folder}secrets/_data", f"{folder}{'bb' * 32}/_data")),
                            (1, (f"{folder}db/_data", "/root/x"))):
            done = bulkhead("verify", spec, inspected(*paths), "--format", "json")
            self.assertEqual((done.returncode, "host-mounts" in rules(done, "deny")), (code, code == 1), done.stdout)

    def test_specifications_that_hold_places_alone_are_read_as_before(self):
        line = "run:docker run -u 1000:1000 -v {} nginx"
        old = self.write("old.yaml", """\
spec: 'nginx'
subject: 'run:docker run -u 1000:1000 -v /srv/data:/data nginx'
vantage: declared
rules:
  - id: host-mounts-at-most
    title: 'No path of the host is mounted but /data'
    stage: host-resource
    refuse: {one: mount, all: [{fact: mount.kind, one-of: [bind, socket]},
      {fact: mount.hostPaths, empty: false}, {not: {fact: mount.target, one-of: /data}}]}
    message: 'a path of the host is mounted that was not'
""")
        for mount, code in (("/srv/data:/data", 0), ("/etc:/data", 0), ("/etc:/other", 1)):
            self.assertEqual(bulkhead("verify", old, line.format(mount)).returncode, code, mount)

    def test_the_paths_of_a_scenario_are_others_the_next_time(self):
        text = bulkhead("expect", "lab:host-directory", "--out", "-").stdout
        self.assertIn("{mounted: {/host: any}}", text)
        self.assertNotIn("/run/bulkhead", text)

    def test_expect_and_verify_refuse_what_they_cannot_read(self):
        policy = self.write("p.yaml", "policy: p\nrules:\n  - {id: a, title: t, refuse: privileged()}\n")
        for code, message, arguments in [
                (2, "--out SPEC.yaml is required", ["expect", "lab:default"]),
                (3, "names several subjects", ["expect", self.write("c.yaml", "services: {a: {image: x}, b: {image: x}}\n"),
                                               "--out", "-"]),
                (3, f"{policy}:1: spec: is missing; this is a policy", ["verify", policy, "lab:default"]),
                (3, "gone.yaml", ["verify", "gone.yaml", "lab:default"])]:
            done = bulkhead(*arguments)
            self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
            self.assertIn(message, done.stderr)

    # Whatever writes a result writes it there, and destroys no node, no link and no mode on the way.
    def writers(self):
        line = "run:docker run -u 0 -v /:/h nginx"
        return {"expect": ["expect", "lab:hardened", "--out"], "report": ["report", "lab:default", "--out"],
                "export": ["policy", "export", "lesson", "--format", "vap", "--out"],
                "apply": ["paths", line, "--cut", "--apply"]}

    def test_results_go_through_nodes_and_links(self):
        for name, arguments in self.writers().items():
            plain, link = self.folder / f"{name}.md", self.folder / f"{name}-link.md"
            plain.write_text("before", encoding="utf-8")
            plain.chmod(0o640)
            link.symlink_to(plain.name)
            done = bulkhead(*arguments, str(link))
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.assertTrue(link.is_symlink(), name)
            self.assertEqual(plain.stat().st_mode & 0o7777, 0o640, name)
            written = plain.read_text(encoding="utf-8")
            self.assertGreater(len(written), 20, name)
            node = self.folder / f"{name}-pipe.md"
            os.mkfifo(node)
            reader = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
            self.addCleanup(os.close, reader)
            self.assertEqual(bulkhead(*arguments, str(node)).returncode, done.returncode, name)
            self.assertTrue(node.is_fifo(), name)
            self.assertEqual(os.read(reader, 1 << 20).decode(), written, name)

    def test_a_dash_and_the_name_of_standard_output_are_standard_output(self):
        for name, arguments in self.writers().items():
            file = self.folder / f"{name}.md"
            code = bulkhead(*arguments, str(file)).returncode
            written = file.read_text(encoding="utf-8")
            done = bulkhead(*arguments, "-")
            self.assertEqual((done.returncode, done.stdout), (code, written), name)
        done = bulkhead("policy", "export", "lesson", "--format", "vap", "--out", "/dev/stdout")
        self.assertEqual((done.returncode, done.stdout), (0, (self.folder / "export.md").read_text(encoding="utf-8")))
        self.assertEqual(bulkhead("report", "lab:default", "--out", "-", "--check").returncode, 2)

    def test_exports_name_what_they_leave_out(self):
        for form in ("falco", "vap"):
            done = bulkhead("policy", "export", "cis-docker", "--format", form)
            self.assertEqual(done.returncode, 0, done.stderr)
            left = [line for line in done.stderr.splitlines() if line.startswith("left out: ")]
            self.assertTrue(any("5.29 " in line for line in left), done.stderr)
            for line in left:
                self.assertIn("# L" + line[1:] + "\n", done.stdout)
        done = bulkhead("policy", "export", "pss:baseline@v1.29", "--format", "vap")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("pod-security.kubernetes.io/enforce=baseline", done.stderr)

    def test_policies_are_listed_and_shown(self):
        listed = bulkhead("policy", "list").stdout
        for name in ("pss:baseline", "cis-docker", "lesson", "nist-800-190"):
            self.assertIn(f"{name} ", listed)
        self.assertIn("5.7 sshd inside", bulkhead("policy", "show", "cis-docker").stdout)
        for verb in (["policy"], ["policy", "export"], ["check"], ["expect"], ["verify"]):
            done = bulkhead(*verb, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("Example:", done.stdout)


if __name__ == "__main__":
    unittest.main()
