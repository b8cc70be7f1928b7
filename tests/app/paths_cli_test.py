"""`paths` as reviewers and pipelines depend on it: what is found in documents of every form, the smallest hardening,
and that the document with it applied, read again, has no way to the host that a configuration could close.

Usage: paths_cli_test.py BULKHEAD
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

BULKHEAD = sys.argv.pop(1)

COMPOSE = """\
# a comment
services:
  web:
    image: nginx
    user: "0"
    cap_add: [SYS_ADMIN, SYS_MODULE]
    pid: host
    security_opt: ["seccomp=unconfined"]
    volumes: ["/:/host"]
    environment: {KEPT: "0644"}
  db: {image: "postgres:16", user: "70:70"}
"""
KUBERNETES = """\
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {kept: "yes"}}
spec:
  hostPID: true
  hostNetwork: true
  volumes: [{name: root, hostPath: {path: /}}]
  containers:
  - name: a
    image: nginx
    securityContext: {runAsUser: 0, privileged: true}
    volumeMounts: [{name: root, mountPath: /host}]
"""
POD_JSON = json.dumps({
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
    "spec": {"automountServiceAccountToken": False, "containers": [
        {"name": "a", "image": "nginx", "securityContext": {
            "runAsUser": 0, "capabilities": {"add": ["SYS_ADMIN"]}}}]}})
RUN = ("docker run --user 0 --cap-add SYS_MODULE -v /var/run/docker.sock:/var/run/docker.sock -e KEPT='a b' "
       "nginx nginx -g 'daemon off;'\n")
PODMAN = "podman run --user 0 --privileged -v /:/host nginx\n"
OCI = {
    "ociVersion": "1.0.2", "hostname": "kept", "root": {"path": "rootfs"},
    "process": {
        "user": {"uid": 0, "gid": 0}, "args": ["sleep"], "cwd": "/",
        "capabilities": {name: ["CAP_SYS_ADMIN", "CAP_SYS_MODULE"] for name in ("bounding", "effective", "permitted")}},
    "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
               {"destination": "/host", "type": "bind", "source": "/etc", "options": ["rbind", "rw"]}],
    "linux": {"namespaces": [{"type": kind} for kind in ("mount", "pid", "network", "ipc", "uts")]}}
DOCUMENTS = {
    "compose.yaml": COMPOSE, "pod.yaml": KUBERNETES, "pod.json": POD_JSON, "run.sh": RUN, "podman.sh": PODMAN,
    "config.json": json.dumps(OCI)}


def bulkhead(*arguments):
    clean = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/nonexistent", "COLUMNS": "80"}
    return subprocess.run([BULKHEAD, *arguments], capture_output=True, text=True, timeout=100, env=clean, check=False)


class Paths(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulkhead-paths-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def json(self, *arguments):
        done = bulkhead("paths", *arguments, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)
        return found if isinstance(found, list) else [found]

    def test_the_cut_applied_closes_what_it_says_in_every_form(self):
        for name, text in DOCUMENTS.items():
            with self.subTest(name):
                source = self.write(name, text)
                changed = str(self.folder / ("changed-" + name))
                before = self.json(source)
                self.assertTrue(any(path["certainty"] == "certain" for path in before[0]["paths"]), before[0])
                done = bulkhead("paths", source, "--cut", "--apply", changed)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn("wrote " + changed, done.stderr)
                after = self.json(changed)
                for old, new in zip(before, after):
                    left = [path["id"] for path in new["paths"]]
                    self.assertEqual(sorted(left), sorted(old["beyond"]), pathlib.Path(changed).read_text())
                    self.assertFalse([path for path in new["paths"] if path["certainty"] == "certain"], new["paths"])
                    self.assertTrue(old["smallest"])

    def test_where_the_image_names_the_user_the_bounding_set_decides(self):
        plain = self.json(self.write("plain.sh", "docker run --name web nginx\n"))
        self.assertEqual(plain[0]["paths"], [])
        asks = self.write("asks.sh", "docker run --name web --cap-add SYS_ADMIN -v "
                                     "/var/run/docker.sock:/var/run/docker.sock nginx\n")
        before = self.json(asks)
        self.assertIn("possible", [path["certainty"] for path in before[0]["paths"]])
        changed = str(self.folder / "hardened.sh")
        done = bulkhead("paths", asks, "--cut", "--apply", changed)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("still open", done.stderr)
        self.assertEqual(self.json(changed)[0]["paths"], [], pathlib.Path(changed).read_text())

    def test_users_of_its_own_close_what_capabilities_open_and_not_a_volume_of_a_pod(self):
        pod = ("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostUsers: %s\n  volumes: [{name: v, hostPath: "
               "{path: /etc}}]\n  containers:\n  - name: a\n    image: nginx\n    securityContext: {runAsUser: 0, "
               "capabilities: {add: [SYS_MODULE]}}\n    volumeMounts: [%s]\n")
        mount = "{name: v, mountPath: /host}"
        oci = json.loads(json.dumps(OCI))
        oci["mounts"].pop()
        own = json.loads(json.dumps(oci))
        own["linux"]["namespaces"].append({"type": "user"})
        own["linux"]["uidMappings"] = own["linux"]["gidMappings"] = [{"containerID": 0, "hostID": 200000, "size": 65536}]
        line = "podman run --user 0 --cap-add SYS_MODULE %snginx\n"
        for name, shared, separate in (("pod.yaml", pod % ("true", ""), pod % ("false", "")),
                                       ("line", line % "", line % "--userns=auto "),
                                       ("config.json", json.dumps(oci), json.dumps(own))):
            before, after = (self.json(self.write(name, text))[0]["paths"] for text in (shared, separate))
            self.assertIn("cap-sys-module", [path["id"] for path in before], name)
            self.assertEqual([path["id"] for path in after if "cap-" in path["id"]], [], name)
            self.assertEqual([path["id"] for path in after if path["certainty"] == "certain"], [], name)
        # kubernetes.io, User Namespaces: files of volumes, hostPath too, are as without; podman-run(1): not so there
        for name, text, certainty in (("pod.yaml", pod % ("false", mount), "certain"),
                                      ("line", line % "--userns=auto -v /etc:/host ", "possible")):
            paths = self.json(self.write(name, text))[0]["paths"]
            self.assertEqual({path["certainty"] for path in paths if "/host" in path["id"]}, {certainty}, paths)

    # kubernetes.io, Container Runtimes: the socket of cri-dockerd is a CRI socket
    def test_the_socket_of_cri_dockerd_is_a_cri_socket(self):
        for socket, weakness in (("/run/cri-dockerd.sock", "engine-socket-cri"), ("/var/run/cri-dockerd.sock", "engine-socket-cri"),
                                 ("/var/run/docker.sock", "engine-socket-docker")):
            found = self.json(f"run:docker run -u 0 -v {socket}:/s nginx")[0]["paths"]
            ids = {path["id"] for path in found if path["id"].startswith("engine-socket")}
            self.assertEqual({one.split("@")[0] for one in ids}, {weakness}, socket)

    def test_everything_else_of_the_document_is_kept(self):
        kept = {"compose.yaml": ['KEPT: "0644"', 'image: "postgres:16"', "KEPT"], "pod.yaml": ['kept: "yes"'],
                "run.sh": ["-e 'KEPT=a b' nginx nginx -g 'daemon off;'"], "config.json": ['"hostname": "kept"']}
        for name, texts in kept.items():
            source = self.write(name, DOCUMENTS[name])
            changed = self.folder / "changed"
            done = bulkhead("paths", source, "--cut", "--apply", str(changed))
            self.assertEqual(done.returncode, 0, done.stderr)
            for text in texts:
                self.assertIn(text, changed.read_text())
        self.assertIn("comments", bulkhead("paths", self.write("c.yaml", COMPOSE), "--cut", "--apply",
                                           str(changed)).stderr)

    def test_every_change_of_a_cut_closes_something_and_none_can_be_spared(self):
        for name, text in DOCUMENTS.items():
            for subject in self.json(self.write(name, text)):
                ids = {path["id"] for path in subject["paths"]}
                closed = set()
                for change in subject["cut"]:
                    self.assertTrue(change["closes"], change)
                    self.assertTrue(change["words"], change)
                    closed |= set(change["closes"])
                self.assertLessEqual(closed, ids)
                for path in ids - set(subject["beyond"]):
                    self.assertIn(path, closed | ids)

    def test_json_is_the_contract(self):
        subject = self.json(self.write("run.sh", RUN))[0]
        self.assertLessEqual({"subject", "paths", "blocked", "cut"}, set(subject))
        for path in subject["paths"]:
            self.assertLessEqual({"id", "certainty", "steps", "reaches"}, set(path))
            self.assertIn(path["certainty"], ("certain", "possible"))
            for step in path["steps"]:
                self.assertLessEqual({"weakness", "needs", "gives", "facts"}, set(step))
        sockets = [path for path in subject["paths"] if "engine-socket-docker" in path["id"]]
        modules = [path for path in subject["paths"] if "cap-sys-module" in path["id"]]
        self.assertTrue(sockets and modules, [path["id"] for path in subject["paths"]])

    def test_the_table_fits_eighty_columns_and_says_where_facts_stand(self):
        done = bulkhead("paths", self.write("compose.yaml", COMPOSE) + "#web", "--cut")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLessEqual(max(len(line) for line in done.stdout.splitlines()), 80, done.stdout)
        self.assertIn("certain", done.stdout)
        self.assertIn("The cut", done.stdout)
        self.assertRegex(done.stdout.replace("\n", ""), r"yaml:\s*6")  # cap_add

    def test_what_is_most_important_stands_first(self):
        text = bulkhead("paths", "lab:privileged", "--cut").stdout
        places = [text.index(title) for title in (
            "privileged (enforced): ", "1     certain  root on the host: ", "The cut\n", "Step by step\n",
            "1. cgroup-v1-release-agent\n", "Kept closed by one thing alone\n", "Worth fixing, and no way out by itself\n",
            "Not decided by these facts\n")]
        self.assertEqual(places, sorted(places), text)
        self.assertIn("  - leave privileged mode and what it brings\n      privileged: false\n      closes all of them\n", text)
        # as many paths as the headline says stand behind the numbers of the overview
        overview = text[:text.index("The cut")]
        self.assertIn("26-50 certain  a device of the host: console-input-devices@/dev/tty0 and 24\n", overview)
        self.assertLessEqual(max(len(line) for line in text.splitlines()), 80)

    def test_the_flowchart_of_a_comparison_names_what_opened_and_closed(self):
        sound, open_ = "run:docker run -u 1000 --name a nginx", "run:docker run -u 0 --name b --cap-add SYS_MODULE nginx"
        for before, after, word in ((sound, open_, "▼ 1 opened, only possible:<br/>cap-sys-module"),
                                    (open_, sound, "▲ 1 closed, only possible:<br/>cap-sys-module"),
                                    (sound, sound, "= none opened, none closed")):
            done = bulkhead("diff", before, after, "--format", "mermaid")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(word, done.stdout)

    def test_a_step_of_several_paths_is_told_once(self):
        text = bulkhead("paths", "run:docker run -u 0 --pid host --cap-add SYS_PTRACE --cap-add SYS_MODULE -v /:/h nginx").stdout
        titles = [line for line in text.splitlines() if line.startswith("    ") and line[4:5].isdigit() and ", as in " not in line]
        self.assertEqual(len(titles), len({line.split(". ")[1] for line in titles}), titles)

    # mitre-attack T1070: what takes evidence away is no way to the host, and is named all the same
    def test_logs_of_the_host_that_can_be_written_are_named(self):
        line = "run:docker run -u 0 -v /var/log:/l{} nginx"
        text = bulkhead("paths", line.format("")).stdout
        self.assertIn("no way to the host is known", text)
        self.assertIn("  Evidence can be taken away\n  ! certain  hostpath-var-log@/l\n", text)
        self.assertNotIn("Evidence can be taken away", bulkhead("paths", line.format(":ro")).stdout)
        found = self.json(line.format(""))[0]["besides"]
        blind = [one for one in found if one["kind"] == "blindness" and one["certainty"] == "certain"]
        self.assertEqual([(one["weakness"], one["gives"]) for one in blind], [("hostpath-var-log", ["no-trace"])])
        pod = self.write("pod.yaml", KUBERNETES.replace("path: /}", "path: /var/log}"))
        links = [path for path in self.json(pod)[0]["paths"] if path["id"] == "hostpath-var-log-links@/host"]
        self.assertEqual([(path["certainty"], path["reaches"]) for path in links], [("possible", "host-file-read")])
        self.assertEqual([path for path in self.json(line.format(""))[0]["paths"] if "links" in path["id"]], [])

    def test_what_no_snapshot_decides_is_listed_with_who_knows(self):
        besides = {one["weakness"]: one for one in self.json("lab:default")[0]["besides"]}
        for weakness, who in (("image-unverified-provenance", "the registry and the signature policy of the node"),
                              ("image-known-vulnerable", "a scan of the digest")):
            self.assertEqual(besides[weakness]["certainty"], "undecided")
            self.assertEqual(besides[weakness]["gaps"][0]["needs"], who)
            self.assertRegex(" ".join(bulkhead("paths", "lab:default").stdout.split()), who + ": [a-z, -]*" + weakness)
        # an interface for the container alone: nobody is reached
        self.assertNotIn("flat-container-network", besides)

    # Kubernetes refuses hostUsers: false beside hostPID: true (pkg/apis/core/validation), so that the socket takes both
    def test_a_change_that_closes_a_path_only_with_others_says_so(self):
        pod = self.write("pod.yaml", """apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  hostPID: true
  containers:
  - {name: app, image: nginx, volumeMounts: [{name: sock, mountPath: /run/docker.sock}]}
  volumes: [{name: sock, hostPath: {path: /run/docker.sock}}]
