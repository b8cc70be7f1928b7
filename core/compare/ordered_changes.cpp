#include "core/compare/comparer.h"

#include <algorithm>

namespace bulkhead::compare {

using model::Order;

namespace {

/// The direction of a step up (`rises`) in a value ordered so.
Direction directionOf(Order order, bool rises) {
    switch (order) {
    case Order::trueIsWeaker:
    case Order::moreIsWeaker:
        return rises ? Direction::weaker : Direction::stronger;
    case Order::trueIsStronger:
    case Order::moreIsStronger:
        return rises ? Direction::stronger : Direction::weaker;
    case Order::incomparable:
        return Direction::incomparable;
    default:
        return Direction::neutral;
    }
}

std::string reasonOf(Direction direction, bool rises) {
    switch (direction) {
    case Direction::weaker:
        return rises ? "it opens what was closed" : "a restriction is gone";
    case Direction::stronger:
        return rises ? "a restriction is added" : "it closes what was open";
    case Direction::incomparable:
        return "the two cannot be ordered";
    default:
        return "no authority moves";
    }
}

} // namespace

void compareOrdered(const Comparison& to, const std::string& path, const Sides<bool>& values, Order order) {
    if (values.baseline == values.candidate) {
        return;
    }
    const Direction direction = directionOf(order, values.candidate);
    to.add(path, values.baseline, values.candidate, direction, reasonOf(direction, values.candidate));
}

void compareOrdered(
    const Comparison& to, const std::string& path, const Sides<std::int64_t>& values, Order order) {
    if (values.baseline == values.candidate) {
        return;
    }
    if (order == Order::rootIsWeaker) {
        const bool toRoot = values.candidate == 0;
        const bool fromRoot = values.baseline == 0;
        const Direction direction = toRoot     ? Direction::weaker
                                    : fromRoot ? Direction::stronger
                                               : Direction::neutral;
        to.add(
            path, values.baseline, values.candidate, direction,
            toRoot     ? "the process becomes root"
            : fromRoot ? "the process is no longer root"
                       : "another id, not root");
        return;
    }
    const bool rises = values.candidate > values.baseline;
    const Direction direction = directionOf(order, rises);
    to.add(path, values.baseline, values.candidate, direction, reasonOf(direction, rises));
}

void compareOrdered(
    const Comparison& to, const std::string& path, const Sides<std::string>& values, Order order) {
    if (values.baseline == values.candidate) {
        return;
    }
    const Direction direction = order == Order::incomparable ? Direction::incomparable : Direction::neutral;
    to.add(path, values.baseline, values.candidate, direction, reasonOf(direction, true));
}

void compareMembers(
    const Comparison& to, const std::string& path, const Sides<std::vector<std::string>>& values,
    Order order) {
    const auto missingIn = [](const std::vector<std::string>& list) {
        return [&list](const std::string& member) { return std::ranges::find(list, member) == list.end(); };
    };
    for (const std::string& member : values.baseline) {
        if (missingIn(values.candidate)(member)) {
            const Direction direction = directionOf(order, false);
            to.add(
                model::pathToKey(path, member), std::string("present"), Absent{}, direction,
                reasonOf(direction, false));
        }
    }
    for (const std::string& member : values.candidate) {
        if (missingIn(values.baseline)(member)) {
            const Direction direction = directionOf(order, true);
            to.add(
                model::pathToKey(path, member), Absent{}, std::string("present"), direction,
                reasonOf(direction, true));
        }
    }
}

void addUnreadable(
    const Comparison& to, const std::string& path, const model::Unreadable* before,
    const model::Unreadable* after) {
    const auto side = [](const model::Unreadable* why) -> Value {
        return why != nullptr ? Value(*why) : Value(std::string("known"));
    };
    const std::string reason = (before != nullptr ? before : after)->reason;
    to.add(
        path, side(before), side(after), Direction::unknown,
        (before != nullptr ? "the baseline could not be read: " : "could not be read: ") + reason);
}

} // namespace bulkhead::compare
