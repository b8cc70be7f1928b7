"""Docker and Podman for live tests: an engine of its own, private to the test, that leaves nothing behind.

    import engines

    with engines.docker() as docker:              # or engines.podman(), or engines.each() for all that are here
        container = docker.run("sleep", "1000", options=["--cap-drop", "ALL"], name="worker")
        container.pid, container.id, container.name, container.inspect()
        docker.call("exec", container.id, "true")  # any other command of the engine's own client; its output is returned
        docker.socket                              # Docker's API (None for Podman until engines.serve(podman))

Data, sockets and logs live in a temporary folder; the image `busybox` is made of this machine's static busybox, so
no registry and no network is needed. Containers have no network unless `options` names one. At the end every
container is removed and the engine's processes, mounts and control groups are gone; `tests/live/engines_test.py` holds that.

A test script ends with `engines.main(needs=("docker",))` instead of `unittest.main()`: where an engine is missing it
skips with the reason (exit code 77), or fails where BULKHEAD_REQUIRE_ENGINES=1.
"""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

IMAGE = "busybox"
PROGRAMS = {
    "docker": ("dockerd", "docker", "containerd", "runc"),
    "podman": ("podman", "conmon", "runc"),
    "runc": ("runc",),
    "containerd": ("containerd", "containerd-shim-runc-v2", "ctr", "runc"),
}
CGROUPS = {"docker": "docker", "podman": "libpod_parent"}  # what an engine makes and never removes


def missing(engine):
    """Why `engine` cannot run here, or "" where it can."""
    if os.geteuid() != 0:
        return "root is needed"
    absent = [program for program in PROGRAMS[engine] if not shutil.which(program)]
    absent += [] if Path("/bin/busybox").exists() else ["busybox"]
    return f"{engine}: {', '.join(absent)} is not installed; packaging/bootstrap packages" if absent else ""


def required():
    return os.environ.get("BULKHEAD_REQUIRE_ENGINES") == "1"


def main(needs=("docker", "podman")):
    """unittest.main for a script that needs these engines."""
    why = [text for text in map(missing, needs) if text]
    if why:
        print("missing:" if required() else "skipped:", "; ".join(why), file=sys.stderr)
        raise SystemExit(1 if required() else 77)
    unittest.main()


