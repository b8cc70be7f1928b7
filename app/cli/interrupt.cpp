#include "app/cli/interrupt.h"

#include <condition_variable>
#include <csignal>
#include <ctime>
#include <mutex>

namespace bulkhead::cli {

namespace {

sigset_t endingSignals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
        ::sigaddset(&set, signal);
    }
    return set;
}

} // namespace

Interrupt::Interrupt() {
    const sigset_t set = endingSignals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_waiter = std::jthread([this](const std::stop_token& end) {
        const sigset_t waited = endingSignals();
        while (!end.stop_requested()) {
            const timespec tick{0, 50'000'000};
            if (::sigtimedwait(&waited, nullptr, &tick) > 0) {
                m_source.request_stop();
            }
        }
    });
}

Interrupt::~Interrupt() {
    m_waiter.request_stop();
    m_waiter.join();
    const sigset_t set = endingSignals();
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void Interrupt::wait() const {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait(lock, token(), [] { return false; });
}

} // namespace bulkhead::cli
