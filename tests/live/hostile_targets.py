#!/usr/bin/env python3
"""Processes that make life hard for whoever inspects them. `hostile_targets.py KIND` becomes one, prints the pid to
inspect once it is as promised, and stays until its standard input ends; everything it made goes with it."""

import contextlib
import ctypes
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWPID, CLONE_NEWIPC = 0x20000, 0x4000000, 0x20000000, 0x8000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
PR_SET_NAME, PR_SET_SECCOMP, PR_SET_PDEATHSIG = 15, 22, 1
PTRACE_SEIZE = 0x4206
SYS_EXIT = 60  # of x86_64: ends one thread, where os._exit ends all

MANY = 10000
# Colours, a window title, a line of its own, a bell, a carriage return, text turned round, a C1 control, bytes that
# are no UTF-8, what Mermaid, Markdown and HTML would take for their own, and a mountinfo field that ends early.
NAMES = [b"\x1b[31mred", b"\x1b]0;owned\x07", b"one\ntwo", b"bell\x07", b"back\rover", "turned \u202e round".encode(),
         b"c1\xc2\x9b31m", b"bytes\xff\xfe", b"%%{init: {}}%%", b"<img src=x onerror=alert(1)>", b"| cell | `code` $$",
         b"a - proc proc rw", b"back\\slash\\040", b"x" * 200]
COMM = b"\x1b[2J\nPid:\t1"  # 15 bytes at most; as if the status went on with lines of its own
HOSTNAME = b"\x1b]2;host\x07\n\xff"


def check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def unshare(flags):
    check(LIBC.unshare(flags), "unshare")


def mount(source, target, kind=None, flags=0):
    check(LIBC.mount(source, target, kind, flags, None), f"mount {target!r}")


def own_mounts():
    unshare(CLONE_NEWNS)
    mount(b"none", b"/", None, MS_REC | MS_PRIVATE)


def ready(pid=None):
    print(os.getpid() if pid is None else pid, flush=True)


def stay():
    sys.stdin.read()


def scratch():
    """A tmpfs that only this mount namespace has."""
    folder = os.fsencode(tempfile.mkdtemp(prefix="bulkhead-hostile-"))
    mount(b"tmpfs", folder, b"tmpfs")
    return folder


def many_mounts():
    folder = scratch()
    place = folder + b"/place"
    os.mkdir(place)
    for _ in range(MANY):  # each over the one before: a stack, the hardest tree there is
        mount(folder, place, None, MS_BIND)
    ready()
    stay()
    os.chdir("/")
    LIBC.umount2(folder, 2)
    os.rmdir(folder)


def wide_mounts():
    folder = scratch()
    os.mkdir(folder + b"/source")
    for number in range(MANY):
        place = folder + b"/m%d" % number
        os.mkdir(place)
        mount(folder + b"/source", place, None, MS_BIND)
    ready()
    stay()
    LIBC.umount2(folder, 2)
    os.rmdir(folder)


def names():
    unshare(CLONE_NEWUTS)
    check(LIBC.sethostname(HOSTNAME, len(HOSTNAME)), "sethostname")
    folder = scratch()
    for name in NAMES:
        place = folder + b"/" + name.replace(b"/", b"_")
        os.mkdir(place)
        mount(name, place, b"tmpfs")
    LIBC.prctl(PR_SET_NAME, COMM, 0, 0, 0)
    ready()
    stay()
    LIBC.umount2(folder, 2)
    os.rmdir(folder)


def churn():
    """Init of a pid namespace whose children, and theirs, come and go as fast as they can."""
    unshare(CLONE_NEWPID | CLONE_NEWIPC)
    reader, writer = os.pipe()
    init = os.fork()
    if init == 0:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        os.write(writer, b"r")
        while True:
            child = os.fork()
            if child == 0:
                if os.fork() == 0:
                    os._exit(0)
                os._exit(0)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)
    os.read(reader, 1)
    ready(init)
    stay()
    os.kill(init, signal.SIGKILL)
    os.waitpid(init, 0)


def relay():
    """A process that forks its successor and is gone: whoever is named has left when it is looked at."""
    unshare(CLONE_NEWPID)
    reader, writer = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        if os.fork() == 0:
            while True:
                if os.fork() != 0:
                    os._exit(0)
                time.sleep(0.002)
        os.write(writer, b"r")
        while True:
            time.sleep(1)
    os.read(reader, 1)
    ready(keeper)
    stay()
    os.kill(keeper, signal.SIGKILL)
    os.waitpid(keeper, 0)


