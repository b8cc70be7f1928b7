#!/usr/bin/env python3
"""The private engines of live tests: they launch containers as the engines do, and leave nothing of themselves."""

import os
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

    def test_a_failing_test_leaves_nothing_either(self):
        with self.assertRaises(ZeroDivisionError):
            with engines.podman() as engine:
                container = engine.run("sleep", "1000")
                raise ZeroDivisionError
        self.assertFalse(engines.alive(container.pid))
        self.assertFalse(engine.folder.exists())


if __name__ == "__main__":
    engines.main()
