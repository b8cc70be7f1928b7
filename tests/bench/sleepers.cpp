#include "tests/bench/sleepers.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bulkhead::bench {

namespace {

[[noreturn]] void sleepForever(int ready) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const char byte = 'r';
    if (::write(ready, &byte, 1) != 1) {
        ::_exit(1);
    }
    ::close(ready);
    for (;;) {
        ::pause();
    }
}

/// The first process of a group: makes the others, and sleeps itself.
[[noreturn]] void lead(std::size_t each, int ready) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (std::size_t i = 1; i < each; ++i) {
        if (::fork() == 0) {
            sleepForever(ready);
        }
    }
    sleepForever(ready);
}

[[noreturn]] void hold(std::size_t each, bool pidSpaces, int ready) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int spaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
                       (pidSpaces ? CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP : 0);
    if (::unshare(spaces) != 0) {
        const char byte = 'f';
        static_cast<void>(::write(ready, &byte, 1) == 1);
        ::_exit(1);
    }
    if (!pidSpaces) {
        lead(each, ready);
    }
    const pid_t leader = ::fork();
    if (leader == 0) {
        lead(each, ready);
    }
    ::waitpid(leader, nullptr, 0);
    ::_exit(0);
}

pid_t childOf(pid_t parent) {
    const std::string pid = std::to_string(parent);
    std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
    pid_t child = 0;
    children >> child;
    return child;
}

} // namespace

Sleepers::Sleepers(std::size_t groups, std::size_t each, bool pidSpaces) {
    std::array<int, 2> ready{};
    if (::pipe(ready.data()) != 0) {
        std::perror("pipe");
        std::exit(4);
    }
    for (std::size_t i = 0; i < groups; ++i) {
        const pid_t holder = ::fork();
        if (holder == 0) {
            ::close(ready[0]);
            hold(each, pidSpaces, ready[1]);
        }
        if (holder > 0) {
            m_holders.push_back(holder);
        }
    }
    ::close(ready[1]);
    char byte = 0;
    std::size_t count = 0;
    while (count < groups * each && ::read(ready[0], &byte, 1) == 1) {
        if (byte == 'f') {
            std::fputs("bulkhead_bench: namespaces could not be made here; root is needed\n", stderr);
            ::close(ready[0]);
            std::exit(77);
        }
        ++count;
    }
    ::close(ready[0]);
    m_first = pidSpaces ? childOf(m_holders.front()) : m_holders.front();
}

std::vector<pid_t> Sleepers::leaders() const {
    std::vector<pid_t> out;
    out.reserve(m_holders.size());
    for (const pid_t holder : m_holders) {
        out.push_back(childOf(holder));
    }
    return out;
}

Sleepers::~Sleepers() {
    for (const pid_t holder : m_holders) {
        ::kill(holder, SIGKILL);
    }
    for (const pid_t holder : m_holders) {
        ::waitpid(holder, nullptr, 0);
    }
}

} // namespace bulkhead::bench
