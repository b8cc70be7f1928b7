#!/usr/bin/env python3
"""Images that Docker and Podman save, against the containers they run: what a document becomes with its image at hand
(`--image`) is what the kernel holds for a container of that image."""

import json
import os
import subprocess
import unittest

import engines

BULKHEAD = os.environ["BULKHEAD"]
KEY = "-----BEGIN PRIVATE KEY-----\n" + "M" * 64 + "\n-----END PRIVATE KEY-----\n"
SAVED = {"docker": [[]], "podman": [["--format", "oci-archive"], ["--format", "docker-archive"]]}


def inspected(engine, *words):
    name, socket = engines.serve(engine)
    done = subprocess.run([BULKHEAD, "inspect", *map(str, words), "--format", "json"], capture_output=True, timeout=120,
                          check=False, env={**os.environ, name: socket})
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def make_image(engine):
    """An image with a user of its own, who is in a group more, a program with privileges, and a key."""
    tree = engines.root_filesystem(engine.folder / "web")
    with open(tree / "etc/passwd", "a", encoding="utf-8") as passwd:
        passwd.write("web:x:70:71::/:/bin/sh\n")
    with open(tree / "etc/group", "a", encoding="utf-8") as group:
        group.write("web:x:71:\nmail:x:8:web\n")
    (tree / "bin/su-of-web").write_bytes(b"#!/bin/sh\n")
    os.chmod(tree / "bin/su-of-web", 0o4755)
    (tree / "root/key.pem").write_text(KEY)
    archive = engine.folder / "web.tar"
    engines.tell("tar", "-C", tree, "-cf", archive, ".")
    engine.call("import", "--change", "USER web", "--change", "VOLUME /data", "--change", "ENV API_TOKEN=hidden-value",
                archive, "localhost/web:1")


class Saved(unittest.TestCase):
    def hold(self, engine, saved):
        image = inspected(engine, f"image:{saved}")
        self.assertEqual(image["image"]["user"], "web")
        self.assertEqual(image["image"]["secretEnv"], ["API_TOKEN"])
        self.assertEqual(image["image"]["findings"], [
            "setuid, owner 0: /bin/su-of-web, layer 1", "secret: private key /root/key.pem, layer 1"])
        self.assertNotIn("hidden-value", json.dumps(image))

        container = engine.run("sleep", "1000", image="localhost/web:1")
        enforced = inspected(engine, f"{engine.name}:{container.id}", "--vantage", "enforced")
        document = f"run:{engine.name} run --net none localhost/web:1 sleep 1000"
        alone = inspected(engine, document)
        self.assertIsNone(alone["identity"]["uid"])
        self.assertTrue(any("--image" in gap["needs"] for gap in alone["gaps"]), alone["gaps"])
        declared = inspected(engine, document, "--image", f"localhost/web:1={saved}")
        for fact in ("uid", "gid", "groups"):
            self.assertEqual(declared["identity"][fact], enforced["identity"][fact], fact)
        for fact in ("effective", "permitted", "bounding"):
            self.assertEqual(declared["capabilities"][fact], enforced["capabilities"][fact], fact)
        for snapshot in (declared, enforced):
            self.assertIn("/data", [mount["target"] for mount in snapshot["mounts"]])
        self.assertEqual(declared["image"]["findings"], image["image"]["findings"])

    def test_what_engines_save(self):
        with engines.each() as all_of_them:
            for engine in all_of_them:
                make_image(engine)
                for number, options in enumerate(SAVED[engine.name]):
                    saved = engine.folder / f"saved-{number}.tar"
                    engine.call("save", *options, "-o", saved, "localhost/web:1")
                    with self.subTest(engine=engine.name, saved=options):
                        self.hold(engine, saved)


if __name__ == "__main__":
    engines.main()
