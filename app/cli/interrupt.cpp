#include "app/cli/interrupt.h"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

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

Interrupt::Interrupt() : m_over(::eventfd(0, EFD_CLOEXEC)) {
    const sigset_t set = endingSignals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_waiter = std::jthread([this, set] {
        const os::Fd signals(::signalfd(-1, &set, SFD_CLOEXEC));
        for (;;) {
            std::array<pollfd, 2> waited = {
                pollfd{signals.get(), POLLIN, 0}, pollfd{m_over.get(), POLLIN, 0}};
            if (::poll(waited.data(), waited.size(), -1) < 0 && errno != EINTR) {
                return;
            }
            if (waited[1].revents != 0) {
                return;
            }
            signalfd_siginfo which{};
            if (waited[0].revents != 0 && ::read(signals.get(), &which, sizeof which) > 0) {
                m_source.request_stop();
            }
        }
    });
}

Interrupt::~Interrupt() {
    ::eventfd_write(m_over.get(), 1);
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
