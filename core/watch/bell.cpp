#include "core/watch/bell.h"

namespace bulkhead::watch {

void Bell::ring() {
    {
        const std::lock_guard lock(m_mutex);
        m_rang = true;
    }
    m_woken.notify_all();
}

bool Bell::wait(std::chrono::steady_clock::time_point until, const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    const bool rang = m_woken.wait_until(lock, stop, until, [this] { return m_rang; });
    m_rang = false;
    return rang;
}

} // namespace bulkhead::watch