def tell(*command, timeout=60, **options):
    """The output of a command that must succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, timeout=timeout, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode(errors="replace").strip()


def root_filesystem(folder):
    """A tree with busybox and every name it answers to, fit for `docker import` or as the root of an OCI bundle."""
    folder = Path(folder)
    for name in ("bin", "etc", "tmp", "root", "dev", "proc", "sys", "var/tmp", "run", "home"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "tmp").chmod(0o1777)
    shutil.copy("/bin/busybox", folder / "bin/busybox")
    for name in tell("/bin/busybox", "--list").split():
        if name != "busybox":
            (folder / "bin" / name).symlink_to("busybox")
    (folder / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n")
    (folder / "etc/group").write_text("root:x:0:\nnogroup:x:65534:\n")
    return folder


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(condition, seconds=30, what="the condition"):
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.05)
    return value


class Container:
    """A running container: what the engine calls it and where it is."""

    def __init__(self, engine, identifier):
        self.engine, self.id = engine, identifier
        state = self.inspect()
        self.pid, self.name = state["State"]["Pid"], state["Name"].lstrip("/")

    def inspect(self):
        return json.loads(self.engine.call("inspect", self.id))[0]

    def remove(self):
        self.engine.call("rm", *self.engine.force, self.id)


def end_with_parent():
    """In a daemon to be: SIGTERM should this process die, however it does (PR_SET_PDEATHSIG(2const))."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Engine:
    """One engine with folders of its own. `call` is its client, `run` launches a container that stays."""

    def __init__(self, name, folder):
        self.name, self.folder, self.socket, self.daemons = name, Path(folder), None, []
        self.defaults, self.force = ["--net", "none"], ["-f"]

    def call(self, *words, timeout=60, **options):
        return tell(*self.client, *words, timeout=timeout, **options)

    def run(self, *command, options=(), name=None, image=IMAGE):
        named = ["--name", name] if name else []
        networks = [word for word in options if str(word).startswith(("--net", "--network"))]
        defaults = [word for word in self.defaults if not (networks and word in ("--net", "none"))]
        identifier = self.call("run", "-d", *named, *defaults, *options, image, *command).splitlines()[-1]
        return Container(self, identifier)

    def import_image(self):
        tree = root_filesystem(self.folder / "tree")
        archive = self.folder / "tree.tar"
        tell("tar", "-C", tree, "-cf", archive, ".")
        self.call("import", archive, IMAGE)

    def daemon(self, *command):
        log = open(self.folder / f"{command[0]}.log", "wb")
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True, preexec_fn=end_with_parent)
        log.close()
        self.daemons.append(process)
        return process

    def log(self):
        return "\n".join(file.read_text(errors="replace")[-2000:] for file in self.folder.glob("*.log"))

    def remove_containers(self):
        for identifier in self.call("ps", "-aq").split():
            with contextlib.suppress(RuntimeError):
                self.call("rm", *self.force, identifier)

    def close(self):
        with contextlib.suppress(RuntimeError, subprocess.TimeoutExpired):
            self.remove_containers()
        for process in reversed(self.daemons):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        end_monitors(self.folder)
        unmount_below(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        left = [*processes_naming(self.folder), *([self.folder] if self.folder.exists() else [])]
        if left:
            raise RuntimeError(f"{self.name} left behind: {', '.join(map(str, left))}")


def processes_naming(folder):
    """Processes that have a path below the folder among their arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if f"{folder}/".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


def end_monitors(folder, patience=20):
    """Podman's monitors end a moment after `rm`, by a clean-up of their own. That of a session that was detached waits
    five minutes before it (`--exit-delay`), and its clean-up would then make the folder anew: it is not waited for."""
    end = time.monotonic() + patience
    quiet = 0
    while quiet < 3:  # one look may miss a clean-up whose monitor ends while the list is read
        remaining = processes_naming(folder)
        quiet = 0 if remaining else quiet + 1
        for pid in remaining:
            if time.monotonic() > end or "--exit-delay" in arguments_of(pid):
                for one in (*children_of(pid), pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(one, signal.SIGKILL)
        time.sleep(0.05)


def arguments_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def children_of(pid):
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def unmount_below(folder):
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    for place in sorted((line.split(" ")[4] for line in lines), reverse=True):
        if place.startswith(f"{folder}/"):
            subprocess.run(["umount", "-l", place], capture_output=True, check=False)


def parents(name):
    """The control groups of every hierarchy that bear the engine's name."""
    return {path for path in (*Path("/sys/fs/cgroup").glob(f"*/{name}"), *Path("/sys/fs/cgroup").glob(name))}


def remove_groups(tops):
    for top in tops:
        for folder, _, _ in os.walk(top, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)


@contextlib.contextmanager
def opened(name, start):
    before = parents(CGROUPS[name])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `finally` is reached
    engine = Engine(name, tempfile.mkdtemp(prefix=f"bulkhead-{name}-"))
    engine.folder.chmod(0o755)
    try:
        start(engine)
        engine.import_image()
        yield engine
    finally:
        engine.close()
        remove_groups(parents(CGROUPS[name]) - before)


def start_docker(engine):
    folder = engine.folder
    engine.socket = folder / "docker.sock"
    engine.client = ["docker", "--config", folder, "-H", f"unix://{engine.socket}"]
    (folder / "daemon.json").write_text("{}")
    engine.daemon("containerd", "--config", "/dev/null", "--root", folder / "containerd", "--state",
                  folder / "containerd-state", "--address", folder / "containerd.sock")
    wait_until((folder / "containerd.sock").exists, what="containerd's socket")
    start_dockerd(engine)


def start_dockerd(engine):
    """Also after the test ended the one before: containerd stays."""
    folder = engine.folder
    daemon = engine.daemon("dockerd", "--config-file", folder / "daemon.json", "--iptables=false",
                           "--ip6tables=false", "--bridge=none", "--storage-driver=vfs", "--containerd",
                           folder / "containerd.sock", "--data-root", folder / "data", "--exec-root", folder / "exec",
                           "-p", folder / "docker.pid", "-H", f"unix://{engine.socket}")

    def answers():
        if daemon.poll() is not None:
            raise RuntimeError(f"dockerd ended with {daemon.returncode}: {engine.log()}")
        return subprocess.run([*map(str, engine.client), "version"], capture_output=True, check=False).returncode == 0

    wait_until(answers, what="dockerd")


def start_podman(engine):
    folder = engine.folder
    engine.client = ["podman", "--cgroup-manager=cgroupfs", "--runtime", shutil.which("runc"), "--root",
                     folder / "data", "--runroot", folder / "run", "--tmpdir", folder / "tmp", "--storage-driver=vfs",
                     "--events-backend=file"]
    # Without CAP_SYS_RESOURCE the limits that Podman asks for may not be raised.
    engine.defaults = ["--net", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
    engine.force = ["-f", "-t", "0"]


def serve(engine):
    """Starts Podman's API, which it has no daemon for; returns the variable that names its socket."""
    if engine.name == "podman" and engine.socket is None:
        engine.socket = engine.folder / "podman.sock"
        engine.daemon(*engine.client, "system", "service", "-t", "0", f"unix://{engine.socket}")
        wait_until(engine.socket.exists, what="Podman's socket")
    return {"docker": "DOCKER_HOST", "podman": "CONTAINER_HOST"}[engine.name], f"unix://{engine.socket}"


def docker():
    return opened("docker", start_docker)


def podman():
    return opened("podman", start_podman)


ORDINARY = 64242  # a user whom no machine has
AS_ORDINARY = """#!/bin/sh
# An ordinary user with ids to give, known to this process and its children alone.
mount --bind {folder}/etc /etc || exit
cd {folder}/home
exec setpriv --reuid={user} --regid={user} --clear-groups --inh-caps=-all \\
    env -i PATH="$PATH" HOME={folder}/home XDG_RUNTIME_DIR={folder}/user "$@"
"""


def make_ordinary(folder):
    """The user's home, and the script that runs a command as that user."""
    shutil.copytree("/etc", folder / "etc", symlinks=True)
    lines = {"passwd": f"u:x:{ORDINARY}:{ORDINARY}::{folder}/home:/bin/sh", "group": f"u:x:{ORDINARY}:",
             "subuid": "u:1000000:65536", "subgid": "u:1000000:65536"}
    for name, line in lines.items():
        with open(folder / "etc" / name, "a") as file:
            file.write(line + "\n")
    for name in ("home", "user"):
        (folder / name).mkdir(mode=0o700)
        os.chown(folder / name, ORDINARY, ORDINARY)
    (folder / "as-ordinary").write_text(AS_ORDINARY.format(folder=folder, user=ORDINARY))


def start_rootless(engine):
    folder = engine.folder
    make_ordinary(folder)
    home = folder / "home"
    engine.client = ["unshare", "--mount", "sh", folder / "as-ordinary", "podman", "--cgroup-manager=cgroupfs",
                     "--runtime", shutil.which("runc"), "--root", home / "data", "--runroot", home / "run", "--tmpdir",
                     home / "tmp", "--storage-driver=vfs", "--events-backend=file"]
    engine.defaults = ["--net", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
    engine.force = ["-f", "-t", "0"]


@contextlib.contextmanager
def rootless_podman():
    """Podman as an ordinary user runs it. The process that holds its namespaces ends with it."""
    try:
        with opened("podman", start_rootless) as engine:
            yield engine
    finally:
        for file in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if f"\nUid:\t{ORDINARY}\t" in file.read_text():
                    os.kill(int(file.parent.name), signal.SIGKILL)


@contextlib.contextmanager
def each(names=("docker", "podman")):
    """All the engines named that are installed here, opened together."""
    with contextlib.ExitStack() as stack:
        openers = {"docker": docker, "podman": podman}
        yield [stack.enter_context(openers[name]()) for name in names if not missing(name)]
