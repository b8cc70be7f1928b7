#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <linux/filter.h>
#include <string>
#include <sys/types.h>
#include <vector>

namespace bulkhead::live {

using Program = std::vector<sock_filter>;

/// What a target and its test both see.
struct Shared {
    volatile std::uint64_t turns;      ///< counted by a target that runs
    volatile std::uint64_t signals;    ///< SIGRTMIN that arrived
    volatile std::uint64_t outOfOrder; ///< of them those whose number was not the next
    volatile bool ready;
};

/// A child that does something until the test is done with it. It is ready when it says so, or turns.
class Target {
public:
    explicit Target(const std::function<void()>& act);
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    ~Target();

    [[nodiscard]] pid_t pid() const { return m_pid; }
    [[nodiscard]] Shared& shared() const { return *m_shared; }
    void end();

private:
    Shared* m_shared;
    pid_t m_pid;
};

// What a target does, called in the child.
void install(const Program& program, bool log);
void enterStrictMode();
void ready();
void countSignals();
/// Each runs `act(index)` before the others go on, and then sleeps.
void startThreads(int count, const std::function<void(int)>& act);
[[noreturn]] void turnForever();
[[noreturn]] void spinForever(); ///< without a system call

[[nodiscard]] sock_filter
instruction(std::uint16_t code, std::uint32_t k, std::uint8_t jt = 0, std::uint8_t jf = 0);
[[nodiscard]] std::string bytesOf(const Program& program);

} // namespace bulkhead::live
