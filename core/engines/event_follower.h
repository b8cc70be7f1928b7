#pragma once

#include "core/engines/engine_endpoint.h"

#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

namespace bulkhead::engines {

/// How the follower takes up what is lost.
struct FollowPace {
    std::chrono::milliseconds find{10000};      ///< between two looks for engines
    std::chrono::milliseconds firstRetry{1000}; ///< doubled with each failure
    std::chrono::milliseconds lastRetry{60000};
};

/// Holds the event stream of each engine open, in a thread of its own, and rings when one tells of something
/// that may move a boundary, and when an engine is back. An engine that hangs, ends or writes garbage costs a
/// connection that is tried anew, less and less often; what it may send is bounded in memory and rate.
class EventFollower {
public:
    using Find = std::function<std::vector<EngineEndpoint>()>;
    using Ring = std::function<void()>;

    /// Both are called in the follower's thread.
    EventFollower(Find find, Ring ring, FollowPace pace = {});

private:
    std::jthread m_thread; ///< ends at once when it is destroyed
};

/// The engines of this process's user; those whose contexts cannot be read are left out.
[[nodiscard]] std::vector<EngineEndpoint> endpointsHere();

} // namespace bulkhead::engines
