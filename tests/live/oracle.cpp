#include "oracle.h"

#include "core/seccomp/opcodes.h"
#include "target.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <linux/seccomp.h>
#include <new>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace bulkhead::live {

namespace {

constexpr std::uint32_t kTraceMark = 0xfffe; // the oldest filter's data; a newer one's would replace it
constexpr std::size_t kPage = 4096;
constexpr std::size_t kForeign = 16; // where the int 0x80 stands in the page
constexpr std::size_t kTrap = 32;
constexpr unsigned long kSkip = ~0UL;

/// struct sock_filter of one of our programs.
Program rawOf(const seccomp::Program& program) {
    Program raw;
    raw.reserve(program.size());
    for (const seccomp::Instruction& i : program) {
        raw.push_back({i.code, i.jt, i.jf, i.k});
    }
    return raw;
}

pid_t waitFor(pid_t pid, int& status) {
    pid_t found = -1;
    do {
        found = ::waitpid(pid, &status, __WALL);
    } while (found < 0 && errno == EINTR);
    return found;
}

user_regs_struct registersOf(pid_t thread) {
    user_regs_struct registers{};
    ::ptrace(PTRACE_GETREGS, thread, nullptr, &registers);
    return registers;
}

} // namespace

struct Oracle::Shared {
    volatile pid_t thread;
    volatile bool go;
    volatile bool ping;
    volatile bool pong;
};

Oracle::Oracle(const seccomp::Stack& stack)
    : m_stack(stack),
      m_shared(static_cast<Shared*>(
          ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))),
      m_code(static_cast<unsigned char*>(::mmap(
          nullptr, kPage, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1,
          0))) {
    std::memset(m_code, 0xcc, kPage);              // int3
    std::memcpy(m_code, "\x0f\x05", 2);            // syscall
    std::memcpy(m_code + kForeign, "\xcd\x80", 2); // int 0x80
}

Oracle::~Oracle() {
    end();
    ::munmap(m_shared, sizeof(Shared));
    ::munmap(m_code, kPage);
}

std::uint64_t Oracle::instructionPointerOf(const seccomp::Arch& arch) const {
    return reinterpret_cast<std::uint64_t>(m_code) + (arch.wide || arch.bit != 0 ? 0 : kForeign) + 2;
}

/// The child: its leader answers pings, its other thread has the filters and traps when it is ready.
bool Oracle::start() {
    *m_shared = {};
    m_leader = ::fork();
    if (m_leader == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        std::vector<Program> raw = {{instruction(0x06, SECCOMP_RET_TRACE | kTraceMark)}};
        for (const seccomp::Program& program : m_stack) {
            raw.push_back(rawOf(program));
        }
        std::thread asked([this, &raw] {
            m_shared->thread = static_cast<pid_t>(::syscall(SYS_gettid));
            while (!m_shared->go) {
            }
            for (const Program& program : raw) {
                install(program, false);
            }
            reinterpret_cast<void (*)()>(m_code + kTrap)();
        });
        for (;;) {
            if (m_shared->ping) {
                m_shared->pong = true;
            }
            ::usleep(50);
        }
    }
    while (m_shared->thread == 0) {
        ::sched_yield();
    }
    m_thread = m_shared->thread;
    // Suspended, for a stack that would not let its own next filter be installed.
    if (::ptrace(PTRACE_SEIZE, m_thread, nullptr, PTRACE_O_TRACESECCOMP | PTRACE_O_SUSPEND_SECCOMP) != 0) {
        return false;
    }
    m_shared->go = true;
    int status = 0;
    do {
        if (waitFor(m_thread, status) < 0 || !WIFSTOPPED(status)) {
            return false;
        }
        if (WSTOPSIG(status) != SIGTRAP || status >> 16 != 0) {
            ::ptrace(PTRACE_CONT, m_thread, nullptr, 0L);
        }
    } while (WSTOPSIG(status) != SIGTRAP || status >> 16 != 0);
    return ::ptrace(PTRACE_SETOPTIONS, m_thread, nullptr, PTRACE_O_TRACESECCOMP) == 0;
}

