#include "core/kernel/abis.h"

#include <cerrno>
#include <csignal>
#include <optional>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bulkhead::kernel {

namespace {

#if defined(__x86_64__)

/// getpid(2) of the 32-bit ABI. A kernel without it, or booted with ia32_emulation=0, ends us by SIGSEGV.
bool answersInt80() {
    constexpr long kGetpid = 20;
    long result = kGetpid;
    asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    return result == ::getpid();
}

/// getpid(2) of x32: ENOSYS where the kernel lacks it, or was booted with syscall.x32=0.
bool answersX32() {
    constexpr long kX32Bit = 0x40000000;
    return ::syscall(kX32Bit + SYS_getpid) == ::getpid();
}

#else

/// arm64 refuses the 32-bit personality where it runs no 32-bit programs (arch/arm64/kernel/sys.c).
bool answersInt80() {
    return ::personality(PER_LINUX32) >= 0;
}
bool answersX32() {
    return false;
}

#endif

/// A signal that nobody handles would be written to the kernel's log, and what we do must not be found there.
void endAsRefused(int /*number*/) {
    ::_exit(1);
}

/// What a child that makes the call says; nullopt where it could not be started.
std::optional<bool> tried(bool (*answers)()) {
    const pid_t child = ::fork();
    if (child == 0) {
        // Its end is an answer, not an accident: no handler of our program's, no core file.
        ::signal(SIGSEGV, endAsRefused);
        ::signal(SIGSYS, endAsRefused);
        ::_exit(answers() ? 0 : 1);
    }
    int status = 0;
    while (child > 0 && ::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return std::nullopt;
        }
    }
    return child > 0 ? std::optional(WIFEXITED(status) && WEXITSTATUS(status) == 0) : std::nullopt;
}

struct Answers {
    std::optional<bool> compat = tried(answersInt80);
    std::optional<bool> x32 = tried(answersX32);
};

} // namespace

Reading<seccomp::Machine> readAbis(const os::ProcRoot& root, const std::string& arch) {
    if (!root.live) {
        return std::unexpected(Failure{
            0, {"a captured tree does not tell which system call ABIs its kernel runs", "the live machine"}});
    }
    static const Answers kAnswers;
    if (!kAnswers.compat || !kAnswers.x32) {
        return std::unexpected(
            Failure{EAGAIN, {"no child could be started to ask which ABIs the kernel runs", ""}});
    }
    return seccomp::Machine{arch, *kAnswers.compat, *kAnswers.x32};
}

} // namespace bulkhead::kernel
