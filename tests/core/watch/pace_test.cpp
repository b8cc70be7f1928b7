#include "core/watch/bell.h"
#include "core/watch/pace.h"

#include <gtest/gtest.h>
#include <thread>

namespace bulkhead::watch {
namespace {

using namespace std::chrono_literals;
using Clock = Pace::Clock;

const Clock::time_point kBegin{1000s};

TEST(Pace, looksOnceInAnInterval) {
    Pace pace(5s, kBegin);
    EXPECT_EQ(pace.next(), kBegin + 5s);
    pace.looked(kBegin + 5s, kBegin + 5s + 10ms, 10ms, false);
    EXPECT_EQ(pace.next(), kBegin + 10s) << "from look to look, whatever one takes";
    pace.looked(kBegin + 12s, kBegin + 12s, 0s, false);
    EXPECT_EQ(pace.next(), kBegin + 17s) << "a late look is not made up for";
}

TEST(Pace, aRingIsHeardAtOnceAndForAMoment) {
    Pace pace(300s, kBegin);
    pace.rang(kBegin + 60s);
    EXPECT_LE(pace.next(), kBegin + 60s);
    auto now = kBegin + 60s;
    int looks = 0;
    for (; pace.next() < kBegin + 70s; ++looks) {
        now = std::max(now, pace.next());
        pace.looked(now, now + 10ms, 10ms, false);
    }
    EXPECT_GE(looks, 3);
    EXPECT_LE(looks, 8);
    EXPECT_EQ(pace.next(), now + 300s);
}

/// A machine that is busy makes a look last: there is one all the same that begins after the session did.
TEST(Pace, aRingIsFollowedByALookThatBeginsAMomentLater) {
    Pace pace(300s, kBegin);
    pace.rang(kBegin + 60s);
    pace.looked(kBegin + 60s, kBegin + 68s, 40ms, false);
    EXPECT_EQ(pace.next(), kBegin + 68s + 250ms);
    pace.looked(kBegin + 69s, kBegin + 77s, 40ms, false);
    EXPECT_EQ(pace.next(), kBegin + 369s);
}

TEST(Pace, aSubjectInTheMakingIsLookedAtAgainSoon) {
    Pace pace(300s, kBegin);
    pace.looked(kBegin, kBegin + 20ms, 20ms, true);
    EXPECT_EQ(pace.next(), kBegin + 270ms);
    pace.looked(kBegin + 270ms, kBegin + 290ms, 20ms, false);
    EXPECT_EQ(pace.next(), kBegin + 270ms + 300s);
}

/// Rings without end, for an hour: besides the looks of the interval they cost a hundredth of the time.
TEST(Pace, ringsWithoutEndCostAHundredthOfTheTime) {
    Pace pace(60s, kBegin);
    auto now = kBegin;
    Clock::duration spent{0};
    while (now < kBegin + 3600s) {
        pace.rang(now);
        now = std::max(now + 1ms, pace.next());
        pace.looked(now, now + 50ms, 50ms, true);
        now += 50ms;
        spent += 50ms;
    }
    EXPECT_LE(spent, 36s + 2s + 60 * 50ms + 1s);
    EXPECT_GE(spent, 30s) << "and they are heard";
}

TEST(Bell, ringsOnceForAllRingsBeforeTheWait) {
    Bell bell;
    bell.ring();
    bell.ring();
    EXPECT_TRUE(bell.wait(Clock::now() + 10min, {}));
    EXPECT_FALSE(bell.wait(Clock::now(), {}));
}

TEST(Bell, wakesFromAnotherThreadAndByTheStop) {
    Bell bell;
    const std::jthread ringer([&] { bell.ring(); });
    EXPECT_TRUE(bell.wait(Clock::now() + 10min, {}));
    std::stop_source stop;
    const std::jthread stopper([&] { stop.request_stop(); });
    EXPECT_FALSE(bell.wait(Clock::now() + 10min, stop.get_token()));
}

} // namespace
} // namespace bulkhead::watch
