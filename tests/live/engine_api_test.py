#!/usr/bin/env python3
"""docker:NAME and podman:NAME on real engines: what their API says is held against their own client and the kernel."""

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import threading
import time
import unittest
from pathlib import Path

import engines

BULKHEAD = os.environ["BULKHEAD"]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
NAMED = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINER_HOST", "CONTAINER_CONNECTION")


def call(*words, before=(), **variables):
    """Exit code, output and errors of a run that has only these variables to find engines by."""
    environment = {name: value for name, value in os.environ.items() if name not in NAMED}
    environment |= {"COLUMNS": "80", "NO_COLOR": "1", "HOME": "/nonexistent", "XDG_RUNTIME_DIR": "/nonexistent",
                    **{name: str(value) for name, value in variables.items()}}
    done = subprocess.run([*before, BULKHEAD, *map(str, words)], capture_output=True, timeout=60, check=False,
                          env=environment)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Api:
    """What both engines must show; `variables` name the engine's socket as its users do."""

    def inspected(self, reference):
        code, out, err = call("inspect", reference, "--format", "json", **self.variables)
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)

    def refused(self, code, words, reference, **options):
        got, out, err = call("inspect", reference, **{**self.variables, **options})
        self.assertEqual((got, out), (code, ""), err)
        self.assertIn(words, err)
        self.assertEqual(err.count("\n"), 1, err)

    def test_names_ids_and_beginnings_of_ids_are_one_container(self):
        kernel = Path(f"/proc/{self.web.pid}/stat").read_text()
        self.assertTrue(kernel)
        for name in (self.web.name, self.web.id, self.web.id[:12]):
            subject = self.inspected(f"{self.name}:{name}")["subject"]
            self.assertEqual((subject["pid"], subject["id"], subject["name"], subject["ref"]),
                             (self.web.pid, self.web.id, "web", f"{self.name}:{name}"))
            self.assertEqual(subject["engine"]["name"], self.name)
            self.assertEqual(subject["engine"]["version"], self.version)
            self.assertEqual(subject["image"]["ref"].split(":")[0].rpartition("/")[2], engines.IMAGE)
            self.assertEqual(subject["image"]["digest"].removeprefix("sha256:"),
                             self.web.inspect()["Image"].removeprefix("sha256:"))
            self.assertEqual(subject["runtime"]["name"], "runc")

    def test_two_containers_are_compared_by_name(self):
        code, out, err = call("diff", f"{self.name}:web", f"{self.name}:bare", "--format", "json", **self.variables)
        self.assertEqual((code, err), (0, ""))
        directions = {change["path"]: change["direction"] for change in json.loads(out)["changes"]}
        self.assertEqual(directions["rootfs.writable"], "stronger")

    def test_what_the_engine_says_it_asked_for_is_what_the_kernel_enforces(self):
        for name in ("web", "bare"):
            code, out, err = call("contradictions", f"{self.name}:{name}", "--format", "json", **self.variables)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(json.loads(out)["contradictions"], [], name)

    def test_the_view_from_inside_is_had_by_name_too(self):
        code, out, err = call("inspect", f"{self.name}:web", "--vantage", "experienced", "--format", "json",
                              **self.variables)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(json.loads(out)["vantage"], "experienced")

    def test_what_is_not_there_is_said_in_the_engines_words(self):
        self.refused(3, "o such container", f"{self.name}:nobody")
        self.refused(3, "not running (exited)", f"{self.name}:done")

    def test_nothing_of_a_name_reaches_another_part_of_the_api(self):
        for name in ("../version", "web/json?x=", "web#", "%2e%2e/version", "a" * 5000, ""):
            code, out, _ = call("inspect", f"{self.name}:{name}", **self.variables)
            self.assertEqual((code, out), (3, ""), name)

    def test_a_socket_that_may_not_be_opened(self):
        os.chmod(self.socket, 0o600)
        self.refused(4, "needs root or membership in the group", f"{self.name}:web", before=NOBODY)

    def test_the_list_has_the_engines_names(self):
        code, out, err = call("list", "--format", "json", **self.variables)
        self.assertEqual(code, 0, err)
        found = {subject["pid"]: subject for subject in json.loads(out)["subjects"]}
        for container, name in ((self.web, "web"), (self.bare, "bare")):
            subject = found[container.pid]
            self.assertEqual((subject["name"], subject["engine"], subject["id"], subject["ref"]),
                             (name, self.name, container.id, f"{self.name}:{name}"))


def three_containers(engine):
    web = engine.run("sleep", "1000", name="web")
    bare = engine.run("sleep", "1000", name="bare", options=["--read-only"])
    engine.call("run", "--name", "done", *engine.defaults, engines.IMAGE, "true")
    return web, bare


