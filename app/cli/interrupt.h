#pragma once

#include "core/os/fd.h"

#include <stop_token>
#include <thread>

namespace bulkhead::cli {

/// Turns SIGINT, SIGTERM, SIGHUP and SIGQUIT into a stop request for as long as it lives, so that a run can
/// take away what it launched. Make it before any other thread: it blocks the signals and waits for them on a
/// thread of its own.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }
    /// Blocks until the interrupt.
    void wait() const;

private:
    std::stop_source m_source;
    os::Fd m_over; ///< eventfd: this object ends
    std::jthread m_waiter;
};

} // namespace bulkhead::cli
