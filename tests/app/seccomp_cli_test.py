"""`bulkhead seccomp` as scripts depend on it. What is expected of a program was worked out by hand from its
instructions, numbers of calls by libseccomp's scmp_sys_resolver, ABIs and live filters by asking the kernel.

Usage: seccomp_cli_test.py BULKHEAD
"""

import ctypes
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

BULKHEAD = sys.argv.pop(1)
X86 = os.uname().machine == "x86_64"

# Not x86_64: kill the process. getppid (110): errno 99. personality (135): errno 99 unless the low half of its
# argument is 8. Everything else, x32 included: allow.
FIRST = [
    (0x20, 0, 0, 4), (0x15, 1, 0, 0xC000003E), (0x06, 0, 0, 0x80000000),
    (0x20, 0, 0, 0), (0x15, 3, 0, 110), (0x15, 0, 3, 135),
    (0x20, 0, 0, 16), (0x15, 1, 0, 8), (0x06, 0, 0, 0x00050063), (0x06, 0, 0, 0x7FFF0000)]
# getppid of any ABI that numbers it 110: errno 1.
SECOND = [(0x20, 0, 0, 0), (0x15, 0, 1, 110), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
# nr * arg0 returned: no evaluation can follow it.
DEFIANT = [(0x20, 0, 0, 16), (0x02, 0, 0, 0), (0x20, 0, 0, 24), (0x61, 0, 0, 0), (0x2C, 0, 0, 0), (0x15, 0, 1, 77),
           (0x06, 0, 0, 0x00050007), (0x06, 0, 0, 0x7FFF0000)]
LISTING = """\
 line  code  jt   jf      k
    0: 0x20 0x00 0x00 0x00000000  ld [0]                     ; number
    1: 0x15 0x00 0x01 0x0000006e  jeq #0x6e, 2, 3            ; getppid
    2: 0x06 0x00 0x00 0x00050001  ret #0x50001               ; errno(1)
    3: 0x06 0x00 0x00 0x7fff0000  ret #0x7fff0000            ; allow
"""


def packed(program):
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in program)


