#!/usr/bin/env python3
"""A session that an engine started in a running container, with more than the container has, decides its snapshot.

What is expected is read from /proc by hand: the pids of the container's control group and pid namespace, and CapEff.
"""

import json
import os
import unittest
from pathlib import Path

import engines

BULKHEAD = os.environ.get("BULKHEAD", "build/dev/bin/bulkhead")


def in_pid_namespace_of(pid):
    wanted = os.readlink(f"/proc/{pid}/ns/pid")
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "ns/pid") == wanted:
                found.append(int(entry.name))
        except OSError:
            continue
    return sorted(found)


def effective(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("CapEff")).split()[1], 16)


def inspect(pid):
    return json.loads(engines.tell(BULKHEAD, "inspect", f"pid:{pid}", "--format", "json"))


class ExecSessions(unittest.TestCase):
    def decide_where_they_are_wider(self, opener, options, how):
        with opener() as engine:
            container = engine.run("sleep", "1000", name="worker", options=options)
            alone = inspect(container.pid)
            self.assertEqual(alone["members"]["describedBy"], container.pid)
            self.assertEqual([entry["session"] for entry in alone["tasks"]], ["main"])
            engine.call("exec", "-d", *how, container.id, "sleep", "1000")
            members = engines.wait_until(
                lambda: len(in_pid_namespace_of(container.pid)) == 2 and in_pid_namespace_of(container.pid),
                what="the session")
            session = next(pid for pid in members if pid != container.pid)
            engines.wait_until(
                lambda: Path(f"/proc/{session}/comm").read_text() == "sleep\n", what="the session's program")
            self.assertGreater(effective(session).bit_count(), effective(container.pid).bit_count())
            both = inspect(container.pid)
            self.assertEqual(both["members"]["processes"], 2)
            self.assertEqual(both["members"]["describedBy"], session)
            self.assertEqual(len(both["capabilities"]["effective"]), effective(session).bit_count())
            self.assertEqual(
                [(entry["session"], entry["pids"]) for entry in both["tasks"]],
                [("exec", [session]), ("main", [container.pid])])
            self.assertEqual(both["subject"]["pid"], container.pid)
            # Told by whichever of the two is named.
            self.assertEqual(inspect(session)["members"]["describedBy"], session)

    def test_of_docker_as_root(self):
        self.decide_where_they_are_wider(engines.docker, ["--user", "1000"], ["-u", "0"])

    def test_of_podman_as_root(self):
        self.decide_where_they_are_wider(engines.podman, ["--user", "1000"], ["-u", "0"])

    # Docker's asks for every capability there is, which a machine without CAP_SYS_RESOURCE refuses.
    def test_of_podman_privileged(self):
        self.decide_where_they_are_wider(engines.podman, [], ["--privileged"])


if __name__ == "__main__":
    engines.main()
