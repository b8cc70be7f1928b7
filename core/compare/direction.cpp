#include "core/compare/direction.h"

namespace bulkhead::compare {

Direction reversed(Direction direction) {
    switch (direction) {
    case Direction::weaker:
        return Direction::stronger;
    case Direction::stronger:
        return Direction::weaker;
    default:
        return direction;
    }
}

Direction combined(Direction left, Direction right) {
    if (left == right || right == Direction::neutral) {
        return left;
    }
    if (left == Direction::neutral) {
        return right;
    }
    const bool unknown = left == Direction::unknown || right == Direction::unknown;
    const bool weaker = left == Direction::weaker || right == Direction::weaker;
    if (unknown && !weaker && left != Direction::incomparable && right != Direction::incomparable) {
        return Direction::unknown; // what could not be read may outweigh what is stronger
    }
    return unknown && weaker ? Direction::weaker : Direction::incomparable;
}

} // namespace bulkhead::compare
