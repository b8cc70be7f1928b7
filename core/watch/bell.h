#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace bulkhead::watch {

/// Wakes whoever waits for the next look: something happened that is worth one.
class Bell {
public:
    /// From any thread. Rings while nobody waits are one ring of the next wait.
    void ring();
    /// Until then, a ring or the stop; true where it rang.
    [[nodiscard]] bool wait(std::chrono::steady_clock::time_point until, const std::stop_token& stop);

private:
    std::mutex m_mutex;
    std::condition_variable_any m_woken;
    bool m_rang = false;
};

} // namespace bulkhead::watch
