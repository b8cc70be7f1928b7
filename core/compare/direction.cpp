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
    if (left == Direction::unknown || right == Direction::unknown) {
        return left == Direction::unknown ? right : left;
    }
    return Direction::incomparable;
}

} // namespace bulkhead::compare
