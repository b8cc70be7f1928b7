#include "tests/bench/filtered.h"

#include <array>
#include <chrono>
#include <csignal>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bulkhead::bench {

Filtered::Filtered(std::string program) {
    std::array<int, 2> ready{};
    if (::pipe(ready.data()) != 0) {
        return;
    }
    m_pid = ::fork();
    if (m_pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        const sock_fprog whole{
            static_cast<unsigned short>(program.size() / sizeof(sock_filter)),
            reinterpret_cast<sock_filter*>(program.data())};
        const char said = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole) == 0 ? 'r' : 'f';
        static_cast<void>(::write(ready[1], &said, 1) == 1);
        for (;;) {
            ::pause();
        }
    }
    char said = 0;
    static_cast<void>(::read(ready[0], &said, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
}

Filtered::~Filtered() {
    if (m_pid > 0) {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }
}

double bareStop(pid_t pid) {
    if (::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0) {
        return -1;
    }
    int status = 0;
    const auto start = std::chrono::steady_clock::now();
    ::ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr);
    ::waitpid(pid, &status, __WALL);
    ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

} // namespace bulkhead::bench