class Docker(Api, unittest.TestCase):
    name = "docker"

    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.docker = cls.stack.enter_context(engines.docker())
        cls.web, cls.bare = three_containers(cls.docker)
        cls.socket = cls.docker.socket
        cls.variables = {"DOCKER_HOST": f"unix://{cls.socket}"}
        cls.version = cls.docker.call("version", "--format", "{{.Server.Version}}")

    def test_a_context_made_by_dockers_own_client(self):
        folder = self.docker.folder / "contexts"
        docker = ["docker", "--config", folder]
        engines.tell(*docker, "context", "create", "lab", "--docker", f"host=unix://{self.socket}")
        code, _, err = call("inspect", "docker:web", DOCKER_CONFIG=folder, DOCKER_CONTEXT="lab")
        self.assertEqual((code, err), (0, ""))
        engines.tell(*docker, "context", "use", "lab")
        code, _, err = call("inspect", "docker:web", DOCKER_CONFIG=folder)
        self.assertEqual((code, err), (0, ""))

    def test_a_paused_container_is_read(self):
        self.docker.call("pause", "bare")
        try:
            self.assertEqual(self.inspected("docker:bare")["subject"]["pid"], self.bare.pid)
        finally:
            self.docker.call("unpause", "bare")

    def test_no_engine(self):
        code, _, err = call("inspect", "docker:web", DOCKER_HOST=f"unix://{self.docker.folder}/none.sock")
        self.assertEqual(code, 3)
        self.assertIn("none.sock: No such file or directory", err)

    def pretending(self, change, info=None):
        """A socket that answers with what Docker says, changed by the test: an engine of another kernel or kind."""
        document = self.web.inspect()
        change(document)
        body = json.dumps(document).encode()
        ours = json.dumps(info or {}).encode()
        path = self.docker.folder / f"far-{hashlib.sha256(body).hexdigest()[:8]}.sock"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen()

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    answer = body if b"/containers/" in client.recv(4096).split(b"\r\n")[0] else ours
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
                    client.close()

        threading.Thread(target=serve, daemon=True).start()
        self.addCleanup(listener.close)
        return f"unix://{path}"

    def test_a_pid_of_another_machine_is_not_believed(self):
        for pid in (self.bare.pid, os.getpid(), 1, 4194304, 2**40):
            def elsewhere(document, pid=pid):
                document["State"]["Pid"] = pid

            code, out, err = call("inspect", "docker:web", DOCKER_HOST=self.pretending(elsewhere))
            self.assertEqual((code, out), (4, ""), (pid, err))
            self.assertIn(f"says pid {pid}, which is no process of that container here", err)

    def test_what_the_daemon_does_to_all_containers_is_part_of_what_was_asked(self):
        for option, key in (("name=userns", "usernsRemap"), ("name=rootless", "rootless")):
            info = {"ServerVersion": "24.0.7", "SecurityOptions": ["name=seccomp,profile=builtin", option]}
            url = self.pretending(lambda document, key=key: document.update(Driver=key), info)
            code, out, err = call("inspect", "docker:web", "--vantage", "all", "--format", "json", DOCKER_HOST=url)
            self.assertEqual((code, err), (0, ""))
            views = {snapshot["vantage"]: snapshot for snapshot in json.loads(out)}
            engine = views["enforced"]["subject"]["engine"]
            self.assertEqual((engine["version"], engine[key]), ("24.0.7", True))
            # the map is the daemon's: a user namespace of which the document says nothing, by a map nobody has said
            self.assertEqual(views["declared"]["namespaces"]["user"]["declared"], "new")
            self.assertIsNone(views["declared"]["identity"]["uidMap"])
        code, out, err = call("inspect", "docker:web", "--vantage", "all", "--format", "json", **self.variables)
        for snapshot in json.loads(out):
            engine = snapshot["subject"]["engine"]
            self.assertEqual((engine["rootless"], engine.get("usernsRemap")), (False, False))
            if snapshot["vantage"] == "declared":  # nothing is assumed of the engine's users: it was asked
                self.assertIs(snapshot["config"]["assumed"]["identity.userNamespaceIsHost"], True)
                self.assertEqual([gap for gap in snapshot["gaps"] if gap["path"].startswith("config.assumed")], [])

    def test_a_frozen_daemon_costs_bounded_time(self):
        daemon = self.docker.daemons[-1]
        daemon.send_signal(19)
        try:
            begun = time.monotonic()
            code, _, err = call("inspect", "docker:web", **self.variables)
            self.assertEqual(code, 4)
            self.assertIn("no whole answer within 10000 ms", err)
            code, out, err = call("list", "--format", "json", **self.variables)
            self.assertEqual(code, 0, err)
            self.assertTrue(any("no whole answer within 2000 ms" in gap for gap in json.loads(out)["gaps"]))
            self.assertLess(time.monotonic() - begun, 25)
        finally:
            daemon.send_signal(18)


class Podman(Api, unittest.TestCase):
    name = "podman"

    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.podman = cls.stack.enter_context(engines.podman())
        cls.web, cls.bare = three_containers(cls.podman)
        cls.variables = dict([engines.serve(cls.podman)])
        cls.socket = cls.podman.socket
        cls.version = cls.podman.call("version", "--format", "{{.Server.Version}}")


if __name__ == "__main__":
    engines.main()
