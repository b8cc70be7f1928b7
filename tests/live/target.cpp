#include "target.h"

#include <atomic>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace bulkhead::live {

namespace {

Shared* g_shared = nullptr; ///< of the child

} // namespace

Target::Target(const std::function<void()>& act)
    : m_shared(static_cast<Shared*>(
          ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))),
      m_pid(::fork()) {
    if (m_pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        g_shared = m_shared;
        act();
        ::_exit(0);
    }
    for (int i = 0; i < 5000 && !m_shared->ready; ++i) {
        ::usleep(1000);
    }
}

Target::~Target() {
    end();
    ::munmap(m_shared, sizeof(Shared));
}

void Target::end() {
    if (m_pid > 0) {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
        m_pid = -1;
    }
}

void install(const Program& program, bool log) {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const sock_fprog whole{
        static_cast<unsigned short>(program.size()), const_cast<sock_filter*>(program.data())};
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, log ? SECCOMP_FILTER_FLAG_LOG : 0, &whole) != 0) {
        ::_exit(99);
    }
}

void enterStrictMode() {
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0);
}

void ready() {
    g_shared->ready = true;
}

void countSignals() {
    struct sigaction action{};
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    action.sa_sigaction = [](int, siginfo_t* info, void*) {
        const bool next = info->si_code == SI_QUEUE &&
                          static_cast<std::uint64_t>(info->si_value.sival_int) == g_shared->signals;
        g_shared->outOfOrder = g_shared->outOfOrder + (next ? 0 : 1);
        g_shared->signals = g_shared->signals + 1;
    };
    ::sigaction(SIGRTMIN, &action, nullptr);
}

void startThreads(int count, const std::function<void(int)>& act) {
    std::atomic<int> done = 0;
    for (int i = 0; i < count; ++i) {
        std::thread([&act, &done, i] {
            act(i);
            ++done;
            for (;;) {
                ::pause();
            }
        }).detach();
    }
    while (done < count) {
        ::usleep(1000);
    }
}

void turnForever() {
    ready();
    for (;;) {
        g_shared->turns = g_shared->turns + 1;
        ::usleep(500);
    }
}

void spinForever() {
    for (;;) {
        g_shared->turns = g_shared->turns + 1;
    }
}

sock_filter instruction(std::uint16_t code, std::uint32_t k, std::uint8_t jt, std::uint8_t jf) {
    return {code, jt, jf, k};
}

std::string bytesOf(const Program& program) {
    return {reinterpret_cast<const char*>(program.data()), program.size() * sizeof(sock_filter)};
}

} // namespace bulkhead::live
