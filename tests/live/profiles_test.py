"""Profiles as bulkhead compiles them, against the filters that runtimes really install from them.

The part that libseccomp writes must be equal byte for byte. runc's stub before it has its architectures in the order
of a hash table, so of the stub every answer is compared: all architectures, all numbers, by an interpreter of its own.
"""

import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest
import uuid
from pathlib import Path

import engines

TOOL = os.environ["FILTER_TOOL"]
ARCHES = (0xC000003E, 0x40000003, 0xC00000B7, 0)
NUMBERS = [*range(1100), *(0x40000000 + number for number in range(1100)), 0x3FFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


TRIED = ("personality", "kcmp", "ptrace", "acct", "swapon")


def allowed_by_podman():
    rules = json.loads(Path("tests/fixtures/seccomp/podman-4.3.json").read_text())["syscalls"]
    return max((rule["names"] for rule in rules), key=len)


def tool(*words):
    return engines.tell(TOOL, *words).split()


def instructions(text):
    return list(struct.iter_unpack("<HBBI", bytes.fromhex(text)))


def stub_answer(stub, arch, number):
    """What the stub returns, or "profile" where it hands over to what stands behind it."""
    at, value = 0, 0
    while at < len(stub):
        code, yes, no, k = stub[at]
        at += 1
        if code == 0x20:
            value = {0: number, 4: arch}[k]
        elif code == 0x05:
            at += k
        elif code in (0x15, 0x25, 0x45):
            at += yes if {0x15: value == k, 0x25: value > k, 0x45: value & k != 0}[code] else no
        elif code == 0x06:
            return k
        else:
            raise AssertionError(f"code {code:#x} in a stub")
    return "profile"


def bounding(pid):
    line = re.search(r"^CapBnd:\s*(\w+)", Path(f"/proc/{pid}/status").read_text(), re.M)[1]
    return engines.tell("capsh", f"--decode={line}").partition("=")[2].upper()


class Profiles(unittest.TestCase):
    def expect_installed(self, pid, predicted, alone):
        """`predicted` as the runtime would install it, `alone` without what runc adds."""
        installed = tool("live", pid)
        self.assertEqual(len(installed), 1)
        self.assertTrue(predicted.endswith(alone))
        self.assertTrue(installed[0].endswith(alone), "what libseccomp writes is another program")
        ours, theirs = (instructions(text[: len(text) - len(alone)]) for text in (predicted, installed[0]))
        self.assertEqual(len(ours), len(theirs))
        for arch in ARCHES:
            for number in NUMBERS:
                self.assertEqual(stub_answer(ours, arch, number), stub_answer(theirs, arch, number), (arch, number))
        return len(theirs)

    def expect_profile(self, pid, file, runtime="runc"):
        names = bounding(pid)
        return self.expect_installed(
            pid, tool("profile", file, runtime, names)[0], tool("profile", file, "crun", names)[0])

    def test_docker_default_from_the_configuration_it_writes(self):
        with engines.docker() as docker:
            for options in ([], ["--cap-add", "SYS_ADMIN", "--cap-drop", "CHOWN"]):
                container = docker.run("sleep", "1000", options=options)
                config = next(docker.folder.glob(f"exec/**/{container.id}/config.json"), None) or next(
                    docker.folder.glob(f"**/{container.id}/config.json"))
                self.assertGreater(self.expect_profile(container.pid, config), 0)

    def test_a_profile_given_to_docker(self):
        # No defaultErrnoRet: Docker 20.10 drops it without a word (found in the configuration it wrote for runc).
        profile = {
            "defaultAction": "SCMP_ACT_ERRNO",
            "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]}],
            "syscalls": [
                {"names": [name for name in allowed_by_podman() if name not in TRIED], "action": "SCMP_ACT_ALLOW"},
                {"names": ["arch_prctl"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd64"]}},
                {"names": ["personality"], "action": "SCMP_ACT_TRAP",
                 "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]},
                {"names": ["kcmp"], "action": "SCMP_ACT_LOG", "includes": {"caps": ["CAP_SYS_PTRACE"]}},
                {"names": ["kcmp"], "action": "SCMP_ACT_KILL_PROCESS", "excludes": {"caps": ["CAP_SYS_PTRACE"]}},
                {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}},
                {"names": ["acct"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "99.0"}},
                {"names": ["swapon"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5,
                 "args": [{"index": 1, "value": 0xFF00000000, "valueTwo": 0x100000000, "op": "SCMP_CMP_MASKED_EQ"},
                          {"index": 2, "value": 7, "op": "SCMP_CMP_GE"}]},
            ],
        }
        with engines.docker() as docker:
            file = docker.folder / "profile.json"
            file.write_text(json.dumps(profile))
            for options in ([], ["--cap-add", "SYS_PTRACE"]):
                container = docker.run("sleep", "1000", options=["--security-opt", f"seccomp={file}", *options])
                self.expect_profile(container.pid, file)

    def test_podman_default_from_its_own_file(self):
        with engines.podman() as podman:
            for options in ([], ["--cap-add", "SYS_ADMIN,SYS_TIME"]):
                container = podman.run("sleep", "1000", options=options)
                self.expect_profile(container.pid, "/usr/share/containers/seccomp.json")

    def run_bundle(self, runtime, seccomp):
        folder = Path(tempfile.mkdtemp(prefix="bulkhead-profiles-"))
        self.addCleanup(shutil.rmtree, folder, True)
        engines.root_filesystem(folder / "rootfs")
        engines.tell(runtime, "spec", cwd=folder)
        config = json.loads((folder / "config.json").read_text())
        config["process"].update(args=["sleep", "1000"], terminal=False)
        config["process"].pop("rlimits", None)
        config["linux"]["seccomp"] = seccomp
        config["linux"]["cgroupsPath"] = f"/bulkhead-profiles-{uuid.uuid4().hex[:8]}"
        (folder / "config.json").write_text(json.dumps(config))
        name = f"bulkhead-{uuid.uuid4().hex[:8]}"
        state = folder / "state"
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen([runtime, "--root", state, "run", "--bundle", folder, name],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)

        def end():
            subprocess.run([runtime, "--root", state, "delete", "-f", name], capture_output=True, check=False)
            process.wait(timeout=30)

        self.addCleanup(end)

        def pid():
            if process.poll() is not None:
                raise RuntimeError((folder / "log").read_text(errors="replace"))
            done = subprocess.run([runtime, "--root", state, "state", name], capture_output=True, check=False)
            found = json.loads(done.stdout)["pid"] if done.returncode == 0 else 0
            return found and Path(f"/proc/{found}/comm").read_text() == "sleep\n" and found

        return folder / "config.json", engines.wait_until(pid, what=f"{runtime}'s container")

    STRICT = {
        "defaultAction": "SCMP_ACT_KILL_PROCESS",
        "architectures": ["SCMP_ARCH_X86_64"],
        "syscalls": [
            {"names": ["execve", "exit", "exit_group", "brk", "arch_prctl", "mmap", "munmap", "mprotect", "getuid", "setuid",
                       "setgid", "getgid", "set_tid_address", "nanosleep", "clock_nanosleep", "rt_sigreturn", "write",
                       "read", "close", "fcntl", "fstat", "fstatfs", "statfs", "getpid", "gettid", "futex", "prctl",
                       "capset", "capget", "setgroups", "chdir", "getppid", "openat", "newfstatat", "epoll_ctl",
                       "epoll_pwait", "rt_sigaction", "rt_sigprocmask", "sigaltstack", "getdents64", "pread64", "madvise",
                       "readlinkat", "uname", "prlimit64", "set_robust_list", "rseq", "getrandom", "sched_yield",
                       "lseek", "fchdir", "dup3", "setsid", "ioctl", "tgkill", "sched_getaffinity", "nosuchcall",
                       "setresuid", "setresgid", "close_range", "open", "stat", "access", "umask", "socket", "connect",
                       "sendto", "sendmsg", "readlink", "poll", "time", "seccomp", "faccessat", "faccessat2", "openat2",
                       "fchown", "keyctl", "dup2", "setgroups32", "unlinkat"],
             "action": "SCMP_ACT_ALLOW"},
            {"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1},
        ],
    }

    def test_a_strict_profile_under_runc_and_crun(self):
        for runtime in ("runc", "crun"):
            try:
                config, pid = self.run_bundle(runtime, self.STRICT)
            except RuntimeError as refusal:
                if runtime == "crun" and "hybrid" in str(refusal):
                    print(f"crun is not tried: {refusal}")  # it has no way round it
                    continue
                raise
            stub = self.expect_profile(pid, config, runtime)
            self.assertEqual(stub > 0, runtime == "runc")
            self.assertEqual(tool("unknown", config), ["nosuchcall"])

    def test_a_profile_that_allows_by_default_has_no_stub(self):
        config, pid = self.run_bundle("runc", {
            "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
            "syscalls": [{"names": ["mount", "ptrace"], "action": "SCMP_ACT_ERRNO"}]})
        self.assertEqual(self.expect_profile(pid, config), 0)


if __name__ == "__main__":
    engines.main(needs=("docker", "podman"))
