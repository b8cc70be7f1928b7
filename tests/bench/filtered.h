#pragma once

#include <string>
#include <sys/types.h>

namespace bulkhead::bench {

/// A process that sleeps under this filter (an array of struct sock_filter). Dies with this object, and with
/// this program.
class Filtered {
public:
    explicit Filtered(std::string program);
    ~Filtered();
    Filtered(const Filtered&) = delete;
    Filtered& operator=(const Filtered&) = delete;

    [[nodiscard]] pid_t pid() const { return m_pid; }

private:
    pid_t m_pid = 0;
};

/// Stops the process as a reader must (PTRACE_SEIZE, PTRACE_INTERRUPT) and lets it go at once: microseconds
/// from the interrupt to the detachment. -1 where that is refused.
[[nodiscard]] double bareStop(pid_t pid);

} // namespace bulkhead::bench
