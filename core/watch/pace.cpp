#include "core/watch/pace.h"

#include <algorithm>

namespace bulkhead::watch {

namespace {

using namespace std::chrono_literals;

constexpr auto kSpacing = 250ms; ///< between two looks that are sooner than the interval
constexpr auto kEager = 1500ms;  ///< engines tell of a session before its process is there
constexpr auto kMostCredit = 2s;
constexpr int kShare = 100; ///< a hundredth of the time may be spent on them
constexpr int kRest = 4;    ///< times the last look took, between two

} // namespace

Pace::Pace(Clock::duration interval, Clock::time_point now)
    : m_interval(interval), m_begin(now), m_end(now), m_credit(kMostCredit), m_eagerTill(now) {}

void Pace::rang(Clock::time_point now) {
    m_eagerTill = std::max(m_eagerTill, now + kEager);
}

void Pace::looked(Clock::time_point begin, Clock::time_point end, Clock::duration cost, bool unsettled) {
    const bool sooner = begin < regular();
    m_credit += (end - m_end) / kShare;
    m_credit = std::min<Clock::duration>(m_credit, kMostCredit);
    m_credit -= sooner ? cost : Clock::duration(0);
    m_begin = begin;
    m_end = end;
    m_cost = cost;
    m_unsettled = unsettled;
}

Pace::Clock::time_point Pace::next() const {
    const auto spaced = m_end + std::max<Clock::duration>(kSpacing, m_cost * kRest);
    const auto missing = std::max<Clock::duration>(m_cost - m_credit, Clock::duration(0));
    const auto soon = std::max(spaced, m_end + missing * kShare);
    const bool wanted = m_unsettled || m_begin < m_eagerTill;
    return wanted ? std::min(soon, regular()) : regular();
}

} // namespace bulkhead::watch