def bulkhead(*arguments, text=""):
    clean = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/nonexistent", "COLUMNS": "80"}
    return subprocess.run([BULKHEAD, "seccomp", *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          input=text, env=clean, check=False)


def resolved(call, arch="x86_64"):
    return int(subprocess.run(["scmp_sys_resolver", "-a", arch, call], capture_output=True, text=True, timeout=10,
                              check=True).stdout)


def kernel_runs(code):
    """Whether getpid by these instructions answers as getpid(2) does, asked in a child that may die of it."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        import mmap  # pylint: disable=import-outside-toplevel
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(code + b"\xc3")
        call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
        os._exit(0 if call() == os.getpid() else 1)
    return os.waitpid(child, 0)[1] == 0


class Seccomp(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulkhead-seccomp-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.first = self.write("first.bpf", packed(FIRST))
        self.second = self.write("second.bpf", packed(SECOND))

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return f"bpf:{path}" if name.endswith(".bpf") else str(path)

    def done(self, *arguments, text=""):
        done = bulkhead(*arguments, text=text)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def refused(self, code, message, *arguments, text="", stdout=""):
        done = bulkhead(*arguments, text=text)
        self.assertEqual((done.returncode, done.stdout), (code, stdout), done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(message, done.stderr)

    def test_show(self):
        text = self.done("show", self.first, "--arch", "x86_64")
        for expected in ("  all calls but those below:\n    allow\n", "  errno(99) EADDRNOTAVAIL: 1 call\n    getppid\n",
                         "    personality: allow if arg0 & 0xffffffff == 8; else errno(99)\n",
                         "  run by the kernel without asking any filter:\n    uprobe, uretprobe\n"):
            self.assertIn(expected, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_show_tells_first_the_native_abi_and_which_the_kernel_runs(self):
        if not X86:
            self.skipTest("the ABIs of x86_64")
        heads = [line for line in self.done("show", self.first).splitlines() if line.endswith("left") or " left, " in line]
        self.assertEqual([line.split(":")[0] for line in heads], ["x86_64", "i386", "x32"])
        runs = [True, kernel_runs(b"\xb8\x14\0\0\0\xcd\x80"), kernel_runs(b"\xb8\x27\0\0\x40\x0f\x05")]
        self.assertEqual(["does not run it" not in line for line in heads], runs)

    def test_show_json(self):
        document = json.loads(self.done("show", self.first, "--format", "json"))
        self.assertEqual(document["filters"][0]["instructions"], len(FIRST))
        native = document["verdicts"]["x86_64"]
        self.assertEqual(native["others"], {"action": "allow", "data": 0, "cases": []})
        self.assertEqual(set(native["calls"]), {"getppid", "personality", "uprobe", "uretprobe"})
        self.assertEqual(native["calls"]["getppid"], {"action": "errno", "data": 99, "cases": []})
        cases = {(case["action"], case["data"]): case["when"] for case in native["calls"]["personality"]["cases"]}
        self.assertEqual(cases[("allow", 0)], [{"arg": 0, "op": "==", "mask": "0xffffffff", "value": "0x8"}])
        self.assertEqual(cases[("errno", 99)], [{"arg": 0, "op": "!=", "mask": "0xffffffff", "value": "0x8"}])
        self.assertEqual(document["verdicts"]["i386"]["others"]["action"], "kill_process")
        self.assertEqual(list(json.loads(self.done("show", self.first, "--format", "json", "--arch", "x32"))["verdicts"]),
                         ["x32"])

    def test_a_program_for_another_machine(self):
        aarch64 = [(0x20, 0, 0, 4), (0x15, 1, 0, 0xC00000B7), (0x06, 0, 0, 0), (0x20, 0, 0, 0),
                   (0x15, 0, 1, resolved("getppid", "aarch64")), (0x06, 0, 0, 0x00050002), (0x06, 0, 0, 0x7FFF0000)]
        reference = self.write("aarch64.bpf", packed(aarch64))
        document = json.loads(self.done("show", reference, "--format", "json", "--arch", "aarch64"))
        self.assertEqual(document["verdicts"]["aarch64"]["calls"], {"getppid": {"action": "errno", "data": 2, "cases": []}})
        arm = json.loads(self.done("show", reference, "--format", "json", "--arch", "arm"))
        self.assertEqual(arm["verdicts"]["arm"]["others"]["action"], "kill_thread")

    def test_what_defies_evaluation_is_shown_with_witnesses_that_are_true(self):
        reference = self.write("defiant.bpf", packed(DEFIANT))
        document = json.loads(self.done("show", reference, "--format", "json", "--arch", "x86_64"))
        verdict = document["verdicts"]["x86_64"]["others"]
        self.assertEqual(verdict["action"], "undetermined")
        self.assertIn("arg", verdict["doubt"]["expression"])
        for witness in verdict["doubt"]["witnesses"]:
            low = [int(word, 16) & 0xFFFFFFFF for word in witness["args"]]
            product = low[0] * low[1] & 0xFFFFFFFF
            self.assertEqual((witness["action"], witness["data"]), ("errno", 7) if product == 77 else ("allow", 0))

    def test_where_a_table_ends_one_call_is_still_decided(self):
        """Two thousand values of one argument: more cases than a table has, said with what decides them all the same."""
        values = [7 * number + 3 for number in range(2000)]
        call = resolved("getppid", "x86_64")
        program = [(0x20, 0, 0, 0), (0x15, 1, 0, call), (0x06, 0, 0, 0x7FFF0000), (0x20, 0, 0, 16)]
        for value in values:
            program += [(0x15, 0, 1, value), (0x06, 0, 0, 0x00050001)]
        reference = self.write("many.bpf", packed([*program, (0x06, 0, 0, 0x7FFF0000)]))
        text = " ".join(self.done("show", reference, "--arch", "x86_64").split())
        self.assertIn("getppid: undetermined: more ways than can be followed, some hundreds of one call; with given "
                      "arguments seccomp eval is exact", text)
        lines = "".join(f"x86_64\t{call}\t{value}\t0\t0\t0\t0\t0\n" for value in range(15000))
        answers = self.done("eval", reference, "--batch", text=lines).splitlines()
        self.assertEqual([value for value, answer in enumerate(answers) if answer == "errno(1)"], values)
        self.assertEqual(set(answers), {"errno(1)", "allow"})

    def test_disasm(self):
        self.assertEqual(self.done("disasm", self.second, "--arch", "x86_64"), LISTING)
        stack = f"{self.first},{self.second.removeprefix('bpf:')}"
        text = self.done("disasm", stack, "--arch", "x86_64")
        self.assertTrue(text.startswith("filter 0 of 2, the oldest\n"))
        self.assertTrue(text.endswith("filter 1 of 2\n" + LISTING))
        document = json.loads(self.done("disasm", self.second, "--format", "json"))
        lines = document["filters"][0]["listing"]
        self.assertEqual([(line["code"], line["jt"], line["jf"], line["k"]) for line in lines], SECOND)

    def test_diff(self):
        self.assertEqual(
            self.done("diff", self.second, self.first, "--arch", "x86_64"),
            "x86_64:\n  conditions narrowed:\n    personality: allow -> allow if arg0 & 0xffffffff == 8; else errno(99)\n"
            "  denied or logged otherwise:\n    getppid: errno(1) -> errno(99)\n")
        changes = json.loads(self.done("diff", self.second, self.first, "--arch", "x86_64", "--format", "json"))["changes"]
        self.assertEqual(
            {change["path"]: (change["relation"], change["direction"]) for change in changes},
            {"seccomp.x86_64.personality": ("narrower", "stronger"), "seccomp.x86_64.getppid": ("otherDenial", "neutral")})
        self.assertEqual(self.done("diff", self.first, self.first, "--arch", "x86_64"), "x86_64: no difference\n")
        # FIRST kills every call of i386 but SECOND allows all but number 110 (iopl): one paragraph, not 400 lines
        text = self.done("diff", self.second, self.first, "--arch", "i386")
        self.assertIn("  only in the first:\n", text)
        self.assertIn(" calls: allow -> kill_process\n", text)
        self.assertIn("    iopl: errno(1) -> kill_process\n", text)
        self.assertLess(len(text.splitlines()), 120)

    def test_eval_of_one_call(self):
        number = resolved("personality")
        expected = {(): "errno(99)", ("--arg", "0=8"): "allow", ("--arg", "0=0x100000008"): "allow",
                    ("--arg", "0=-1"): "errno(99)", ("--arg", "1=8"): "errno(99)"}
        for arguments, answer in expected.items():
            for call in ("personality", str(number), hex(number)):
                text = self.done("eval", self.first, "--arch", "x86_64", "--syscall", call, *arguments)
                self.assertEqual(text.splitlines()[0], answer, (call, arguments))
        self.assertEqual(self.done("eval", self.first, "--arch", "i386", "--syscall", "getpid"),
                         "kill_process\n  by instruction 2: ret #0x80000000\n")
        self.assertEqual(self.done("eval", self.first, "--arch", "x32", "--syscall", "getppid").splitlines()[0], "allow")
        self.assertIn("without asking any filter", self.done("eval", self.first, "--arch", "x86_64", "--syscall", "uprobe"))

    def test_eval_of_a_stack_names_the_filter_that_decides(self):
        stack = f"{self.first},{self.second.removeprefix('bpf:')}"
        words = ("eval", stack, "--arch", "x86_64", "--syscall", "getppid")
        self.assertEqual(self.done(*words), "errno(1)\n  by filter 1 of 2 (0 is the oldest), instruction 2: ret #0x50001\n")
        self.assertEqual(
            json.loads(self.done(*words, "--format", "json")),
            {"arch": "x86_64", "number": 110, "action": "errno", "data": 1, "kernelExempt": False, "filter": 1,
             "instruction": 2, "rule": "filter 1 of 2 (0 is the oldest), instruction 2: ret #0x50001"})

    def test_eval_batch(self):
        lines = ["x86_64\t110\t0\t0\t0\t0\t0\t0", "x86_64\t0x87\t8\t0\t0\t0\t0\t0", "x86_64\t135\t0x7\t0\t0\t0\t0\t0",
                 "i386\t20\t0\t0\t0\t0\t0\t0", "x86_64\t-1\t0\t0\t0\t0\t0\t0", "x86_64\tread\t0\t0\t0\t0\t0\t0"]
        answers = ["errno(99)", "allow", "errno(99)", "kill_process", "allow", "allow"]
        self.assertEqual(self.done("eval", self.first, "--batch", text="\n".join(lines) + "\n").split(), answers)
        self.assertEqual(self.done("eval", self.first, "--batch", text=""), "")
        many = self.done("eval", self.first, "--batch", text=(lines[0] + "\n") * 50000).split()
        self.assertEqual((len(many), set(many)), (50000, {"errno(99)"}))

    def test_errors_of_a_batch_name_the_line_and_keep_what_came_before(self):
        good = "x86_64\t110\t0\t0\t0\t0\t0\t0\n"
        bad = {"x86_64\t1\t2\n": "3 fields, expected 8", "mips\t1\t0\t0\t0\t0\t0\t0\n": "architecture mips",
               "x86_64\tnosuch\t0\t0\t0\t0\t0\t0\n": "system call nosuch", "x86_64\t1\t0\t0\tz\t0\t0\t0\n": "argument 2: z",
               "x86_64\t1\t0\t0\t0\t0\t0\t0\t0\n": "more than 8 fields", "\n": "1 fields, expected 8",
               "x86_64\t1\t0x10000000000000000\t0\t0\t0\t0\t0\n": "argument 0"}
        for line, message in bad.items():
            self.refused(3, message, "eval", self.first, "--batch", text=good + line + good, stdout="errno(99)\n")
            done = bulkhead("eval", self.first, "--batch", text=good + line)
            self.assertIn("standard input, line 2: ", done.stderr)

    def test_profiles(self):
        profile = self.write("profile.json", json.dumps({
            "defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
                {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
                {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
                {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}}]}))

        def answer(call, *options):
            return self.done("eval", profile, "--arch", "x86_64", "--syscall", call, *options).splitlines()[0]

        self.assertEqual(answer("read"), "allow")
        self.assertEqual(answer("open"), "errno(1)")
        # runc refuses numbers above the greatest it knows of the profile (ptrace, 101): as a kernel without them does
        self.assertEqual(answer("openat"), "errno(38)")
        self.assertEqual(answer("openat", "--runtime", "crun"), "errno(1)")
        self.assertEqual(answer("mount"), "errno(38)")
        self.assertEqual(answer("mount", "--bounding", "CAP_CHOWN,CAP_SYS_ADMIN"), "allow")
        self.assertEqual(answer("mount", "--bounding", "all"), "allow")
        self.assertEqual(answer("mount", "--bounding", "none"), "errno(38)")
        self.assertEqual(answer("ptrace", "--kernel", "4.8"), "allow")
        self.assertEqual(answer("ptrace", "--kernel", "4.7"), "errno(38)") # above write (1)

    def test_names_that_libseccomp_does_not_know_are_undetermined(self):
        profile = self.write("profile.json", json.dumps({
            "defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
            "syscalls": [{"names": ["read", "file_setattr", "nosuchcall"], "action": "SCMP_ACT_ALLOW"}]}))
        known = subprocess.run(["scmp_sys_resolver", "file_setattr"], capture_output=True, text=True, timeout=10,
                               check=False).stdout.strip() != "-1"
        words = ("eval", profile, "--arch", "x86_64", "--syscall", "file_setattr", "--runtime", "crun")
        done = bulkhead(*words)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout.splitlines()[0], "allow" if known else "undetermined")
        self.assertIn("nosuchcall", done.stderr)
        if not known:
            self.assertIn("the profile names file_setattr, which libseccomp ", done.stdout)
            batch = bulkhead("eval", profile, "--runtime", "crun", "--batch", text="x86_64\t469\t0\t0\t0\t0\t0\t0\n")
            self.assertEqual(batch.stdout, "undetermined\n")
            version = done.stderr.split("--libseccomp ")[1].split()[0]
            self.assertEqual(bulkhead(*words, "--libseccomp", version).stdout.splitlines()[0], "errno(1)")
        shown = json.loads(bulkhead("show", profile, "--format", "json", "--arch", "x86_64").stdout)
        self.assertEqual(shown["verdicts"]["x86_64"]["calls"]["nosuchcall"]["action"], "undetermined")

    def test_bad_profiles_name_the_field(self):
        bad = {'{"defaultAction": "SCMP_ACT_X"}': "profile.json: defaultAction: no such name: SCMP_ACT_X",
               '{"defaultAction": ': "profile.json: ",
               '{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_NONE"]}': "SCMP_ARCH_NONE",
               '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"action": "SCMP_ACT_ALLOW"}]}': "syscalls[0]"}
        for text, message in bad.items():
            self.refused(3, message, "show", self.write("profile.json", text))
        yaml = self.write("profile.yaml", "profile: x\notherwise: 1\nsurprise: 2\n")
        self.refused(3, "profile.yaml:3: surprise", "show", yaml)

    def test_bad_programs_name_file_and_instruction(self):
        bad = {b"": "no instructions", packed(SECOND)[:12]: "12 bytes are no array of struct sock_filter",
               packed(SECOND[:3] + [(0x15, 0, 0, 1)]): "instruction 3: ",
               packed([(0x20, 0, 0, 2), SECOND[3]]): "instruction 0: loads at offset 2",
               packed([(0x05, 0, 0, 5), SECOND[3]]): "instruction 0: jumps 5 ahead",
               packed([(0x30, 0, 0, 0), SECOND[3]]): "instruction 0: code 0x30",
               packed([(0x60, 0, 0, 3), SECOND[3]]): "memory word 3 may be read before it is written",
               packed([SECOND[3]] * 4097): "at most 4096 instructions"}
        for content, message in bad.items():
            reference = self.write("bad.bpf", content)
            self.refused(3, message, "show", reference)
            self.assertIn("bad.bpf", bulkhead("disasm", reference).stderr)
        self.refused(3, "second.bpf", "show", f"{self.first},{self.folder}/nothere/second.bpf")
        self.refused(3, "expected a file", "show", "bpf:")

    def test_wrong_usage(self):
        self.refused(2, "seccomp needs show, disasm, diff or eval")
        self.refused(2, "seccomp needs show, disasm, diff or eval", "fly")
        self.refused(2, "REF is required", "show")
        self.refused(2, "At least 2 required", "diff", self.first)
        self.refused(2, "exactly two references", "diff", self.first, self.first, self.first)
        self.refused(2, "--arch: mips not in", "show", self.first, "--arch", "mips")
        self.refused(2, "--format: xml not in", "show", self.first, "--format", "xml")
        self.refused(2, "--syscall or --batch", "eval", self.first)
        self.refused(2, "--syscall or --batch", "eval", self.first, "--batch", "--syscall", "read")
        self.refused(3, "system call nosuch", "eval", self.first, "--arch", "x86_64", "--syscall", "nosuch")
        self.refused(3, "--arg 6=1: expected I=VALUE", "eval", self.first, "--syscall", "read", "--arg", "6=1")
        self.refused(3, "--arg 0=x: expected I=VALUE", "eval", self.first, "--syscall", "read", "--arg", "0=x")
        self.refused(3, "no capability is named CAP_FLY", "show", self.first, "--bounding", "CAP_FLY")
        self.refused(3, "--kernel six: expected such as 6.1", "show", self.first, "--kernel", "six")
        self.refused(3, "no such process", "show", "pid:999999999")
        for act in ("show", "disasm", "diff", "eval"):
            self.assertEqual(bulkhead(act, "--help").returncode, 0)

    def test_a_live_process(self):
        if os.geteuid() != 0 or not X86:
            self.skipTest("reading a filter needs root, the program is for x86_64")
        script = (
            "import ctypes, os, sys\n"
            "code = bytes.fromhex(sys.argv[1])\n"
            "class Program(ctypes.Structure):\n"
            "    _fields_ = [('count', ctypes.c_ushort), ('code', ctypes.c_char_p)]\n"
            "libc = ctypes.CDLL(None, use_errno=True)\n"
            "libc.prctl(38, 1, 0, 0, 0)\n"
            "if libc.prctl(22, 2, ctypes.byref(Program(len(code) // 8, code))) != 0: sys.exit(1)\n"
            "libc.syscall(110)\n"
            "print(ctypes.get_errno(), flush=True)\n"
            "sys.stdin.read()\n")
        with subprocess.Popen([sys.executable, "-c", script, packed(FIRST).hex()], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as child:
            errno = int(child.stdout.readline())
            reference = f"pid:{child.pid}"
            text = bulkhead("eval", reference, "--syscall", "getppid").stdout
            self.assertEqual(text.splitlines()[0], f"errno({errno})")
            self.assertEqual(errno, 99)
            self.assertEqual(bulkhead("disasm", reference).stdout, bulkhead("disasm", self.first).stdout)
            self.assertIn("x86_64: no difference\n", bulkhead("diff", reference, self.first).stdout)
            child.stdin.close()
        none = bulkhead("show", f"pid:{os.getpid()}", "--arch", "x86_64")
        self.assertIn("no filter, every call is allowed", none.stderr)


if __name__ == "__main__":
    unittest.main()
