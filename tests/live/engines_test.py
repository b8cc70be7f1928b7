#!/usr/bin/env python3
"""The private engines of live tests: they launch containers as the engines do, and leave nothing of themselves."""

import http.client
import json
import os
import shutil
import socket
import unittest
from pathlib import Path

import engines
import lab_machine


def groups(name):
    return sorted(str(path) for path in engines.parents(name))


class Engines(unittest.TestCase):
    def launches_and_leaves_nothing(self, name, opener):
        before = (lab_machine.mounts(), groups(engines.CGROUPS[name]))
        with opener() as engine:
            container = engine.run("sleep", "1000", name="worker")
            self.assertEqual(container.name, "worker")
            self.assertEqual(Path(f"/proc/{container.pid}/comm").read_text(), "sleep\n")
            self.assertIn(container.id, Path(f"/proc/{container.pid}/cgroup").read_text())
            self.assertNotEqual(os.readlink(f"/proc/{container.pid}/ns/net"), os.readlink("/proc/self/ns/net"))
            shared = engine.run("sleep", "1000", options=["--net", "host"])
            self.assertEqual(os.readlink(f"/proc/{shared.pid}/ns/net"), os.readlink("/proc/self/ns/net"))
            daemons = [process.pid for process in engine.daemons]
        self.assertEqual([pid for pid in (container.pid, shared.pid, *daemons) if engines.alive(pid)], [])
        self.assertFalse(engine.folder.exists())
        self.assertEqual((lab_machine.mounts(), groups(engines.CGROUPS[name])), before)
        left = [line for line in lab_machine.processes_naming(str(engine.folder))]
        self.assertEqual(left, [])

    def test_docker(self):
        self.launches_and_leaves_nothing("docker", engines.docker)

    def test_podman(self):
        self.launches_and_leaves_nothing("podman", engines.podman)

    def post(self, engine, path, body):
        """The answer of the engine's API."""
        connection = http.client.HTTPConnection("localhost", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(engine.socket))
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        self.assertLess(answer.status, 300, text)
        connection.close()
        return json.loads(text.strip() or b"{}")

    def test_a_session_started_over_the_api_leaves_no_monitor(self):
        with engines.podman() as engine:
            container = engine.run("sleep", "1000")
            engines.serve(engine)
            session = self.post(engine, f"/v4.0.0/libpod/containers/{container.id}/exec", {"Cmd": ["sleep", "1000"]})
            self.post(engine, f"/v4.0.0/libpod/exec/{session['Id']}/start", {"Detach": True})
            engines.wait_until(lambda: any("--exit-delay" in engines.arguments_of(pid)
                                           for pid in engines.processes_naming(engine.folder)), what="its monitor")
        self.assertEqual(engines.processes_naming(engine.folder), [])
        self.assertFalse(engine.folder.exists())

    def test_what_is_left_behind_is_an_error(self):
        keeper = None
        with self.assertRaisesRegex(RuntimeError, "left behind"):
            with engines.podman() as engine:
                outside = engine.folder.with_suffix(".kept")
                outside.mkdir()
                self.addCleanup(os.rmdir, outside)
                engines.tell("mount", "--bind", outside, engine.folder / "data")
                keeper = engine.folder
                unmount, engines.unmount_below = engines.unmount_below, lambda folder: None
                self.addCleanup(setattr, engines, "unmount_below", unmount)
        unmount(keeper)
        shutil.rmtree(keeper)

    def test_a_failing_test_leaves_nothing_either(self):
        with self.assertRaises(ZeroDivisionError):
            with engines.podman() as engine:
                container = engine.run("sleep", "1000")
                raise ZeroDivisionError
        self.assertFalse(engines.alive(container.pid))
        self.assertFalse(engine.folder.exists())


if __name__ == "__main__":
    engines.main()