void Oracle::end() {
    if (m_leader > 0) {
        ::kill(m_leader, SIGKILL);
        int status = 0;
        if (m_thread > 0) {
            while (waitFor(m_thread, status) == m_thread && WIFSTOPPED(status)) {
            }
        }
        waitFor(m_leader, status);
    }
    m_leader = -1;
    m_thread = -1;
}

/// A thread that ended: with its process, or alone.
KernelAnswer Oracle::ended(int status) {
    const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
    m_thread = -1;
    m_shared->ping = true;
    int leader = 0;
    bool alone = false;
    for (int i = 0; i < 100000; ++i) {
        if (m_shared->pong) {
            alone = true;
            break;
        }
        if (::waitpid(m_leader, &leader, WNOHANG) == m_leader) {
            m_leader = -1;
            break;
        }
        ::usleep(20);
    }
    end();
    if (!killed) {
        return {{}, false, "ended with status " + std::to_string(status)};
    }
    using enum model::SeccompAction;
    return {{alone ? killThread : killProcess, 0}, false, ""};
}

KernelAnswer
Oracle::ask(const seccomp::Arch& arch, std::uint32_t number, const std::array<std::uint64_t, 6>& args) {
    if (m_thread < 0 && !start()) {
        end();
        return {{}, false, "the child could not be traced: " + std::string(std::strerror(errno))};
    }
    user_regs_struct registers = registersOf(m_thread);
    const bool native = arch.wide || arch.bit != 0;
    registers.rip = instructionPointerOf(arch) - 2;
    registers.rax = number;
    registers.orig_rax = kSkip; // no call is under way that could be restarted
    const std::array<unsigned long long*, 6> places =
        native ? std::array{&registers.rdi, &registers.rsi, &registers.rdx,
                            &registers.r10, &registers.r8,  &registers.r9}
               : std::array{&registers.rbx, &registers.rcx, &registers.rdx,
                            &registers.rsi, &registers.rdi, &registers.rbp};
    for (std::size_t i = 0; i < args.size(); ++i) {
        *places[i] = args[i];
    }
    ::ptrace(PTRACE_SETREGS, m_thread, nullptr, &registers);
    bool asked = false;
    std::int64_t data = 0;
    for (;;) {
        ::ptrace(PTRACE_CONT, m_thread, nullptr, 0L);
        int status = 0;
        if (waitFor(m_thread, status) < 0) {
            return {{}, false, "the child is lost"};
        }
        if (!WIFSTOPPED(status)) {
            return ended(status);
        }
        if (status >> 16 == PTRACE_EVENT_SECCOMP) {
            unsigned long message = 0;
            ::ptrace(PTRACE_GETEVENTMSG, m_thread, nullptr, &message);
            ::ptrace(PTRACE_POKEUSER, m_thread, offsetof(user_regs_struct, orig_rax), kSkip);
            asked = true;
            data = static_cast<std::int64_t>(message);
            continue;
        }
        using enum model::SeccompAction;
        if (WSTOPSIG(status) == SIGSYS) {
            siginfo_t info{};
            ::ptrace(PTRACE_GETSIGINFO, m_thread, nullptr, &info);
            return {{trap, info.si_errno}, false, ""};
        }
        if (WSTOPSIG(status) == SIGTRAP && asked) {
            return {data == kTraceMark ? seccomp::Answer{allow, 0} : seccomp::Answer{trace, data}, false, ""};
        }
        if (WSTOPSIG(status) == SIGTRAP) {
            return {{errorNumber, -static_cast<std::int64_t>(registersOf(m_thread).rax)}, false, ""};
        }
        if (WSTOPSIG(status) == SIGILL ||
            WSTOPSIG(status) == SIGSEGV) { // uretprobe, uprobe: not from their trampolines
            return {{}, true, ""};
        }
    }
}

std::optional<seccomp::Stack> markLogs(const seccomp::Stack& stack) {
    seccomp::Stack marked = stack;
    for (seccomp::Program& program : marked) {
        for (seccomp::Instruction& instruction : program) {
            if (instruction.code == seccomp::op::kReturnA) {
                return std::nullopt;
            }
            if (instruction.code == seccomp::op::kReturn &&
                (instruction.k & 0xffff0000U) == SECCOMP_RET_LOG) {
                instruction.k = SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(kLogMark);
            }
        }
    }
    return marked;
}

} // namespace bulkhead::live
