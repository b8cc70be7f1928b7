#!/usr/bin/env python3
"""The count of a test run: results as ctest 3.25 and GoogleTest 1.12 write them, good, bad and cut short."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "packaging" / "test_summary.py"

CTEST_PASS = '<testcase name="{}" classname="{}" time="1" status="run"><system-out/></testcase>'
CTEST_FAIL = ('<testcase name="{}" classname="{}" time="1" status="fail"><failure message="Failed"/>'
              "<system-out/></testcase>")
CTEST_SKIP = ('<testcase name="{}" classname="{}" time="0" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>'
              "<system-out/></testcase>")
GTEST_PASS = '<testcase name="works" status="run" result="completed" classname="Suite" />'
GTEST_FAIL = ('<testcase name="breaks" status="run" result="completed" classname="Suite">'
              '<failure message="a.cpp:3&#x0A;Expected" type=""/></testcase>')
GTEST_SKIP = ('<testcase name="waits" status="run" result="skipped" classname="Suite">'
              '<skipped message="a.cpp:3&#x0A;no runc"/></testcase>')


class Summary(unittest.TestCase):
    def run_on(self, ctest, **programs):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "ctest.xml").write_text(f'<testsuite name="x">{"".join(ctest)}</testsuite>', encoding="utf-8")
            for name, text in programs.items():
                Path(folder, f"{name}.xml").write_text(text, encoding="utf-8")
            done = subprocess.run([sys.executable, "-B", PROGRAM, folder], capture_output=True, text=True, check=False)
            return done.returncode, done.stdout.splitlines()

    @staticmethod
    def cases(*cases):
        return f'<testsuites><testsuite name="Suite">{"".join(cases)}</testsuite></testsuites>'

    def test_counts_cases_of_programs_and_other_tests_as_one(self):
        code, lines = self.run_on([CTEST_PASS.format("floors", "floors"), CTEST_PASS.format("a", "a")],
                                  a=self.cases(GTEST_PASS, GTEST_PASS, GTEST_PASS))
        self.assertEqual((code, lines), (0, ["4 passed, 0 failed, 0 skipped"]))

    def test_a_failed_case_is_named_and_fails_the_run(self):
        code, lines = self.run_on([CTEST_FAIL.format("a", "a")], a=self.cases(GTEST_PASS, GTEST_FAIL))
        self.assertEqual((code, lines), (1, ["failed: a: Suite.breaks: a.cpp:3", "1 passed, 1 failed, 0 skipped"]))

    def test_skips_are_told_apart_from_passes(self):
        code, lines = self.run_on([CTEST_PASS.format("a", "a"), CTEST_SKIP.format("b", "b")],
                                  a=self.cases(GTEST_PASS, GTEST_SKIP))
        self.assertEqual(code, 0)
        self.assertEqual(lines[-1], "1 passed, 0 failed, 2 skipped")
        self.assertEqual(lines[:-1], ["skipped: a: Suite.waits: a.cpp:3", "skipped: b: SKIP_RETURN_CODE=77"])

    def test_a_crash_counts_though_no_case_says_so(self):
        failed = [CTEST_FAIL.format("a", "a")]
        self.assertEqual(self.run_on(failed)[1][-1], "0 passed, 1 failed, 0 skipped")
        self.assertEqual(self.run_on(failed, a="<testsuites><testsu")[1][-1], "0 passed, 1 failed, 0 skipped")
        self.assertEqual(self.run_on(failed, a=self.cases(GTEST_PASS))[1],
                         ["failed: a: ended badly though no case failed", "1 passed, 1 failed, 0 skipped"])

    def test_nothing_run_is_no_success(self):
        self.assertEqual(self.run_on([]), (1, ["0 passed, 0 failed, 0 skipped"]))


if __name__ == "__main__":
    unittest.main()