""")
        found = self.json(pod)[0]
        changes = {one["words"]: one for one in found["cut"]}
        self.assertEqual(set(changes), {"spec.hostPID: false", "spec.hostUsers: false"})
        socket = "engine-socket-docker@/run/docker.sock"
        for words, one in changes.items():
            self.assertIn(socket, one["closes"], words)
            self.assertIn(socket, one["together"], words)
        number = [path["id"] for path in found["paths"]].index(socket) + 1
        text = " ".join(bulkhead("paths", pod, "--cut").stdout.split())
        self.assertIn(f"and {number} together with the other changes", text)
        self.assertNotIn("closes all of them", text)

    def test_what_may_be_worth_fixing_is_said_with_who_knows(self):
        line = "run:docker run -v $PWD:/w alpine"  # may be /dev
        beside = [one for one in self.json(line)[0]["besides"] if one["weakness"] == "hostpath-dev"]
        self.assertEqual([one["certainty"] for one in beside], ["possible"])
        self.assertRegex(bulkhead("paths", line).stdout.split("Not decided by these facts")[1], "hostpath-dev@/w")

    # dockerd(8), --userns-remap; it refuses privileged mode and the host's namespaces beside that
    def test_what_closes_paths_outside_of_the_document_stands_beside_the_cut(self):
        line = "run:docker run -u 0 --cap-add SYS_MODULE {}nginx"
        found = self.json(line.format(""), "--as", "docker,rootful")[0]
        self.assertEqual([(one["words"], one["closes"], one["certainty"]) for one in found["outside"]],
                         [('"userns-remap": "default" in /etc/docker/daemon.json', ["cap-sys-module"], "possible")])
        text = bulkhead("paths", line.format(""), "--cut").stdout
        self.assertIn('Outside of the document, for every container there\n', text)
        self.assertIn('      "userns-remap": "default" in /etc/docker/daemon.json\n      closes all of them (only possible paths)\n', text)
        for more in ("--privileged ", "--pid host ", "--network host "):
            self.assertEqual(self.json(line.format(more))[0]["outside"], [], more)
        remapped = self.json(line.format(""), "--as", "docker,userns-remap")[0]
        self.assertEqual((remapped["paths"], remapped["outside"]), ([], []))
        self.assertEqual(self.json("run:podman run -u 0 --cap-add SYS_MODULE nginx")[0]["outside"], [])

    def test_changes_of_a_project_are_said_in_the_words_of_compose(self):
        one = self.write("compose.yaml", COMPOSE)
        other = self.write("more.yaml", "services:\n  web: {read_only: true}\n")
        for reference in (f"compose:{one}", f"compose:{one},{other}"):
            done = bulkhead("paths", reference + "#web", "--cut")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn('user: "65534:65534"', done.stdout)
        out = str(self.folder / "out.yaml")
        done = bulkhead("paths", f"compose:{one}#web", "--cut", "--apply", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("65534", pathlib.Path(out).read_text(encoding="utf-8"))
        done = bulkhead("paths", f"compose:{one},{other}#web", "--cut", "--apply", out)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("changes one file", done.stderr)

    def test_a_project_written_elsewhere_says_where_its_paths_begin(self):
        one = self.write("compose.yaml", COMPOSE)
        (self.folder / "other").mkdir()
        for out, said in ((self.folder / "out.yaml", False), (self.folder / "other/out.yaml", True)):
            done = bulkhead("paths", one + "#web", "--cut", "--apply", str(out))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual("--project-directory" in done.stderr, said, done.stderr)

    def test_neighbours_are_numbered_as_a_range_and_what_is_not_said_is_named(self):
        one = self.write("compose.yaml", COMPOSE.replace("SYS_MODULE", "SYS_MODULE, DAC_READ_SEARCH"))
        done = bulkhead("paths", one + "#web", "--cut")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"closes [0-9, ]*[0-9]+-[0-9]+")
        self.assertNotRegex(done.stdout, r"(?m) = *$")

    def test_paths_that_differ_in_their_objects_are_told_once(self):
        done = bulkhead("paths", "lab:privileged")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"also at /dev/\S+ \(\d+\)")
        for part in done.stdout.split("Step by step"):
            told = [line for line in part.splitlines() if "console-input-devices@" in line]
            self.assertEqual(len(told), 1, done.stdout)
        self.assertLessEqual(max(len(line) for line in done.stdout.splitlines()), 80)

    def test_names_of_a_document_reach_the_terminal_escaped(self):
        done = bulkhead("paths", self.write("run.sh", "docker run --name 'a\x1b]0;b' --privileged --user 0 nginx\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("\x1b", done.stdout)

    def test_wrong_usage_and_bad_input(self):
        run = self.write("run.sh", RUN)
        for arguments, code, text in (
                ((run, "--apply", "x"), 2, "--apply needs --cut"),
                ((run, run, "--cut", "--apply", "x"), 2, "--apply takes one REF"),
                ((str(self.folder / "missing.yaml"),), 3, "missing.yaml"),
                ((run, "--format", "xml"), 2, "--format")):
            done = bulkhead("paths", *arguments)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(text, done.stderr)

    def test_a_recording_is_changed_as_its_scenario(self):
        changed = self.folder / "scenario.yaml"
        done = bulkhead("paths", "lab:privileged", "--cut", "--apply", str(changed))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("name: privileged", changed.read_text())
        self.assertNotIn("\nprivileged: true", changed.read_text())

    def test_what_cannot_be_changed_is_said(self):
        inspected = "tests/fixtures/claims/docker-open.json"
        done = bulkhead("paths", inspected, "--cut", "--apply", str(self.folder / "x"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no configuration that can be changed", done.stderr)

    def test_a_comparison_names_paths_opened_and_closed(self):
        safe = self.write("a.sh", "docker run --name web --user 0 nginx\n")
        open_ = self.write("b.sh", "docker run --name web --user 0 --cap-add SYS_MODULE nginx\n")
        done = bulkhead("diff", safe, open_, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        paths = json.loads(done.stdout)["paths"]
        self.assertIn("cap-sys-module", [path["id"] for path in paths["opened"]])
        self.assertEqual(paths["closed"], [])
        back = json.loads(bulkhead("diff", open_, safe, "--format", "json").stdout)["paths"]
        self.assertEqual([path["id"] for path in back["closed"]], [path["id"] for path in paths["opened"]])
        table = bulkhead("diff", safe, open_).stdout
        self.assertRegex(table, r"opens \d+ paths?\s+to\s+the\s+host")
        self.assertIn("Attack paths opened and closed", bulkhead("diff", safe, open_, "--format", "markdown").stdout)

    def test_mermaid_has_one_subject(self):
        done = bulkhead("paths", self.write("compose.yaml", COMPOSE), "--format", "mermaid")
        self.assertEqual(done.returncode, 2)
        done = bulkhead("paths", self.write("run.sh", RUN), "--format", "mermaid")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("flowchart LR", done.stdout)
        self.assertIn("==>", done.stdout)


if __name__ == "__main__":
    unittest.main()
