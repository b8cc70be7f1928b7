#pragma once

#include "core/os/fd.h"

#include <chrono>
#include <optional>
#include <sys/types.h>

namespace bulkhead::twin {

/// A child of ours that we trace: killed and reaped on destruction. Signals from inside are swallowed, so
/// that nothing but SIGKILL reaches it. All calls from the thread that traces.
class HeldChild {
public:
    /// What it did since it was last asked. After `forked` and `stopped` it stands until `resume`.
    enum class Turn { nothing, forked, stopped, ended };

    explicit HeldChild(pid_t pid);
    HeldChild(const HeldChild&) = delete;
    HeldChild& operator=(const HeldChild&) = delete;
    ~HeldChild();

    /// PTRACE_SEIZE; 0 or the errno.
    [[nodiscard]] int seize(int options) const;
    /// Replaces the options it was seized with, or born with; 0 or the errno. It must stand.
    [[nodiscard]] int setOptions(int options) const;
    [[nodiscard]] Turn next();
    void resume() const;
    /// After `forked`: the child, in our numbering, by the kernel's word.
    [[nodiscard]] std::optional<pid_t> forkedChild() const;
    /// Goes on with it until it ended, or the time is over.
    bool endsWithin(std::chrono::milliseconds patience);

    [[nodiscard]] pid_t pid() const { return m_pid; }
    [[nodiscard]] bool ended() const { return m_pid == 0; }
    [[nodiscard]] int status() const { return m_status; } ///< as wait(2) has it

private:
    pid_t m_pid;
    int m_status = 0;
};

/// Between two looks at a child.
void pauseShortly();

} // namespace bulkhead::twin
