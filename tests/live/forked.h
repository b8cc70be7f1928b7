#pragma once

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <poll.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace bulkhead::live {

/// A process of our own that does what it is told, says "ready" and then waits until the test is over. What
/// it starts goes with it where it is pid 1 of a namespace, and by PR_SET_PDEATHSIG where the act asks for
/// that.
class Forked {
public:
    /// The act returns true once it is what the test wants to see; it may write a line for the test to read.
    explicit Forked(const std::function<bool(int line)>& act) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) {
            return;
        }
        m_pid = ::fork();
        if (m_pid == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::close(ends[0]);
            const bool fine = act(ends[1]);
            static_cast<void>(!::write(ends[1], fine ? "ready\n" : "failed\n", fine ? 6 : 7));
            for (;;) {
                ::pause();
            }
        }
        ::close(ends[1]);
        m_read = ends[0];
        m_ready = waitFor("ready\n");
    }
    Forked(const Forked&) = delete;
    Forked& operator=(const Forked&) = delete;
    ~Forked() {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
        ::close(m_read);
    }

    [[nodiscard]] bool ready() const { return m_ready; }
    [[nodiscard]] pid_t pid() const { return m_pid; }
    [[nodiscard]] const std::string& said() const { return m_said; }

private:
    bool waitFor(const std::string& word) {
        std::array<char, 256> buffer{};
        for (pollfd wait{m_read, POLLIN, 0}; ::poll(&wait, 1, 10000) > 0;) {
            const ssize_t got = ::read(m_read, buffer.data(), buffer.size());
            m_said.append(buffer.data(), static_cast<std::size_t>(got > 0 ? got : 0));
            if (m_said.ends_with(word)) {
                return true;
            }
            if (got <= 0 || m_said.ends_with("failed\n")) {
                return false;
            }
        }
        return false;
    }

    pid_t m_pid = -1;
    int m_read = -1;
    bool m_ready = false;
    std::string m_said;
};

/// Forks a child that waits for ever, killed with its parent; its pid as its parent counts.
inline pid_t forkIdle(const std::function<void()>& first = [] {}) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        first();
        for (;;) {
            ::pause();
        }
    }
    return pid;
}

} // namespace bulkhead::live
