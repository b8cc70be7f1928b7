#include "core/seccomp/segments.h"

#include <algorithm>
#include <set>

namespace bulkhead::seccomp {

namespace {

constexpr std::size_t kMaxListed = 4'000'000; // paths over all segments; beyond that segments stay incomplete

struct Event {
    std::uint64_t at = 0;
    std::uint32_t path = 0;
    bool opens = false;

    auto operator<=>(const Event&) const = default;
};

std::vector<Event> eventsOf(const std::vector<Path>& paths) {
    std::vector<Event> events;
    for (std::uint32_t i = 0; i < paths.size(); ++i) {
        const Intervals* numbers = paths[i].when.find(kNumberWord, kLowHalf);
        const Intervals all = numbers != nullptr ? *numbers : fullIntervals(kLowHalf);
        for (const Interval& each : all.parts) {
            events.push_back({each.low, i, true});
            events.push_back({each.high + 1, i, false});
        }
    }
    std::ranges::sort(events);
    return events;
}

} // namespace

std::vector<Segment> segmentsOf(const std::vector<Path>& paths) {
    std::vector<Segment> segments;
    std::set<std::uint32_t> active;
    std::size_t listed = 0;
    const std::vector<Event> events = eventsOf(paths);
    for (std::size_t i = 0; i < events.size();) {
        const std::uint64_t at = events[i].at;
        for (; i < events.size() && events[i].at == at; ++i) {
            if (events[i].opens) {
                active.insert(events[i].path);
            } else {
                active.erase(events[i].path);
            }
        }
        if (active.empty() || i == events.size()) {
            continue;
        }
        Segment segment;
        segment.low = static_cast<std::uint32_t>(at);
        segment.high = static_cast<std::uint32_t>(events[i].at - 1);
        segment.complete = active.size() <= kMaxPaths && listed + active.size() <= kMaxListed;
        const std::size_t count = segment.complete ? active.size() : 1;
        segment.paths.reserve(count);
        for (auto path = active.begin(); segment.paths.size() < count; ++path) {
            segment.paths.push_back(*path);
        }
        listed += count;
        segments.push_back(std::move(segment));
    }
    return segments;
}

} // namespace bulkhead::seccomp