def reuse():
    """In a pid namespace whose numbers are few, two families of short lives: whoever has a number now, another one of
    the other family has it soon. What is written on standard input, words of a command, is run in there."""
    unshare(CLONE_NEWPID)
    init = os.fork()
    if init:
        _, status = os.waitpid(init, 0)
        sys.exit(os.waitstatus_to_exitcode(status))
    mount(b"proc", b"/proc", b"proc")
    Path("/proc/sys/kernel/pid_max").write_text("345")  # of this namespace alone, since Linux 6.14; 300 are reserved
    for family in (1, 2):
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            Path("/proc/self/oom_score_adj").write_text(str(family * 100))
            resource.setrlimit(resource.RLIMIT_CORE, (family, family))
            os.setresgid(family + 1000, family + 1000, family + 1000)
            os.setresuid(family + 1000, family + 1000, family + 1000)
            while True:
                with contextlib.suppress(BlockingIOError):
                    if os.fork() == 0:
                        time.sleep(0.4)
                        os._exit(0)
                time.sleep(0.03)
    done = subprocess.run(json.loads(sys.stdin.readline()), check=False)
    os._exit(done.returncode)


def held(before):
    """A process that another tracer holds, which is not us; `before` is what it does first."""
    child = os.fork()
    if child == 0:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        before()
        os.execv("/bin/sleep", ["sleep", "1000"])
    while Path(f"/proc/{child}/comm").read_text() != "sleep\n":
        time.sleep(0.01)
    LIBC.ptrace.argtypes = [ctypes.c_long] * 4
    check(LIBC.ptrace(PTRACE_SEIZE, child, 0, 0), "ptrace")
    ready(child)
    stay()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def traced():
    held(lambda: None)


def traced_filtered():
    held(lambda: stack_filters(1))


def sandboxed(run):
    """Init of a pid namespace, which becomes what `run` makes of it, and then says so by the pipe it is given."""
    unshare(CLONE_NEWPID)
    reader, writer = os.pipe()
    init = os.fork()
    if init == 0:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        run(writer)
    os.read(reader, 1)
    ready(init)
    stay()
    os.kill(init, signal.SIGKILL)
    os.waitpid(init, 0)


def leaderless():
    """A process whose main thread has ended, while another runs on: a zombie to whoever looks at its state alone."""
    def run(writer):
        def live():
            while Path(f"/proc/thread-self/../{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                time.sleep(0.01)
            os.write(writer, b"r")
            time.sleep(1000)

        number = os.readlink("/proc/thread-self").rpartition("/")[2]  # the host's /proc stays: its numbers
        stack_filters(1)
        threading.Thread(target=live).start()
        LIBC.syscall(SYS_EXIT, 0)

    sandboxed(run)


def uneven():
    """The main thread has a filter more than the other, which is the wider of the two."""
    def run(writer):
        stack_filters(1)
        threading.Thread(target=time.sleep, args=(1000,)).start()
        stack_filters(1)
        os.write(writer, b"r")
        time.sleep(1000)

    sandboxed(run)


def many_groups():
    """65,536 supplementary groups of ten digits each, the most there are (NGROUPS_MAX): a status of 720 KB."""
    def run(writer):
        check(LIBC.setgroups(65536, (ctypes.c_uint32 * 65536)(*range(3000000000, 3000065536))), "setgroups")
        os.write(writer, b"r")
        time.sleep(1000)

    sandboxed(run)


def filters():
    """32 filters on top of each other, each a little longer than the one before; all allow."""
    os.environ.clear()
    stack_filters(32)
    ready()
    stay()


def stack_filters(count):
    check(LIBC.prctl(38, 1, 0, 0, 0), "no_new_privs")
    for number in range(count):
        load = struct.pack("HBBI", 0x20, 0, 0, 0)  # ld [nr]
        allow = struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000)
        program = load * (number + 1) + allow
        buffer = ctypes.create_string_buffer(program, len(program))
        fprog = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
        check(LIBC.prctl(PR_SET_SECCOMP, 2, fprog, 0, 0), "seccomp")


def zombie():
    child = os.fork()
    if child == 0:
        os._exit(0)
    while Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)
    ready(child)
    stay()
    os.waitpid(child, 0)


def frozen(group, file, freeze, thaw, told, expected):
    os.makedirs(group)
    child = subprocess.Popen(["sleep", "1000"])
    try:
        Path(group, "cgroup.procs").write_text(str(child.pid))
        Path(group, file).write_text(freeze)
        while expected not in Path(group, told).read_text():
            time.sleep(0.01)
        ready(child.pid)
        stay()
    finally:
        Path(group, file).write_text(thaw)
        child.kill()
        child.wait()
        os.rmdir(group)


def frozen_v1():
    frozen(f"/sys/fs/cgroup/freezer/bulkhead-hostile-{os.getpid()}", "freezer.state", "FROZEN", "THAWED",
           "freezer.state", "FROZEN")


def unified():
    return next((line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()
                 if line.split()[2] == "cgroup2"), None)


def frozen_v2():
    frozen(f"{unified()}/bulkhead-hostile-{os.getpid()}", "cgroup.freeze", "1", "0", "cgroup.events", "frozen 1")


KINDS = {kind.__name__: kind for kind in (many_mounts, wide_mounts, names, churn, relay, reuse, leaderless, uneven,
                                          many_groups, traced, traced_filtered, filters, zombie, frozen_v1,
                                          frozen_v2)}

if __name__ == "__main__":
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    own_mounts()  # what others mount meanwhile is not the target's
    KINDS[sys.argv[1]]()
