#pragma once

#include <chrono>

namespace bulkhead::watch {

/// When the watch looks next: once in an interval, and for a moment more often when an engine told of
/// something or a container is in the making. The processor time of those looks is paid from a budget of a
/// hundredth of the time that passes, so that an engine that tells of something without end moves nothing.
/// Pure: times go in.
class Pace {
public:
    using Clock = std::chrono::steady_clock;

    Pace(Clock::duration interval, Clock::time_point now);

    void rang(Clock::time_point now);
    /// A look was made, and took `cost` of a processor. `unsettled`: a subject of it is not read yet.
    void looked(Clock::time_point begin, Clock::time_point end, Clock::duration cost, bool unsettled);

    [[nodiscard]] Clock::time_point next() const;

private:
    [[nodiscard]] Clock::time_point regular() const { return m_begin + m_interval; }

    Clock::duration m_interval;
    Clock::time_point m_begin; ///< of the last look
    Clock::time_point m_end;
    Clock::duration m_cost{0};     ///< of the last look
    Clock::duration m_credit;      ///< at m_end
    Clock::time_point m_eagerTill; ///< looks are made sooner until one begins after this
    bool m_unsettled = false;
};

} // namespace bulkhead::watch
