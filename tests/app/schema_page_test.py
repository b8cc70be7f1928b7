"""Holds the page on the snapshot format against the schema beside it: no section without its row, no row without its
section, and an example that is valid."""

import json
import pathlib
import re
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "resources/schema"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
SCHEMA = json.loads((FOLDER / "snapshot-1.json").read_text(encoding="utf-8"))


def section(title):
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_column(text):
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def values_of(key, node):
    if isinstance(node, dict):
        own = [node[key]] if isinstance(node.get(key), str) else []
        return own + [value for child in node.values() for value in values_of(key, child)]
    return [value for child in node for value in values_of(key, child)] if isinstance(node, list) else []


class Page(unittest.TestCase):
    def test_every_section_of_the_schema_and_no_other(self):
        self.assertEqual(first_column(section("Sections")), list(SCHEMA["properties"]))

    def test_every_way_to_compare_and_no_other(self):
        self.assertEqual(set(first_column(section("How two snapshots are compared"))),
                         set(values_of("x-compare", SCHEMA)))

    def test_the_words_of_closed_sets(self):
        evidence = SCHEMA["properties"]["evidence"]["additionalProperties"]["properties"]["kind"]["enum"]
        probes = SCHEMA["properties"]["probes"]["anyOf"][0]["items"]["properties"]["result"]["enum"]
        for title, words in (("Evidence and gaps", evidence), ("Probes", probes),
                             ("Sections", SCHEMA["properties"]["vantage"]["enum"])):
            for word in words:
                self.assertIn(f"`{word}`", section(title))

    def test_every_fact_a_path_names_exists(self):
        for path in re.findall(r"`([a-z]+)\.([A-Za-z]+)[.`]", section("Paths")):
            node = SCHEMA["properties"][path[0]]
            if "properties" in node and path[0] != "seccomp":  # its verdicts are named by architecture
                self.assertIn(path[1], node["properties"], path)

    def test_the_version(self):
        self.assertIn(f"`{SCHEMA['properties']['schema']['const']}`", PAGE)

    def test_the_worked_example_is_valid(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        example = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])
        verdicts = SCHEMA["properties"]["seccomp"]["properties"]["verdicts"]
        errors = list(jsonschema.Draft202012Validator(verdicts).iter_errors(example))
        self.assertEqual(errors, [])
        example["x86_64"]["calls"]["clone"]["cases"][0]["action"] = "permit"
        self.assertNotEqual(list(jsonschema.Draft202012Validator(verdicts).iter_errors(example)), [])


if __name__ == "__main__":
    sys.exit(unittest.main())
