"""What a document declares of a container, held against the kernel's account of the process."""

import json
import os
import subprocess
from pathlib import Path

BULKHEAD = Path(os.environ.get("BULKHEAD", "build/release/bin/bulkhead"))


def text(*words):
    done = subprocess.run([BULKHEAD, *map(str, words)], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise AssertionError(f"bulkhead {words}: {done.stderr}")
    return done.stdout


def bulkhead(*words):
    return json.loads(text(*words))


def contradictions(folder, document, engine, pid):
    """Of the document, resolved for this engine, against the process: both accounts in one file are one subject."""
    file = folder / "document.json"
    file.write_text(json.dumps(document))
    declared = bulkhead("inspect", file, "--as", engine, "--format", "json")
    enforced = bulkhead("inspect", f"pid:{pid}", "--format", "json")
    for snapshot in (declared, enforced):
        snapshot["captureId"], snapshot["subject"]["name"] = "one", "x"
    both = folder / "both.json"
    both.write_text(json.dumps([declared, enforced]))
    if declared["config"]["notUnderstood"]:
        raise AssertionError(f"not understood: {declared['config']['notUnderstood']}")
    return bulkhead("contradictions", both, "--format", "json")["contradictions"]


def described(contradiction):
    return f"{contradiction['path']}: declared {contradiction['declared']}, enforced {contradiction['enforced']}"
