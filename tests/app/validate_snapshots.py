"""Validates snapshot documents against the committed JSON Schema with a validator nobody here wrote."""

import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("SKIPPED: python3-jsonschema is not installed")
    sys.exit(77)


def documents(path):
    loaded = json.loads(path.read_text(encoding="utf-8"))
    return loaded if isinstance(loaded, list) else [loaded]


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    checked = 0
    failures = 0
    for name in sys.argv[2:]:
        for index, document in enumerate(documents(pathlib.Path(name))):
            checked += 1
            for error in validator.iter_errors(document):
                failures += 1
                print(f"{name}[{index}]: {error.json_path}: {error.message[:200]}")
    print(f"{checked} documents, {failures} failures")
    return 1 if failures or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
