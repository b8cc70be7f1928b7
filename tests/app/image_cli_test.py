#!/usr/bin/env python3
"""Images as references: an OCI layout made by tar and hashlib as the image specification says, no engine needed."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

PROGRAM = str(Path(sys.argv.pop(1)).resolve())
KEY = "-----BEGIN PRIVATE KEY-----\n" + "M" * 64 + "\n-----END PRIVATE KEY-----\n"


class Layout:
    """An image of layers, each a function that fills a folder."""

    def __init__(self, folder, config, *layers):
        self.folder = Path(folder)
        (self.folder / "blobs/sha256").mkdir(parents=True)
        digests = [self.layer(fill) for fill in layers]
        config = {"architecture": "amd64", "os": "linux", "config": config,
                  "rootfs": {"type": "layers", "diff_ids": digests}}
        manifest = {"schemaVersion": 2, "config": {"digest": self.blob(json.dumps(config).encode())},
                    "layers": [{"digest": digest} for digest in digests]}
        self.digest = self.blob(json.dumps(manifest).encode())
        (self.folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        (self.folder / "index.json").write_text(json.dumps({"manifests": [{"digest": self.digest}]}))

    def blob(self, content):
        name = hashlib.sha256(content).hexdigest()
        (self.folder / "blobs/sha256" / name).write_bytes(content)
        return "sha256:" + name

    def layer(self, fill):
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder))
            archive = Path(folder + ".tar")
            with tarfile.open(archive, "w") as tar:
                tar.add(folder, arcname=".")
            content = archive.read_bytes()
            archive.unlink()
            return self.blob(content)


def base(root):
    (root / "etc").mkdir()
    (root / "bin").mkdir()
    (root / "root").mkdir()
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nweb:x:70:71::/:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\nweb:x:71:\nmail:x:8:web\n")
    (root / "bin/su").write_text("")
    os.chmod(root / "bin/su", 0o4755)
    (root / "root/key.pem").write_text(KEY)


def cleaned(root):
    (root / "root").mkdir()
    (root / "root/.wh.key.pem").write_text("")


class ImageReferences(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bulkhead-image-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.image = Layout(
            self.folder / "web", {"User": "web", "Env": ["PATH=/bin", "API_TOKEN=hidden-value"]}, base, cleaned)

    def run_it(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd=self.folder, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def inspected(self, *arguments):
        return json.loads(self.run_it("inspect", *arguments, "--format", "json"))

    def test_what_the_layers_hold(self):
        text = self.run_it("inspect", "image:web", "--format", "json")
        image = json.loads(text)["image"]
        self.assertEqual(image["user"], "web")
        self.assertEqual(image["digest"], self.image.digest)
        self.assertEqual(image["secretEnv"], ["API_TOKEN"])
        self.assertEqual(len(image["layers"]), 2)
        self.assertEqual(image["findings"], [
            "setuid, owner 0: /bin/su, layer 1",
            "secret: private key /root/key.pem, layer 1, deleted or replaced in layer 2"])
        self.assertNotIn("hidden-value", text)
        self.assertNotIn("MMMM", text)

    def test_the_archive_says_the_same(self):
        subprocess.run(["tar", "-czf", "web.tar.gz", "-C", "web", "."], cwd=self.folder, check=True)
        self.assertEqual(self.inspected("image:web.tar.gz")["image"], self.inspected("image:web")["image"])

    def test_a_damaged_layer_is_a_gap(self):
        layers = json.loads(self.run_it("inspect", "image:web", "--format", "json"))["image"]["layers"]
        with open(self.folder / "web/blobs/sha256" / layers[0].removeprefix("sha256:"), "ab") as blob:
            blob.write(b"x")
        snapshot = self.inspected("image:web")
        self.assertIsNone(snapshot["image"]["findings"])
        gap = next(gap for gap in snapshot["gaps"] if gap["path"] == "image.findings")
        self.assertIn("its content is another than its digest says", gap["reason"])

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def test_a_document_with_its_image(self):
        compose = self.write("compose.yaml", "services:\n  app:\n    image: web\n    environment: [DB_PASSWORD=x]\n")
        alone = self.inspected(compose)
        self.assertIsNone(alone["identity"]["uid"])
        self.assertIn("--image NAME=PATH", next(g for g in alone["gaps"] if g["path"] == "identity.uid")["needs"])
        known = self.inspected(compose, "--image", "docker.io/library/web:latest=web")
        self.assertEqual((known["identity"]["uid"]["effective"], known["identity"]["gid"]["effective"]), (70, 71))
        self.assertEqual(known["identity"]["groups"], [8, 71])
        self.assertEqual(known["capabilities"]["effective"], [])
        self.assertEqual(known["image"]["secretEnv"], ["API_TOKEN", "DB_PASSWORD"])
        self.assertEqual(known["image"]["findings"], self.inspected("image:web")["image"]["findings"])
        self.assertEqual(known["subject"]["image"], {"ref": "web", "digest": self.image.digest})
        self.assertTrue(known["image"]["tagMutable"])

    def test_every_verb_that_takes_documents_takes_images(self):
        pod = self.write("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"
                         "  containers:\n  - {name: c, image: web}\n")
        line = self.write("run.sh", "docker run web\n")
        image = ("--image", "web=web")
        difference = json.loads(self.run_it("diff", line, "run:docker run --user 0 web", *image, "--format", "json"))
        uid = [c for c in difference["changes"] if c["path"].startswith("identity.uid")]
        self.assertTrue(uid and uid[0]["direction"] != "unknown", difference["changes"])
        without = json.loads(self.run_it("diff", line, "run:docker run --user 0 web", "--format", "json"))
        self.assertNotEqual(difference["changes"], without["changes"])
        self.run_it("report", line, *image, "--out", "report.md")
        self.assertIn("uid 70", (self.folder / "report.md").read_text())
        self.run_it("paths", pod, *image)
        decisions = json.loads(subprocess.run(
            [PROGRAM, "check", line, *image, "--policy", "cis-docker", "--format", "json"], capture_output=True,
            text=True, cwd=self.folder, check=False).stdout)["decisions"]
        self.assertTrue(decisions)

    def test_what_the_image_holds_is_told_where_one_execve_decides(self):
        line = self.write("run.sh", "docker run --user 70 --cap-add SYS_ADMIN --security-opt seccomp=unconfined web\n")
        self.assertIn("whether the image has one is not known", " ".join(self.run_it("paths", line).split()))
        known = " ".join(self.run_it("paths", line, "--image", "web=web").split())
        self.assertIn("the image has such programs", known)
        self.assertNotIn("whether the image has one", known)

    def test_wrong_images_are_named(self):
        line = self.write("run.sh", "docker run web\n")
        self.assertIn("--image web: expected NAME=PATH, as in --image nginx=nginx.tar",
                      self.run_it("inspect", line, "--image", "web", code=2))
        self.assertIn("no such file or folder", self.run_it("inspect", line, "--image", "web=gone.tar", code=3))
        self.assertIn("is given twice", self.run_it("inspect", line, "--image", "web=web", "--image", "web:latest=web", code=3))
        done = subprocess.run([PROGRAM, "inspect", line, "--image", "wbe=web"], capture_output=True, text=True,
                              cwd=self.folder, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn("--image wbe: no document names this image; they name web", done.stderr)

    def test_help_has_an_example(self):
        for verb in ("inspect", "diff", "paths", "check", "report"):
            self.assertIn("--image nginx=nginx.tar", " ".join(self.run_it(verb, "--help").split()))


if __name__ == "__main__":
    unittest.main()
