#!/usr/bin/env python3
"""Counts the results of a ctest run: each case of a GoogleTest program, each other test as one.

The folder holds ctest.xml (ctest --output-junit) and one XML file per GoogleTest program (GTEST_OUTPUT=xml:FOLDER/).
A program that ends badly without naming a failed case counts as one failure. Prints what failed and what was
skipped and why, then "N passed, N failed, N skipped" alone on the last line; exit 1 unless something passed and
nothing failed.
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def outcome(case):
    """passed, failed or skipped, and the reason."""
    failure, skipped = case.find("failure"), case.find("skipped")
    if failure is not None or case.get("status") == "fail":
        return "failed", "" if failure is None else failure.get("message", "")
    if skipped is not None or case.get("status") == "notrun" or case.get("result") in ("skipped", "suppressed"):
        return "skipped", "" if skipped is None else skipped.get("message", "")
    return "passed", ""


def read_cases(path):
    """[(name, outcome, reason)] of one results file; none where it was cut short."""
    try:
        cases = ET.parse(path).getroot().iter("testcase")
    except ET.ParseError:
        return []
    return [(f"{case.get('classname')}.{case.get('name')}", *outcome(case)) for case in cases]


def collect(folder):
    results = []
    for test in ET.parse(folder / "ctest.xml").getroot().iter("testcase"):
        name, (end, reason) = test.get("name"), outcome(test)
        own = folder / f"{name}.xml"
        cases = read_cases(own) if own.is_file() else []
        results += [(f"{name}: {case}", *rest) for case, *rest in cases]
        if not cases:
            results.append((name, end, reason))
        elif end == "failed" and all(rest[0] != "failed" for _, *rest in cases):
            results.append((name, "failed", "ended badly though no case failed"))
    return results


def main(arguments):
    results = collect(Path(arguments[1]))
    count = {end: sum(1 for _, was, _ in results if was == end) for end in ("passed", "failed", "skipped")}
    for name, end, reason in results:
        if end != "passed":
            print(f"{end}: {name}" + (f": {reason.strip().splitlines()[0]}" if reason.strip() else ""))
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped", flush=True)
    return 0 if count["failed"] == 0 and count["passed"] > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
