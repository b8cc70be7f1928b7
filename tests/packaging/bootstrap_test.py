#!/usr/bin/env python3
"""packaging/bootstrap on machines of every kind: its surroundings are played by small programs on PATH."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "packaging"
COREUTILS = ["bash", "awk", "cat", "chown", "dirname", "env", "mkdir", "nproc", "paste", "realpath", "sort", "stat",
             "touch", "uname", "rm", "tee", "python3"]

# Each writes its arguments to the log; MISSING and UNKNOWN are lists of package names with a blank on either side.
FAKES = {
    "id": 'echo "${FAKE_UID:-0}"',
    "dpkg-query": 'name="${@: -1}"; case "$MISSING" in *" $name "*) exit 1 ;; esac; echo installed',
    "apt-cache": 'case "$UNKNOWN" in *" $2 "*) exit 100 ;; esac',
    "apt-get": 'if [ "$1" = -s ]; then echo "$SIMULATED"; exit 0; fi; echo "apt-get $*" >>"$LOG"; '
               'case "$* " in *"$APT_FAILS"*) echo "E: apt says why" >&2; exit 100 ;; esac',
    "cmake": 'echo "cmake $*" >>"$LOG"; [ "$CMAKE_FAILS" != yes ]',
    "ctest": 'echo "ctest $*" >>"$LOG"; echo "<testsuite><testcase name=\\"a\\" status=\\"$RESULT\\"/></testsuite>" '
             '>"${@: -1}"; [ "$RESULT" = run ]',
}


class Machine:
    """A copy of packaging/ in a tree of its own, and the programs that it may call."""

    def __init__(self, folder):
        self.root = Path(folder, "tree")
        self.path = Path(folder, "bin")
        self.log = Path(folder, "log")
        self.path.mkdir()
        self.log.touch()
        shutil.copytree(SOURCE, self.root / "packaging")
        for name in COREUTILS:
            (self.path / name).symlink_to(sys.executable if name == "python3" else shutil.which(name))
        for name, body in FAKES.items():
            self.program(self.path / name, body)
        self.program(self.root / "build/release/bin/bulkhead", 'echo "bulkhead $*" >>"$LOG"; exit "${LAB_CODE:-0}"')
        self.program(self.root / "build/release/bin/bulkhead-workbench", 'echo "workbench $*" >>"$LOG"')

    @staticmethod
    def program(path, body):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/bash\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, *arguments, **surroundings):
        self.log.write_text("", encoding="utf-8")
        environment = {"PATH": str(self.path), "LOG": str(self.log), "HOME": "/", "MISSING": "", "UNKNOWN": "",
                       "SIMULATED": "", "APT_FAILS": "never", "RESULT": "run", **surroundings}
        done = subprocess.run([self.path / "bash", self.root / "packaging/bootstrap", *arguments], env=environment,
                              cwd=self.root, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def calls(self):
        return self.log.read_text(encoding="utf-8").splitlines()


class Bootstrap(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.machine = Machine(folder.name)

    def test_usage(self):
        code, out, _ = self.machine.run("--help")
        self.assertEqual(code, 0)
        for word in ("lab [--out DIR]", "test", "Example:", "BULKHEAD_REQUIRE_ENGINES"):
            self.assertIn(word, out)
        self.assertEqual(self.machine.run()[0], 2)
        self.assertEqual(self.machine.run("labs")[::2],
                         (2, "bootstrap: there is no verb labs; see packaging/bootstrap --help\n"))
        self.assertEqual(self.machine.run("lab", "--out")[0], 2)
        self.assertEqual(self.machine.run("lab", "extra")[::2],
                         (2, "bootstrap: lab does not know extra; see packaging/bootstrap --help\n"))
        self.assertEqual(self.machine.calls(), [])

    def test_lab_where_all_is_installed_calls_no_apt(self):
        code, out, err = self.machine.run("lab", "--out", "somewhere")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(self.machine.calls(), [
            "cmake --preset release",
            f"cmake --build --preset release --parallel {os.cpu_count()} --target "
            "bulkhead bulkhead-workbench bulkhead-probe",
            f"bulkhead lab run default read-only rootless privileged --out {self.machine.root}/somewhere"])
        self.assertIn("packages for build lab: all installed\n", out)
        self.assertIn(f"bootstrap: report: {self.machine.root}/somewhere/report.md\n", out)
        self.assertIn("no display", out)

    def test_lab_opens_the_window_where_there_is_a_display(self):
        self.machine.run("lab", DISPLAY=":7")
        self.assertEqual(self.machine.calls()[-1], f"workbench {self.machine.root}/bulkhead-lab")
        self.machine.run("lab", "--no-window", DISPLAY=":7")
        self.assertNotIn("workbench", self.machine.calls()[-1])

    def test_lab_hands_on_what_the_lab_says(self):
        code, out, err = self.machine.run("lab", LAB_CODE="4")
        self.assertEqual((code, err), (4, "bootstrap: the lab ended with exit code 4\n"))
        self.assertNotIn("report:", out)

    def test_installs_only_what_is_missing(self):
        code, out, _ = self.machine.run("packages", MISSING=" libfmt-dev busybox-static ")
        self.assertEqual(code, 0)
        self.assertIn("bootstrap: installing libfmt-dev busybox-static\n", out)
        self.assertEqual([call for call in self.machine.calls() if "install" in call], [
            "apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends libfmt-dev busybox-static"])

    def test_leaves_out_what_another_package_already_gives(self):
        self.machine.program(self.machine.path / "runc", "")
        code, out, _ = self.machine.run("packages", MISSING=" runc ")
        self.assertEqual((code, self.machine.calls()), (0, []))
        self.assertIn("all installed", out)

    def test_never_removes_a_package_of_the_user(self):
        code, _, err = self.machine.run("packages", MISSING=" runc ", SIMULATED="Remv containerd.io [1.6]\nInst runc")
        self.assertEqual((code, err),
                         (4, "bootstrap: installing runc would remove containerd.io; nothing was installed\n"))
        self.assertEqual(self.machine.run("packages", MISSING=" busybox-static ", SIMULATED="Remv busybox [1]")[0], 0)

    def test_says_what_is_missing_where_it_cannot_install(self):
        code, _, err = self.machine.run("lab", FAKE_UID="1000", MISSING=" g++ runc ")
        self.assertEqual((code, err), (4, "bootstrap: missing packages, and neither root nor sudo to install them; "
                                          "ask for: apt-get install g++ runc\n"))
        (self.machine.path / "apt-get").unlink()
        code, _, err = self.machine.run("lab")
        self.assertEqual(code, 4)
        self.assertIn("has no apt-get; install the counterparts of packaging/packages/*.txt by hand", err)

    def test_names_packages_that_the_system_does_not_offer(self):
        code, _, err = self.machine.run("lab", MISSING=" g++ crun ", UNKNOWN=" crun ")
        self.assertEqual(code, 4)
        self.assertIn("does not offer crun (tried and tested on Debian 12)", err)

    def test_goes_on_without_a_network_where_packages_are_at_hand(self):
        code, out, _ = self.machine.run("packages", MISSING=" g++ ", APT_FAILS=" update ")
        self.assertEqual(code, 0)
        self.assertIn("could not be brought up to date", out)
        code, _, err = self.machine.run("packages", MISSING=" g++ ", APT_FAILS=" install ")
        self.assertEqual((code, err), (4, "E: apt says why\nbootstrap: apt-get could not install g++; "
                                          "its message is above\n"))

    def test_a_user_installs_through_sudo(self):
        self.machine.program(self.machine.path / "sudo", 'echo "sudo $*" >>"$LOG"; [ "$1" != -- ] || shift; "$@"')
        self.assertEqual(self.machine.run("packages", FAKE_UID="1000", MISSING=" g++ ")[0], 0)
        self.assertTrue(any(call.startswith("sudo -- env DEBIAN_FRONTEND=noninteractive apt-get")
                            for call in self.machine.calls()))

    def test_stops_at_a_failed_build(self):
        code, _, err = self.machine.run("lab", CMAKE_FAILS="yes")
        self.assertEqual((code, err), (4, "bootstrap: cmake could not configure the build\n"))

    def test_tests_end_with_their_count(self):
        code, out, _ = self.machine.run("test")
        self.assertEqual((code, out.splitlines()[-1]), (0, "1 passed, 0 failed, 0 skipped"))
        code, out, _ = self.machine.run("test", RESULT="fail")
        self.assertEqual((code, out.splitlines()[-1]), (1, "0 passed, 1 failed, 0 skipped"))


if __name__ == "__main__":
    unittest.main()
